"""A13: somebody tries an automation out on a real record, sees all it would do, and nothing was changed or sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Role
from tests import builders
from tests.acceptance import company
from tests.acceptance.editor import Automations
from tests.acceptance.trial import Trial
from tests.contracts.traces import differences, everything


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


def test_a_draft_is_built_and_tried_out_and_nothing_has_happened(site, open_page, words, stages):
    camille = site.user("Camille", Role.ADMINISTRATOR)
    title, name, call = (
        f"{text} {words.language}" for text in ("Hotel bar", "Call after winning", "Thank them")
    )
    company.deal(camille, title, stages["Demo"], value=company.euros(5000))
    company.deal(camille, f"Small {words.language}", stages["Demo"], value=company.euros(50))
    page = open_page(locale=words.locale, user=camille)

    editor = Automations(page, words).open().start_new(name)
    editor.configure().choose_trigger("deal", "Deal won")
    editor.add_step("Condition").condition("deal", "value", "gt", 1000).apply()
    editor.add_step("Create an activity")
    editor.set_text(words.field("activity", "subject"), call)
    editor.set_choice(words.field("activity", "type"), words.choice("activity", "type", "call"))
    # What is typed and not applied yet would not be tested: it is asked about.
    trial = Trial(page, words)
    trial.button.click()
    page.get_by_role("dialog").get_by_role("button", name=words("Apply"), exact=True).click()

    trial.expect_open().record(title)
    before = everything(site.log.parent)
    trial.run()
    expect(trial.outcome).to_contain_text(words("This is what it would do"))
    expect(trial.step(0)).to_contain_text(words("Would start"))
    expect(trial.step(1)).to_contain_text(words("Met"))
    expect(trial.step(1)).to_contain_text(words.money(5000))
    expect(trial.step(2)).to_contain_text(words("Would be done"))
    expect(trial.step(2)).to_contain_text(call)
    expect(trial.outcome).to_contain_text(call)

    trial.record(f"Small {words.language}").run()
    expect(trial.outcome).to_contain_text(words("A condition is not met"))
    expect(trial.step(1)).to_contain_text(words("Not met"))
    expect(trial.step(1)).to_contain_text(words.money(50))
    expect(trial.step(2)).to_contain_text(words("Not reached"))
    company.settle()
    assert differences(before, everything(site.log.parent)) == []


def test_messages_and_changes_read_as_they_would_and_stay_here(site, open_page, words, stages, accessible):
    camille, tom = site.user("Camille", Role.ADMINISTRATOR), site.user("Tom")
    owner = builders.actor_for(camille.pk)
    organization = company.create(tom, "organization", {"name": f"Grand Café {words.language}"})
    title = f"Espresso {words.language}"
    company.deal(tom, title, stages["Offer"], organization=organization, value=company.euros(900))
    do = [
        builders.first_path(
            builders.path(builders.act("deal.lose"), when=["value > 1000"]),
            builders.path(builders.update("organization", rating="A"), when=["value > 100"]),
        ),
        builders.act("notify", to=["owner"], text="Won {{ title }} at {{ organization.name }}"),
        builders.act(
            "email.send",
            to="owner",
            subject="Bravo for {{ title }}",
            body='Well done, {{ owner.name | or "you" }}',
        ),
    ]
    made = builders.automation(
        "deal.won", do=do, owner=owner, name=f"Celebrate {words.language}", published=False
    )
    page = open_page(locale=words.locale, user=camille)
    page.goto(f"/automations/{made.pk}/")
    trial = Trial(page, words).open()
    before = everything(site.log.parent)
    trial.record(title).by("Tom").run()
    outcome = trial.outcome
    expect(outcome.get_by_role("region", name=words("Before and after"))).to_contain_text("A")
    notification = outcome.get_by_role("region", name=words("The notification as it would read"))
    expect(notification).to_contain_text(f"Won {title} at Grand Café {words.language}")
    expect(notification).to_contain_text("Tom")
    mail = outcome.get_by_role("region", name=words("The e-mail as it would read"))
    expect(mail).to_contain_text("tom@example.com")
    expect(mail).to_contain_text(f"Bravo for {title}")
    accessible(page)
    company.settle()
    assert differences(before, everything(site.log.parent)) == []


def test_the_keyboard_is_enough(site, open_page, stages):
    camille = site.user("Camille", Role.ADMINISTRATOR)
    company.deal(camille, "By keyboard", stages["Demo"])
    company.deal(camille, "Chosen last", stages["Demo"])
    steps = [builders.act("notify", to=["owner"], text="{{ title }}")]
    made = builders.automation("deal.won", do=steps, owner=builders.actor_for(camille.pk), name="Keys")
    page = open_page(user=camille)
    page.goto(f"/automations/{made.pk}/test/")
    trial = Trial(page).expect_open()
    keys = page.keyboard

    def tab_to(name: str) -> None:
        for _ in range(30):
            keys.press("Tab")
            focused = (
                "e => { const e1 = document.activeElement; return (e1.labels?.[0] ?? e1).textContent.trim() }"
            )
            if page.evaluate(focused, None) == name:
                return
        raise AssertionError(f"{name} is not reached")

    tab_to("Record")
    keys.press("ControlOrMeta+a")
    keys.type("By key")
    expect(trial.bar.get_by_role("option", name="By keyboard")).to_be_visible()
    with trial._drawn_anew():
        keys.press("Enter")
    tab_to("By whom")
    tab_to("Run test")
    with trial._drawn_anew():
        keys.press("Enter")
    trial.expect_played()
    expect(trial.outcome).to_contain_text("By keyboard")
