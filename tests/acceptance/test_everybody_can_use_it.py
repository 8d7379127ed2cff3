"""The bar every page meets: no violation of WCAG 2.2 AA that a machine can find, in both languages and colour schemes,
and no sideways scrolling on a phone of 360 px. A page is loaded once; only what depends on colours or on the size of
the window is looked at again.
"""

from __future__ import annotations

import pytest
from django.urls import resolve
from playwright.sync_api import expect

from relance.accounts import invitations
from relance.accounts.models import Role
from relance.automation.models import Evaluation, Run
from relance.outbound.models import Mail
from relance.web.automations.urls import urlpatterns as automation_pages
from relance.web.urls import pages
from tests import builders
from tests.acceptance import company
from tests.acceptance.conftest import violations
from tests.acceptance.editor import Editor
from tests.acceptance.trial import Trial

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
COLOURS = ["color-contrast", "link-in-text-block"]
LAYOUT = ["target-size", "scrollable-region-focusable"]


@pytest.fixture(scope="module")
def addresses(site):
    """A company in which there is something on every page; gives the pages' addresses by name."""
    camille = site.user("Camille", Role.ADMINISTRATOR)
    tom = site.user("Tom")
    north = builders.team("North", tom)
    stages = company.pipeline()
    organization = company.create(
        tom, "organization", {"name": "Boulangerie Élise", "rating": "B", "city": "Lyon", "country": "FR"}
    )
    person = company.create(
        tom,
        "person",
        {
            "name": "Zoé Martin",
            "organization": organization,
            "emails": [_email("zoe@example.com")],
            "job_title": "Baker",
        },
    )
    owner = builders.actor_for(camille.pk)
    planned = {"subject": {"from": "text", "template": "Call {{ person.name }}"}, "type": _fixed("call")}
    steps = [
        builders.condition(["value > 1000", builders.row("source filled")], ["value > 5000"]),
        builders.act("record.create", record="activity", link=True, values=planned),
        builders.update("organization", rating="A"),
        builders.act("notify", to=["owner"], text="{{ title }} is a good one"),
        builders.act("email.send", to="contact", subject="{{ title }}", body="Dear {{ person.first_name }}"),
    ]
    good = builders.automation(on="deal.created", do=steps, owner=owner, name="Good ones")
    broken = [builders.update("organization", rating="A")]
    builders.automation(on="person.created", do=broken, owner=owner, name="Fails")
    off = builders.automation(on="deal.updated", do=broken, owner=owner, name="Switched off")
    builders.publish.switch(off, False, owner)
    builders.automation(on="lead.created", do=broken, owner=owner, name="A draft", published=False)
    unset = [builders.act("notify", to=[], text="")]
    unready = builders.automation(on="lead.created", do=unset, owner=owner, name="Not ready", published=False)

    linked = {"organization": organization, "person": person}
    deal = company.deal(tom, "Ovens", stages["Demo"], value=company.euros(7000), **linked)
    company.deal(tom, "Small ovens", stages["Contacted"], value=company.euros(70), **linked)
    company.deal(tom, "Yen", stages["Contacted"], value={"amount": 90_000, "currency": "JPY"})
    company.create(tom, "person", {"name": "Without organization"})
    lead = company.create(tom, "lead", {"title": "Asked on the website", "source": "website"})
    for subject, time, minutes in (("Tasting", "09:00", 90), ("Call", "09:30", 15), ("Sometime", None, 0)):
        company.create(
            camille, "activity",
            {"subject": subject, "type": "appointment", "due_date": "2026-03-05", "due_time": time,
             "duration": minutes, "location": "Showroom", "participants": [f"person:{person}"], "done": minutes == 15},
        )  # fmt: skip
    binned = company.create(tom, "organization", {"name": "Gone & Co"})
    company.delete(camille, "organization", binned)
    activity = company.create(
        tom, "activity", {"subject": "Late call", "type": "call", "due_date": "2026-01-05", "deal": deal}
    )
    company.settle()
    run, failed = (Run.objects.filter(state=state).latest("pk") for state in ("done", "failed"))
    letters = mailed(good.pk)
    looked = Evaluation.objects.filter(record_name="Small ovens").latest("pk")
    records = {
        "board": "/deals/board/",
        "deals": "/deals/",
        "people": "/people/",
        "organizations": "/organizations/",
        "leads": "/leads/",
        "activities": "/activities/",
        "deal": f"/deals/{deal}/",
        "person": f"/people/{person}/",
        "organization": f"/organizations/{organization}/",
        "activity": f"/activities/{activity}/",
        "day": "/activities/day/?date=2026-03-05",
        "new activity": "/activities/new/",
        "lead": f"/leads/{lead}/",
        "convert": f"/leads/{lead}/convert/",
        "delete for ever": f"/organizations/{binned}/purge/",
        "new deal": "/deals/new/",
        "edit a person": f"/people/{person}/edit/",
        "delete": f"/people/{person}/delete/",
        "board of a pipeline": f"/deals/board/{stages['Demo'].pipeline_id}/",
        "notifications": "/notifications/",
        "bin": "/bin/",
        "search": "/search/?q=ovens",
        "nothing": "/deals/123456789/",
    }
    automations = {
        "list": "/automations/",
        "of the company": "/automations/company/",
        "new": "/automations/new/",
        "delete": f"/automations/{good.pk}/delete/",
        "editor": f"/automations/{good.pk}/",
        "test": f"/automations/{good.pk}/test/",
        "test of what is not ready": f"/automations/{unready.pk}/test/",
        "runs": "/automations/runs/",
        "templates": "/automations/templates/",
        "a template": "/automations/templates/rate-organization/",
        "run": f"/automations/runs/{run.pk}/",
        "failed run": f"/automations/runs/{failed.pk}/",
        "change": f"/automations/events/{looked.event_id}/",
    }
    settings = {
        "account": "/account/",
        "settings": "/settings/",
        "settings of automations": "/settings/automations/",
        "pipelines": "/settings/pipelines/",
        "labels": "/settings/labels/",
        "users": "/users/",
        "new user": "/users/new/",
        "user": f"/users/{tom.pk}/",
        "new team": "/teams/new/",
        "team": f"/teams/{north.pk}/",
    }
    mails = {
        "mails": "/mail/",
        "held mails": "/mail/?state=held",
        "failed mail": f"/mail/{letters[0].pk}/",
        "held mail": f"/mail/{letters[1].pk}/",
        "caught mails": "/mail/caught/",
        "caught mail": f"/mail/caught/{letters[2].pk}/",
        "help": "/help/email/",
    }
    return {"records": records, "automations": automations, "mails": mails, "settings": settings}


def mailed(automation_id):
    """The mails of an automation: the one it wrote, which has failed, one that is held and one that was caught."""
    letter = company.eventually(
        lambda: Mail.objects.filter(automation_id=automation_id, state="held").first()
    )
    refused = {
        "code": "refused_recipient",
        "params": {"number": 550, "answer": "No", "address": letter.to_address},
    }
    Mail.objects.filter(pk=letter.pk).update(state="failed", error=refused)
    made = [letter]
    for state, caught, error in (("held", False, {"code": "no_server", "params": {}}), ("sent", True, None)):
        values = {field.attname: getattr(letter, field.attname) for field in Mail._meta.concrete_fields}
        made.append(
            Mail(**values | {"id": None, "message_id": f"<{state}@x>", "state": state, "caught": caught})
        )
        made[-1].error = error
        made[-1].save()
    return made


def _fixed(value):
    return {"from": "fixed", "value": value}


def _email(address):
    return {"value": address, "kind": "work", "primary": True}


class Audit:
    """What is wrong with pages, collected so that one failure tells all of it."""

    def __init__(self, page):
        self.page, self.found = page, []

    def look(self, name, within=None):
        """Look at the page as it is: at a desk in both colour schemes, then on a phone."""
        page = self.page
        page.set_viewport_size(DESK)
        self._note(name, violations(page, within=within))
        page.emulate_media(color_scheme="dark")
        self._note(f"{name}, dark", violations(page, COLOURS, within))
        page.emulate_media(color_scheme="light")
        self.on_phone(name, within)

    def on_phone(self, name, within=None):
        """Look at what depends on the size of the window."""
        self.page.set_viewport_size(PHONE)
        self._note(f"{name}, phone", violations(self.page, LAYOUT, within))
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > PHONE["width"]:
            self.found.append(f"{name}, phone: {wide} px wide")

    def _note(self, where, found):
        self.found += [f"{where}: {each}" for each in found]

    def pass_(self):
        """Fail when anything was found."""
        assert not self.found, "\n".join(self.found)


@pytest.fixture
def audit(open_page, words):
    return Audit(open_page(locale=words.locale, reduced_motion="reduce"))


def look_at(audit, words, addresses):
    for name, address in addresses.items():
        audit.page.goto(address)
        expect(audit.page.locator("html")).to_have_attribute("lang", words.language)
        audit.look(name)


def test_the_door(site, audit, words, addresses):
    look_at(audit, words, {"login": "/login/", "welcome": invitations.create_link(site.user("Newcomer"))})
    audit.page.goto("/login/")
    audit.page.get_by_role("button", name=words("Log in"), exact=True).click()
    audit.pass_()


#: What is no page of its own: parts of pages, answers to a press, files, streams, and what contributors alone see.
PARTS = {
    "web": {
        "home", "logout", "password", "language", "theme", "stylesheet", "live", "styleguide",
        "pick-participant", "pick", "bell", "notifications-read", "notification", "release-mails", "mail-state",
        "send-mail", "discard-mail", "new-link", "switch-user", "delete-team", "rate", "delete-rate",
        "pipeline", "stage", "label", "hint-read", "done", "story", "field", "note", "restore", "deal-act",
    },
    "automations": {
        "runs-again", "run-again", "record", "switch", "copy", "rename", "describe", "guide", "minutes",
        "everyone", "publish", "power", "state", "picker", "insert", "overview", "panel", "apply", "recast",
        "move", "duplicate-step", "remove", "relocate", "add-path", "move-path", "duplicate-path",
        "remove-path",
    },
}  # fmt: skip


def test_no_page_is_forgotten(addresses):
    """A new page is added to the addresses above, or to the parts."""
    looked_at = {"login", "invitation"}
    looked_at |= {
        resolve(path.split("?")[0]).url_name for each in addresses.values() for path in each.values()
    }
    for parts, patterns in ((PARTS["web"], pages), (PARTS["automations"], automation_pages)):
        names = {pattern.name for pattern in patterns}
        assert names - parts - looked_at == set()
        assert parts - names == set()


def test_records(site, audit, words, addresses):
    site.log_in(audit.page, site.user("Camille"))
    look_at(audit, words, addresses["records"])
    audit.pass_()


def test_automations_and_settings(site, audit, words, addresses):
    site.log_in(audit.page, site.user("Camille"))
    look_at(audit, words, addresses["automations"])
    audit.page.set_viewport_size(DESK)
    audit.page.goto(addresses["automations"]["test"])
    Trial(audit.page, words).run()
    audit.look("test, played")
    look_at(audit, words, addresses["settings"])
    audit.pass_()


def test_mails_and_help(site, audit, words, addresses):
    site.log_in(audit.page, site.user("Camille"))
    look_at(audit, words, addresses["mails"])
    audit.pass_()


def test_the_editor_with_each_of_its_panels(site, audit, words, addresses):
    page = audit.page
    site.log_in(page, site.user("Camille"))
    editor = addresses["automations"]["editor"]
    for step in ("trigger", "b1", "b2", "b4", "b5", "audience"):
        page.goto(f"{editor}?step={step}")
        # On a phone the panel lies over the steps.
        page.set_viewport_size(DESK)
        audit._note(f"panel {step}", violations(page))
        page.emulate_media(color_scheme="dark")
        audit._note(f"panel {step}, dark", violations(page, COLOURS))
        page.emulate_media(color_scheme="light")
        audit.on_phone(f"panel {step}", "#panel")
    page.set_viewport_size(DESK)
    page.goto(editor)
    steps = Editor(page, words)
    steps.plus().click()
    expect(steps.panel("Add a step")).to_be_visible()
    audit.look("picker", "#panel")
    audit.pass_()


def test_menus_and_dialogs(site, audit, words, addresses):
    page = audit.page
    site.log_in(page, site.user("Camille"))
    page.goto(addresses["records"]["deal"])
    for name in (words("Quick add (N)"), words("%(name)s: your account", name="Camille")):
        page.get_by_label(name, exact=True).click()
        audit.look(name, "details[open]")
        page.keyboard.press("Escape")
    page.set_viewport_size(DESK)
    page.get_by_role("main").get_by_role("link", name=words("Edit"), exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    audit.look("form", "dialog[open]")
    page.goto(addresses["automations"]["list"])
    page.set_viewport_size(DESK)
    page.get_by_role("link", name=words("New automation"), exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    audit.look("new automation", "dialog[open]")
    audit.pass_()


def test_a_page_needs_no_pointer(site, open_page, addresses):
    """Tab reaches the content by the link that skips the frame, and the menu of "…" opens by keyboard."""
    page = open_page(user=site.user("Camille"))
    page.goto("/people/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    more = page.get_by_role("navigation", name="Main").locator("summary")
    more.focus()
    page.keyboard.press("Enter")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Automations").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/automations/")
