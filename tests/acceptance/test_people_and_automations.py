"""Two people: whose automations one sees, who may build, and what one may do with another's."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Company, Role, Team
from relance.automation.models import Automation
from tests import builders
from tests.acceptance import company
from tests.acceptance.editor import Automations, Editor
from tests.acceptance.words import starting

ONLY_ME = {"kind": "me", "ids": []}


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


@pytest.fixture(scope="module")
def camille(site):
    return site.user("Camille", Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def lea(site):
    lea = site.user("Lea", Role.LEADER)
    builders.team("North", lea)
    return lea


def made_by(user, name, **more):
    """An automation that is in service."""
    rate = builders.update(source="partner")
    return builders.automation(
        on="deal.created", do=[rate], owner=builders.actor_for(user.pk), name=name, **more
    )


def test_mine_and_company(open_page, words, stages, camille, lea):
    made_by(camille, f"Private {words.language}", scope=ONLY_ME)
    made_by(camille, f"Of the company {words.language}")
    made_by(lea, f"Of Lea {words.language}", scope=ONLY_ME)
    private = Automation.objects.get(name=f"Private {words.language}")

    page = open_page(locale=words.locale, user=lea)
    automations = Automations(page, words).open()
    assert f"Of Lea {words.language}" in automations.names()
    assert f"Of the company {words.language}" not in automations.names()
    automations.tab("Company")
    assert f"Of the company {words.language}" in automations.names()
    assert f"Of Lea {words.language}" not in automations.names()
    assert f"Private {words.language}" not in automations.names()

    for path in ("", "panel/trigger/", "delete/"):
        answer = page.goto(f"/automations/{private.pk}/{path}")
        assert answer.status == 404
    assert page.request.post(f"/automations/{private.pk}/switch/").status in (403, 404)


def test_a_reader_builds_nothing(site, open_page, words, stages):
    page = open_page(locale=words.locale, user=site.user("Rita", Role.READER))
    page.goto("/")
    rail = page.get_by_role("navigation", name=words("Main"), exact=True)
    rail.get_by_text(words("More"), exact=True).click()
    expect(rail.get_by_role("link", name=words("Bin"), exact=True)).to_be_visible()
    expect(rail.get_by_role("link", name=starting(words("Automations")))).to_have_count(0)
    # For who only reads they are not there at all.
    for path in ("/automations/", "/automations/new/", "/automations/templates/"):
        assert page.goto(path).status == 404


def post(page, path, **form):
    """Send a form past the page, as somebody would who knows the address."""
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": page.url}
    return page.request.post(path, form=form, headers=headers, max_redirects=0)


def test_a_member_builds_for_himself_where_the_administrator_allows_it(site, open_page, stages, camille):
    max_ = site.user("Max")
    settings = open_page(user=camille)
    settings.goto("/settings/automations/")
    allowed = settings.get_by_label("Members may build automations for themselves")
    form = settings.get_by_role("main").locator("form").filter(has=allowed)
    allowed.uncheck()
    form.get_by_role("button", name="Save").click()
    expect(settings.get_by_role("status").filter(has_text="saved")).to_be_visible()

    page = open_page(user=max_)
    automations = Automations(page).open()
    expect(automations.new_button).to_have_count(0)
    page.goto("/account/")
    assert post(page, "/automations/new/", name="Past the page").status == 403
    assert not Automation.objects.filter(name="Past the page").exists()

    allowed.check()
    form.get_by_role("button", name="Save").click()
    company.eventually(lambda: Company.get().members_may_automate)
    editor = Automations(page).open().start_new("For myself")
    expect(page.get_by_label("Everyone may trigger this")).to_have_count(0)
    page.get_by_role("link", name="Choose people or teams").click()
    panel = editor.panel("Who may trigger this?")
    expect(panel.get_by_role("radio")).to_have_count(1)
    expect(panel.get_by_role("radio", name="Only me")).to_be_checked()
    made = Automation.objects.get(name="For myself")
    revision = str(made.draft_revision)
    post(page, f"/automations/{made.pk}/everyone/", everyone="1", revision=revision)
    editor.configure().choose_trigger("deal", "Deal created")
    editor.page.reload()
    editor.save_button.click()
    made.refresh_from_db()
    assert made.version is None or made.version.document["scope"]["kind"] == "me"


def test_others_look_at_a_shared_one_and_duplicate_it(open_page, words, stages, camille, lea):
    name = f"To look at {words.language}"
    shared = made_by(camille, name)
    page = open_page(locale=words.locale, user=lea)
    automations = Automations(page, words).open().tab("Company")
    expect(automations.switch(name)).to_have_count(0)
    editor = automations.edit(name)
    expect(page.get_by_text(words("Read only"), exact=True)).to_be_visible()
    expect(editor.save_button).to_have_count(0)
    expect(editor.plus()).to_have_count(0)
    page.goto("/account/")
    for path in ("switch/", "delete/", "publish/", "name/", "insert/"):
        assert post(page, f"/automations/{shared.pk}/{path}", name="Mine now").status == 403
    shared.refresh_from_db()
    assert (shared.name, shared.deleted_at, shared.active) == (name, None, True)

    page.goto(f"/automations/{shared.pk}/")
    page.get_by_role("button", name=words("Duplicate"), exact=True).click()
    expect(page.get_by_text(words("Draft"), exact=True)).to_be_visible()
    copy = Automation.objects.filter(owner=lea).latest("pk")
    assert copy.version is None
    assert not copy.active
    Editor(page, words).expect_open(copy.name)


def test_an_administrator_arranges_shared_ones_of_others(open_page, stages, camille, lea):
    made_by(lea, "Of the north", scope={"kind": "teams", "ids": [Team.objects.get(name="North").pk]})
    page = open_page(user=camille)
    automations = Automations(page).open().tab("Company")
    automations.switch("Of the north").uncheck()
    expect(automations.row("Of the north")).to_contain_text("Inactive since")
    company.eventually(lambda: not Automation.objects.get(name="Of the north").active)
