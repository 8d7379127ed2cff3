"""What starts an automation and what does not: conditions or none, by whom, in which way, switched on or off."""

from __future__ import annotations

import json
import urllib.request

import pytest
from django.db import connection
from playwright.sync_api import expect

from relance.accounts import tokens
from relance.accounts.models import Role
from relance.records.models import Activity
from tests import builders
from tests.acceptance import company
from tests.acceptance.board import Board
from tests.acceptance.editor import Automations


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


@pytest.fixture(scope="module")
def camille(site):
    return site.user("Camille", Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def tom(site):
    return site.user("Tom")


def follow_up(editor, subject):
    """Add the action that plans something."""
    words = editor.words
    editor.add_step("Create an activity")
    editor.set_text(words.field("activity", "subject"), subject)
    editor.set_choice(words.field("activity", "type"), words.choice("activity", "type", "task")).apply()


def planned(subject):
    """How many activities of this kind there are, once the engine is through."""
    company.settle()
    return Activity.objects.filter(subject=subject).count()


def test_without_a_condition_it_runs_each_time_and_says_so(site, open_page, stages, camille, tom):
    page = open_page(user=camille)
    editor = Automations(page).open().start_new("Always")
    editor.configure().choose_trigger("deal", "Deal updated")
    editor.add_step("Condition")
    panel = editor.panel("Carry on only if…")
    panel.get_by_role("button", name="Remove condition 1").click()
    expect(panel).to_contain_text("Without a condition it always carries on.")
    editor.apply()
    editor.expect_steps("Always")
    follow_up(editor, "Each time")
    editor.everyone().save()

    deal = company.deal(tom, "Often", stages["Contacted"])
    company.update(tom, "deal", deal, title="Often changed")
    company.update(tom, "deal", deal, stage=stages["Demo"].pk)
    assert planned("Each time") == 2


def change_through_api(site, key, deal, **values):
    """Another program changes a deal."""
    request = urllib.request.Request(
        f"{site.url}/api/v1/deals/{deal}",
        data=json.dumps(values).encode(),
        method="PATCH",
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def test_only_what_people_do_counts_until_the_author_adds_other_programs(
    site, open_page, stages, camille, tom
):
    name = "Won by people"
    page = open_page(user=camille)
    editor = Automations(page).open().start_new(name)
    editor.configure().choose_trigger("deal", "Deal updated")
    editor.add_step("Condition").condition("deal", "stage", "changed_to", "Offer").apply()
    follow_up(editor, "Thank you")
    editor.everyone().save()
    deal = company.deal(tom, "By many ways", stages["Contacted"])
    _token, key = tokens.create_token(tom, "Website")

    change_through_api(site, key, deal, stage=stages["Offer"].pk)
    assert planned("Thank you") == 0
    change_through_api(site, key, deal, stage=stages["Contacted"].pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_deal SET stage_id = %s WHERE id = %s", [stages["Offer"].pk, deal])
        cursor.execute("UPDATE records_deal SET stage_id = %s WHERE id = %s", [stages["Contacted"].pk, deal])
    assert planned("Thank you") == 0

    board = Board(open_page(user=tom)).open()
    board.drag("By many ways", "Offer")
    board.expect_in("By many ways", "Offer")
    company.eventually(lambda: planned("Thank you") == 1)

    company.update(tom, "deal", deal, stage=stages["Contacted"].pk)
    editor.choose_people("Everyone", ways=("Other programs",)).save(version=2)
    change_through_api(site, key, deal, stage=stages["Offer"].pk)
    assert planned("Thank you") == 2


def test_inactive_is_grey_and_labelled_and_only_what_comes_later_counts(
    site, open_page, words, stages, camille, tom
):
    name, subject = f"Sometimes {words.language}", f"Only while on {words.language}"
    action = builders.act(
        "record.create", record="activity", link=True, values={"subject": {"from": "fixed", "value": subject}}
    )
    builders.automation(on="deal.updated", do=[action], owner=builders.actor_for(camille.pk), name=name)
    deal = company.deal(tom, f"Switched {words.language}", stages["Contacted"])
    page = open_page(locale=words.locale, user=camille)
    automations = Automations(page, words).open()
    row = automations.row(name)
    colour = "element => getComputedStyle(element.querySelector('h2 a')).color"
    bright = row.evaluate(colour)
    expect(row).to_contain_text(words("On", "state of an automation"))

    automations.switch(name).uncheck()
    expect(row).to_contain_text(words("Off", "state of an automation"))
    expect(row).to_contain_text(words("Inactive since %(date)s", date="").strip())
    page.wait_for_function(
        "([row, bright]) => getComputedStyle(row.querySelector('h2 a')).color !== bright",
        arg=[row.element_handle(), bright],
    )
    company.update(tom, "deal", deal, title="Changed while off")
    assert planned(subject) == 0

    automations.switch(name).check()
    expect(row).not_to_contain_text(words("Inactive since %(date)s", date="").strip())
    assert planned(subject) == 0
    company.update(tom, "deal", deal, title="Changed while on")
    assert planned(subject) == 1


def test_only_me_then_my_team(site, open_page, stages):
    lea, max_, otto = site.user("Lea", Role.LEADER), site.user("Max"), site.user("Otto")
    builders.team("North", lea, max_)
    page = open_page(user=lea)
    editor = Automations(page).open().start_new("For whom")
    editor.configure().choose_trigger("deal", "Deal updated")
    follow_up(editor, "Whose change")
    editor.save()
    deal = company.deal(lea, "Shared deal", stages["Contacted"])

    company.update(max_, "deal", deal, title="Changed by Max")
    assert planned("Whose change") == 0
    company.update(lea, "deal", deal, title="Changed by Lea")
    assert planned("Whose change") == 1

    editor.choose_people("Chosen teams", "North").save(version=2)
    company.update(max_, "deal", deal, title="Changed by Max again")
    assert planned("Whose change") == 2
    company.update(otto, "deal", deal, title="Changed by Otto")
    assert planned("Whose change") == 2


def test_a_deleted_person_is_still_named(site, open_page, words, camille, tom):
    name, who = f"Farewell {words.language}", f"Nadia Benali {words.language}"
    page = open_page(locale=words.locale, user=camille)
    editor = Automations(page, words).open().start_new(name)
    editor.configure().choose_trigger("person", "Person deleted")
    follow_up(editor, f"{words.language}: why did we delete {{{{ name }}}}?")
    editor.everyone().save()
    person = company.create(tom, "person", {"name": who})

    window = open_page(locale=words.locale, user=tom)
    window.goto(f"/people/{person}/")
    window.get_by_role("main").get_by_label(words("More"), exact=True).click()
    window.get_by_role("link", name=words("Delete the person"), exact=True).click()
    dialog = window.get_by_role("dialog", name=words("Delete the person “%(name)s”?", name=who))
    dialog.get_by_role("button", name=words("Delete"), exact=True).click()
    expect(window.get_by_role("heading", level=1)).to_have_text(words("Contacts"))
    company.eventually(lambda: planned(f"{words.language}: why did we delete {who}?") == 1)
