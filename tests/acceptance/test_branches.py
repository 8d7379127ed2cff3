"""A8: a fork with two conditions: from top to bottom, from left to right; its history shows both paths."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from relance.accounts.models import Role
from relance.records.models import Organization
from tests import builders
from tests.acceptance import company
from tests.acceptance.company import euros
from tests.acceptance.editor import Automations
from tests.acceptance.runs import Runs


@pytest.fixture(scope="module")
def leo(site):
    return site.user("Leo", Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


def build(page, words, name):
    """When a deal is created: over 1,000 rates its organization A, over 5,000 B; then its probability is set."""
    editor = Automations(page, words).open().start_new(name)
    editor.configure()
    editor.choose_trigger("deal", "Deal created")
    editor.add_step("Branch: every path that matches")
    rating = words.field("organization", "rating")
    for path, amount, letter in ((1, 1000, "A"), (2, 5000, "B")):
        if path == 2:
            editor.page.get_by_role("button", name=words("Configure"), exact=True).click()
        expect(editor.panel().get_by_role("heading", level=2)).to_have_text(
            words("Take path %(number)d if…", number=path)
        )
        editor.condition("deal", "value", "gt", amount).apply()
        editor.add_step("Update the organization", editor.plus_in(path, 1))
        editor.set_another_field(rating).set_choice(rating, letter).apply()
    editor.add_step("Update the deal")
    probability = words.field("deal", "probability")
    editor.set_another_field(probability)
    editor.panel().get_by_role("group", name=probability, exact=True).get_by_label(
        words("Value"), exact=True
    ).fill("33")
    editor.apply()
    return editor.everyone()


def deal_worth(by, title, stages, amount):
    """A deal for a new customer; returns the customer as the engine leaves it."""
    customer = company.create(by, "organization", {"name": f"Customer of {title}"})
    company.deal(by, title, stages["Contacted"], value=euros(amount), organization=customer)
    company.settle()
    return Organization.objects.get(pk=customer)


def heads(page) -> Locator:
    """The heads of the paths of the run that is open, from left to right."""
    return page.locator(".branch__head")


def steps(page) -> list[str]:
    """The steps of the run that is open, in the order in which they are read."""
    return [text.split("\n")[0] for text in page.get_by_role("article").all_inner_texts()]


def test_a_fork_with_two_conditions(site, open_page, words, leo, stages, accessible):
    name = f"Sort deals {words.language}"
    page = open_page(locale=words.locale, user=leo)
    editor = build(page, words, name)
    editor.save()
    accessible(page)
    both = deal_worth(leo, f"Large {words.language}", stages, 6000)
    # From left to right: the second path has the last word.
    assert both.rating == "B"
    assert deal_worth(leo, f"Middle {words.language}", stages, 2000).rating == "A"

    runs = Runs(page, words).open()
    runs.look_into(name, f"Large {words.language}", words("Done", "run"))
    taken, not_met = words("Taken", "a path"), words("Not met")
    expect(heads(page)).to_contain_text([taken, taken, words("Not taken", "a path")])
    numbers = [int(match[0]) for text in steps(page) if (match := re.match(r"\d+", text))]
    assert numbers == [1, 2, 3, 4]
    accessible(page)
    runs.open().look_into(name, f"Middle {words.language}", words("Done", "run"))
    expect(heads(page)).to_contain_text([taken, not_met, words("Not taken", "a path")])
    limits = page.locator(".branch__seen")
    runs.holds(limits.nth(0))
    runs.does_not_hold(limits.nth(1))
    expect(limits.nth(1)).to_contain_text(words("was %(value)s", value=words.money(2000)))
    expect(page.locator("[data-state=skipped]")).to_have_count(
        3
    )  # two heads, and the step under the second one


def test_the_first_path_that_matches_comes_before_the_others(site, open_page, leo, stages):
    two = [
        builders.path(builders.update("organization", rating=letter), when=[f"value > {limit}"])
        for limit, letter in ((1000, "C"), (5000, "D"))
    ]
    builders.automation("deal.created", do=[builders.every_path(*two)], owner=leo, name="First path")
    page = open_page(user=leo)
    editor = Automations(page).open().edit("First path")
    editor.choose("every path")
    editor.panel().get_by_role("radio", name=re.compile("The first path that matches")).check()
    editor.apply().save(2)
    deal_worth(leo, "Huge", stages, 9000)
    Runs(page).open().look_into("First path", "Huge", "Done")
    expect(heads(page)).to_contain_text(["Taken", "Not asked, path 1 came first", "Not taken"])


def test_a_step_is_put_into_a_path_by_keyboard_alone(site, open_page, leo):
    page = open_page(user=leo)
    editor = Automations(page).open().start_new("By keyboard")
    editor.configure()
    editor.choose_trigger("deal", "Deal created")
    for words_typed in ("first path", "stop"):
        editor.plus().focus()
        page.keyboard.press("Enter")
        expect(page.get_by_label("Search steps")).to_be_focused()
        page.keyboard.type(words_typed)
        page.keyboard.press("Enter")
        expect(page.get_by_label("Search steps")).to_be_hidden()
    editor.page.get_by_label("Menu of step 2", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    while "Put it elsewhere" not in page.locator(":focus").inner_text():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(editor.panel().get_by_role("heading", level=2)).to_be_focused()
    page.get_by_role("button", name="Put it here, in path 2 of step 1", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Menu of step 2", exact=True)).to_be_focused()
    second = page.locator(".branch").nth(1)
    expect(second.get_by_role("article")).to_contain_text("Stop here")


def test_a_branch_with_steps_in_it_asks_before_it_goes(site, open_page, leo):
    page = open_page(user=leo)
    editor = Automations(page).open().start_new("Deleted")
    editor.configure()
    editor.choose_trigger("deal", "Deal created")
    editor.add_step("Branch: first path that matches")
    editor.add_step("Stop", editor.plus_in(0, 1))
    editor.step_menu(1, "Delete…")
    dialog = page.get_by_role("dialog", name="Delete this branch?")
    expect(dialog).to_contain_text("The step in its paths is deleted with it.")
    dialog.get_by_role("button", name="Keep it").click()
    expect(editor.cards).to_have_count(3)
    expect(page.get_by_label("Menu of step 1", exact=True)).to_be_focused()
    editor.step_menu(1, "Delete…")
    dialog.get_by_role("button", name="Delete the branch").click()
    expect(editor.cards).to_have_count(1)
    expect(dialog).to_be_hidden()
