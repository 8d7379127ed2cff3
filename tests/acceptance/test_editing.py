"""Working on automations: steps, names, copies, and two windows at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Role
from relance.automation.models import Automation
from tests import builders
from tests.acceptance import company
from tests.acceptance.editor import Automations, Editor
from tests.acceptance.words import en, starting


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


@pytest.fixture(scope="module")
def camille(site):
    return site.user("Camille", Role.ADMINISTRATOR)


def in_service(camille, name):
    """An automation with two steps."""
    steps = [builders.update(source="partner"), builders.act("deal.win", target="record")]
    return builders.automation(on="deal.created", do=steps, owner=builders.actor_for(camille.pk), name=name)


def edit(open_page, camille, words, automation):
    page = open_page(locale=words.locale, user=camille)
    return Automations(page, words).open().edit(automation.name)


def test_plus_inserts_in_the_middle_and_at_the_end(open_page, words, stages, camille):
    automation = in_service(camille, f"Growing {words.language}")
    editor = edit(open_page, camille, words, automation)
    expect(editor.cards).to_have_count(3)

    editor.add_step("Condition", at=1)
    editor.condition("deal", "value", "gt", 1000).apply()
    editor.add_step("Update the organization")
    rating = words.field("organization", "rating")
    editor.set_another_field(rating).set_choice(rating, "B").apply()
    editor.add_step("Stop", at=0)
    expect(editor.cards).to_have_count(6)
    automation.refresh_from_db()
    kinds = [step.get("type", step["kind"]) for step in automation.draft["steps"]]
    assert kinds == ["stop", "record.update", "condition", "deal.win", "record.update"]
    # What is in service stays as it was until Save.
    assert len(automation.version.document["steps"]) == 2
    expect(
        editor.page.get_by_text(words.count("%(n)s change not live", "%(n)s changes not live", 3))
    ).to_be_visible()
    editor.save(version=2)
    automation.refresh_from_db()
    assert len(automation.version.document["steps"]) == 5


def test_steps_are_moved_duplicated_and_deleted(open_page, stages, camille):
    automation = in_service(camille, "Shuffled")
    editor = edit(open_page, camille, en, automation)
    editor.step_menu(2, "Move up")
    editor.expect_steps("won", "Partner")
    editor.step_menu(1, "Duplicate")
    editor.expect_steps("won", "won", "Partner")
    editor.step_menu(3, "Delete")
    editor.expect_steps("won", "won")
    automation.refresh_from_db()
    assert [step["type"] for step in automation.draft["steps"]] == ["deal.win", "deal.win"]


def test_save_pressed_right_after_the_tick_box_waits_for_its_answer(open_page, stages, camille):
    automation = in_service(camille, "In a hurry")
    editor = edit(open_page, camille, en, automation)
    held = []
    editor.page.route("**/everyone/", lambda route: held.append(route))
    editor.page.get_by_label("Everyone may trigger this", exact=True).uncheck()
    editor.save_button.click()
    editor.page.wait_for_timeout(300)
    held.pop().continue_()
    expect(editor.page.get_by_text("On, version 2", exact=True)).to_be_visible()
    automation.refresh_from_db()
    assert automation.version.document["scope"] == {"kind": "me", "ids": []}


def test_it_is_renamed_in_place(open_page, words, stages, camille):
    before, after = f"Old name {words.language}", f"New name {words.language}"
    automation = in_service(camille, before)
    editor = edit(open_page, camille, words, automation)
    page = editor.page
    editor.rename("")
    expect(page.get_by_label(words("Name"), exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label(words("Name"), exact=True).fill(after)
    page.get_by_label(words("Name"), exact=True).press("Enter")
    editor.expect_open(after)
    expect(page).to_have_title(starting(after))
    names = editor.back().names()
    assert after in names
    assert before not in names


def test_a_name_is_needed(open_page, words, stages, camille):
    page = open_page(locale=words.locale, user=camille)
    Automations(page, words).open().new_button.click()
    dialog = page.get_by_role("dialog", name=words("New automation"))
    dialog.get_by_label(starting(words("Description"))).fill("Why it exists")
    dialog.get_by_role("button", name=words("Start", "a new automation"), exact=True).click()
    expect(dialog.get_by_label(words("Name"), exact=True)).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label(words("Name"), exact=True)).to_be_focused()
    expect(dialog.get_by_label(starting(words("Description")))).to_have_value("Why it exists")


def test_delete_asks_first(open_page, words, stages, camille):
    name = f"Superfluous {words.language}"
    automation = in_service(camille, name)
    page = open_page(locale=words.locale, user=camille)
    automations = Automations(page, words).open()
    automations.menu(name, "Delete…")
    dialog = page.get_by_role("dialog", name=words("Delete “%(name)s”?", name=name))
    expect(dialog).to_contain_text(words("What it has done stays as it is."))
    dialog.get_by_role("button", name=words("Keep it"), exact=True).click()
    expect(dialog).to_be_hidden()
    expect(automations.row(name)).to_be_visible()

    automations.menu(name, "Delete…")
    dialog.get_by_role("button", name=words("Delete the automation"), exact=True).click()
    expect(page.get_by_text(words("“%(name)s” is deleted.", name=name))).to_be_visible()
    assert name not in automations.names()
    automation.refresh_from_db()
    assert automation.deleted_at is not None
    assert page.goto(f"/automations/{automation.pk}/").status == 404


def test_a_copy_does_nothing_before_it_is_saved(open_page, words, stages, camille):
    name = f"Original {words.language}"
    in_service(camille, name)
    page = open_page(locale=words.locale, user=camille)
    Automations(page, words).open().menu(name, "Duplicate")
    expect(page.get_by_text(words("This is your copy. It does nothing before you save it."))).to_be_visible()
    copy = Automation.objects.latest("pk")
    assert copy.version is None
    editor = Editor(page, words).expect_open(copy.name)
    expect(editor.cards).to_have_count(3)
    editor.save()


def test_two_windows_do_not_overwrite_each_other(open_page, words, stages, camille):
    automation = in_service(camille, f"In two windows {words.language}")
    first = edit(open_page, camille, words, automation)
    second = edit(open_page, camille, words, automation)
    first.add_step("Stop", at=0)
    expect(first.cards).to_have_count(4)

    page = second.page
    second.step_menu(1, "Duplicate")
    alert = page.get_by_role("alert").filter(has_text=words("Somebody saved a newer draft."))
    expect(alert).to_be_visible()
    automation.refresh_from_db()
    assert len(automation.draft["steps"]) == 3
    alert.get_by_role("button", name=words("Show the newer draft"), exact=True).click()
    expect(second.cards).to_have_count(4)
    expect(alert).to_be_hidden()


def test_a_stale_save_keeps_what_was_typed(open_page, stages, camille):
    automation = in_service(camille, "Typed in the panel")
    first = edit(open_page, camille, en, automation)
    second = edit(open_page, camille, en, automation)
    second.choose("Partner")
    second.set_choice("Source", "Trade fair")
    first.everyone().page.get_by_label("Everyone may trigger this").uncheck()
    company.eventually(lambda: Automation.objects.get(pk=automation.pk).draft_revision > 1)

    second.save_button.click()
    alert = second.page.get_by_role("alert").filter(has_text="Somebody saved a newer draft.")
    expect(alert).to_be_visible()
    alert.get_by_role("button", name="Show the newer draft").click()
    expect(alert).to_be_hidden()
    chosen = second.panel().get_by_role("group", name="Source").get_by_label("Value", exact=True)
    expect(chosen.locator("option:checked")).to_have_text("Trade fair")
    second.apply()
    second.save(version=2)
    automation.refresh_from_db()
    source = automation.version.document["steps"][0]["params"]["values"]["source"]
    assert source == {"from": "fixed", "value": "trade_fair"}


def test_what_is_missing_stands_on_its_card_and_nothing_goes_into_service(open_page, words, stages, camille):
    page = open_page(locale=words.locale, user=camille)
    editor = Automations(page, words).open().start_new(f"Unfinished {words.language}")
    editor.save_button.click()
    problems = page.locator("#problems")
    expect(problems).to_be_visible()
    expect(editor.cards.first).to_have_attribute("data-state", "error")
    assert Automation.objects.get(name=f"Unfinished {words.language}").version is None


def test_leaving_a_panel_with_unapplied_changes_asks(open_page, words, stages, camille):
    automation = in_service(camille, f"Unapplied {words.language}")
    editor = edit(open_page, camille, words, automation)
    page = editor.page
    partner, website = (words.choice("deal", "source", value) for value in ("partner", "website"))
    editor.choose(partner)
    editor.set_choice(words.field("deal", "source"), website)
    editor.cards.first.get_by_role("link").click()
    dialog = page.get_by_role("dialog", name=words("Apply what you changed in this step?"))
    dialog.get_by_role("button", name=words("Apply"), exact=True).click()
    expect(editor.panel("What starts it?")).to_be_visible()
    editor.expect_steps(website, words("Mark the deal as won"))
    automation.refresh_from_db()
    assert automation.draft["steps"][0]["params"]["values"]["source"]["value"] == "website"


def test_a_panel_that_comes_late_does_not_replace_what_was_typed(open_page, stages, camille):
    page = open_page(user=camille)
    editor = Automations(page).open().start_new("Slow line")
    late = []
    page.route(re.compile(r"/panel/trigger/\?"), lambda route: late.append(route))
    editor.cards.first.get_by_role("button", name="Configure").click()
    panel = editor.panel("What starts it?")
    panel.get_by_label("Kind of record").select_option(label="Deal")
    expect(panel.get_by_role("radio", name="Deal updated", exact=True)).to_be_visible()
    page.evaluate(
        """() => { window.arrived = new Promise(resolve => document.addEventListener("htmx:afterOnLoad",
            event => event.detail.requestConfig.verb === "get" && resolve(true))) }"""
    )
    late[0].continue_()
    assert page.evaluate("window.arrived")
    expect(panel.get_by_label("Kind of record")).to_have_value("deal")
    expect(panel.get_by_role("radio", name="Deal updated", exact=True)).to_be_visible()
