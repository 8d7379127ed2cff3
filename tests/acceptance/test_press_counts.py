"""S9, "a member of my team creates a deal above 1,000: its organization gets an A", in few presses.

Fewer than ten from its template, at most twenty from nothing. Each press is one that a person makes, with the mouse
where it needs no keyboard; what is chosen from a list counts as two.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Role
from relance.automation.models import Automation
from relance.records.models import Organization
from tests import builders
from tests.acceptance import company
from tests.acceptance.editor import Editor
from tests.acceptance.presses import Presses
from tests.acceptance.words import Words

ROW = {"field": "value", "op": "gt", "value": {"amount": 100_000, "currency": "EUR"}}
RATE = {"target": "organization", "values": {"rating": {"from": "fixed", "value": "A"}}}


@pytest.fixture(scope="module")
def lea(site):
    """Léa leads the team South, which Sam is in; there is another team as well."""
    lea = site.user("Lea", Role.LEADER)
    builders.team("South", lea, site.user("Sam"))
    builders.team("West")
    company.pipeline()
    return lea


def works(site, made: Automation) -> None:
    """Check that it is S9, by what happens."""
    team = made.owner.memberships.get().team
    assert made.active and made.version is not None
    assert made.version.document["scope"] == {"kind": "teams", "ids": [team.pk]}
    sam = site.user("Sam")
    stage = company.Stage.objects.all()[0]
    rated = {}
    for amount in (1000, 1001):
        organization = company.create(sam, "organization", {"name": f"{made.name} {amount}"})
        company.deal(sam, "Ovens", stage, organization=organization, value=company.euros(amount))
        rated[amount] = organization
    company.settle()
    ratings = {amount: Organization.objects.get(pk=pk).rating for amount, pk in rated.items()}
    assert ratings == {1000: None, 1001: "A"}
    builders.publish.switch(made, False, builders.actor_for(made.owner_id))


def test_from_its_template_in_fewer_than_ten(site, open_page, lea, words: Words) -> None:
    page = open_page(user=lea, locale=words.locale)
    presses = Presses(page)
    page.goto("/deals/board/")
    presses.begin()
    page.get_by_role("link", name=words("Automation templates")).click()
    page.get_by_role("link", name=words("Rate the organization of a big deal")).click()
    who = page.get_by_label(words("Who"), exact=True)
    expect(who.locator("option:checked")).to_have_text(
        words("Somebody in %(team)s", "whose changes start it", team="South")
    )
    # What it comes with would do; they answer anyway.
    who.select_option(label=words("Only me", "whose changes start it"))
    expect(page.locator("#use-say")).to_contain_text(words("me"))
    who.select_option(label=words("Somebody in %(team)s", "whose changes start it", team="South"))
    page.get_by_label(words("Amount"), exact=True).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("1000")
    page.get_by_role("button", name=words("Switch on"), exact=True).click()
    expect(page.get_by_text(words("On, version %(number)s", number=1), exact=True)).to_be_visible()
    assert len(presses.list) < 10, presses.list
    works(site, Automation.objects.latest("pk"))


def test_from_nothing_in_at_most_twenty(site, open_page, lea) -> None:
    page = open_page(user=lea)
    presses = Presses(page)
    page.goto("/deals/board/")
    presses.begin()
    page.get_by_role("link", name="Automation templates").click()
    page.get_by_role("link", name="Start from scratch").click()
    name = page.get_by_role("dialog").get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    page.keyboard.type("Rate big deals")
    page.keyboard.press("Enter")
    editor = Editor(page).expect_open("Rate big deals")
    panel = editor.panel("What starts it?")
    # They came from the deals.
    expect(panel.get_by_label("Kind of record", exact=True).locator("option:checked")).to_have_text("Deal")
    panel.get_by_text("Deal created", exact=True).click()
    next_step = page.get_by_role("button", name="Apply, next step", exact=True)
    expect(panel.get_by_role("radio", name="Deal created")).to_be_checked()
    next_step.click()
    search = page.get_by_label("Search steps", exact=True)
    expect(search).to_be_focused()
    page.keyboard.type("condition")
    page.keyboard.press("Enter")
    group = editor.panel("Carry on only if…").get_by_role("group", name="Condition 1")
    group.get_by_label("Field", exact=True).select_option(label="Value")
    value = group.get_by_label("Value", exact=True)
    expect(group.get_by_label("Comparison", exact=True).locator("option:checked")).to_have_text("is over")
    value.click()
    page.keyboard.type("1000")
    next_step.click()
    expect(search).to_be_focused()
    page.keyboard.type("update the organization")
    page.keyboard.press("Enter")
    panel = editor.panel("Update the organization")
    panel.get_by_label("Set another field", exact=True).select_option(label="Rating")
    panel.get_by_role("group", name="Rating", exact=True).get_by_label("Value", exact=True).select_option(
        label="A"
    )
    with page.expect_response(lambda answer: answer.url.endswith("/apply/")):
        page.get_by_role("button", name="Apply", exact=True).click()
    page.get_by_role("link", name="Choose people or teams", exact=True).click()
    panel = editor.panel("Who may trigger this?")
    panel.get_by_text("Chosen teams").click()
    # The one team that Léa is in.
    expect(panel.get_by_role("checkbox", name="South")).to_be_checked()
    editor.save()
    assert len(presses.list) <= 20, presses.list
    made = Automation.objects.latest("pk")
    assert made.version is not None
    condition, action = made.version.document["steps"]
    assert (condition["groups"], action["params"]) == ([{"rows": [ROW]}], RATE)
    works(site, made)
