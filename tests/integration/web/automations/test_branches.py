"""Branches in the editor and on the page of a run."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from relance.accounts.people import actor_for
from relance.automation import drafting
from relance.automation.core.blocks import MAX_NESTING, MAX_PATHS
from relance.automation.engine.pump import Pump
from relance.automation.models import Automation, Run
from relance.records.unit_of_work import write
from tests.automations import numbered
from tests.builders import first_path, path, update
from tests.integration.web.automations.test_editing import draft, post

Make = Callable[..., Automation]
Window = Callable[..., Client]
TELL = update(source="phone")
STOP = {"kind": "stop"}


@pytest.fixture
def forked(automation: Make) -> Automation:
    """b1: over 1,000 (p1): b2 set source, rated A (p2): nothing, otherwise: b3 stop; then b4 set source."""
    two = [path(TELL, when=["value > 1000"], name="Large"), path(when=["organization.rating is A"])]
    return automation(steps=numbered([first_path(*two, otherwise=[STOP]), TELL]))


def order(made: Automation) -> list[str]:
    return [block["id"] for _at, block in drafting.blocks(draft(made))]


def path_ids(made: Automation) -> list[str]:
    return [head["id"] for _at, head in drafting.paths(draft(made))]


def text(answer: Any) -> str:
    """What it says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())))


def test_a_branch_is_put_in_and_its_first_path_opens(window: Window, automation: Make) -> None:
    made, client = automation(), window("claire")
    picker = client.get(f"/automations/{made.pk}/add/?at=steps/1").content.decode()
    assert "Branch: first path that matches" in picker and "Branch: every path that matches" in picker
    added = post(client, made, "insert/", at="steps/1", choice="branch:all")
    assert "Take path 1 if…" in text(added) and "Choose when this path is taken" in text(added)
    branch = draft(made)["steps"][1]
    assert (branch["mode"], [head["id"] for head in branch["paths"]]) == ("all", ["p1", "p2"])
    assert branch["otherwise"] == {"steps": []}


def test_a_path_gets_a_condition_and_a_name(window: Window, forked: Automation) -> None:
    typed = {"g0-r0-field": "value", "g0-r0-op": "gt", "g0-r0-value": "5", "g0-r0-value-currency": "EUR"}
    answer = post(window("claire"), forked, "panel/p2/apply/", **typed, name="  Small\n")
    _at, head = drafting.find_path(draft(forked), "p2")
    row = {"field": "value", "op": "gt", "value": {"amount": 500, "currency": "EUR"}}
    assert (head["name"], head["groups"]) == ("Small", [{"rows": [row]}])
    assert "Taken if value is over €5" in text(answer)


@pytest.mark.parametrize("name", ["x" * 61, "a\x00"])
def test_a_name_that_cannot_be_kept_is_refused_at_its_field(
    window: Window, forked: Automation, name: str
) -> None:
    before = draft(forked)
    answer = post(window("claire"), forked, "panel/p1/apply/", name=name)
    assert answer.status_code == 422 and 'id="in-name-error"' in answer.content.decode()
    assert draft(forked) == before


def test_a_path_without_conditions_is_always_taken(window: Window, forked: Automation) -> None:
    answer = post(window("claire"), forked, "panel/p1/apply/", name="")
    assert drafting.find_path(draft(forked), "p1")[1]["groups"] == []
    assert "Always taken" in text(answer)


def test_the_mode_of_a_branch_is_changed(window: Window, forked: Automation) -> None:
    answer = post(window("claire"), forked, "panel/b1/apply/", mode="all")
    assert draft(forked)["steps"][0]["mode"] == "all"
    assert order(forked) == ["b1", "b2", "b3", "b4"]
    assert "Take every path that matches" in text(answer)
    post(window("claire"), forked, "panel/b1/apply/", mode="moon")
    assert draft(forked)["steps"][0]["mode"] == "all"


def test_steps_are_added_in_paths_and_in_otherwise(window: Window, forked: Automation) -> None:
    client = window("claire")
    for at in ("steps/0/paths/1/steps/0", "steps/0/otherwise/steps/1"):
        assert client.get(f"/automations/{forked.pk}/add/?at={at}").status_code == 200
        post(client, forked, "insert/", at=at, choice="stop")
    assert order(forked) == ["b1", "b2", "b5", "b3", "b6", "b4"]
    assert client.get(f"/automations/{forked.pk}/add/?at=steps/0/paths/2/steps/0").status_code == 404


def test_paths_are_added_moved_copied_and_deleted(window: Window, forked: Automation) -> None:
    client = window("claire")
    assert "Take path 3 if…" in text(post(client, forked, "steps/b1/paths/"))
    assert path_ids(forked) == ["p1", "p2", "p3"]
    post(client, forked, "paths/p3/move/", by="left")
    assert path_ids(forked) == ["p1", "p3", "p2"]
    assert "Take path 2 if…" in text(post(client, forked, "paths/p1/duplicate/"))
    assert path_ids(forked) == ["p1", "p4", "p3", "p2"]
    assert order(forked) == ["b1", "b2", "b5", "b3", "b4"]
    post(client, forked, "paths/p1/remove/", panel="b2")
    assert (path_ids(forked), order(forked)) == (["p4", "p3", "p2"], ["b1", "b5", "b3", "b4"])


def test_a_branch_keeps_one_path_and_has_at_most_ten(window: Window, forked: Automation) -> None:
    client = window("claire")
    for _more in range(MAX_PATHS - 2):
        assert post(client, forked, "steps/b1/paths/").status_code == 200
    page = client.get(f"/automations/{forked.pk}/state/").content.decode()
    assert "Add a path" not in page
    assert post(client, forked, "steps/b1/paths/").status_code == 409
    assert post(client, forked, "paths/p1/duplicate/").status_code == 409
    for gone in path_ids(forked)[1:]:
        assert post(client, forked, f"paths/{gone}/remove/").status_code == 200
    assert "paths/p1/remove/" not in client.get(f"/automations/{forked.pk}/state/").content.decode()
    assert post(client, forked, "paths/p1/remove/").status_code == 409


@pytest.mark.parametrize(
    "deed", ["steps/b9/paths/", "steps/b2/paths/", "paths/p9/move/", "paths/p9/duplicate/"]
)
def test_what_somebody_else_removed_is_a_conflict(window: Window, forked: Automation, deed: str) -> None:
    assert post(window("claire"), forked, deed).status_code == 409


def test_a_branch_with_steps_asks_before_it_is_deleted(window: Window, forked: Automation) -> None:
    client = window("claire")
    page = client.get(f"/automations/{forked.pk}/state/").content.decode()
    assert "The 2 steps in its paths are deleted with it." in page
    assert "The step in it is deleted with it." in page
    post(client, forked, "steps/b1/remove/", panel="p1")
    assert order(forked) == ["b4"]


def test_the_panel_of_what_was_deleted_with_its_branch_closes(window: Window, forked: Automation) -> None:
    for inside in ("b2", "p1", "b1"):
        answer = post(window("claire"), forked, "steps/b1/duplicate/")
        copies = {"b1": order(forked)[3], "b2": order(forked)[4], "p1": path_ids(forked)[2]}
        answer = post(window("claire"), forked, f"steps/{copies['b1']}/remove/", panel=copies[inside])
        assert "How it reads" in text(answer)


def test_a_step_is_put_into_a_path_by_its_mark(window: Window, forked: Automation) -> None:
    client = window("claire")
    asked = client.get(f"/automations/{forked.pk}/steps/b4/relocate/")
    assert "Where is it to stand?" in text(asked)
    assert "Put it here, in path 2 of step 1" in asked.content.decode()
    post(client, forked, "steps/b4/relocate/", at="steps/0/paths/1/steps/0")
    assert order(forked) == ["b1", "b2", "b4", "b3"]
    for nowhere in ("steps/0/paths/0/steps/0", "steps/9", "moon"):
        assert post(client, forked, "steps/b1/relocate/", at=nowhere).status_code == 409
    itself = client.get(f"/automations/{forked.pk}/steps/b1/relocate/").content.decode()
    assert "Put it here, at the end" in itself and "in path 1" not in itself
    assert client.get(f"/automations/{forked.pk}/steps/b9/relocate/").status_code == 404
    assert post(client, forked, "steps/b9/relocate/", at="steps/0").status_code == 409


def test_branches_are_offered_as_deep_as_they_may_lie(window: Window, automation: Make) -> None:
    made, client = automation(steps=numbered([TELL])), window("claire")
    at = "steps/0"
    for _deeper in range(MAX_NESTING):
        assert "branch:first" in client.get(f"/automations/{made.pk}/add/?at={at}").content.decode()
        post(client, made, "insert/", at=at, choice="branch:first")
        at += "/paths/0/steps/0"
    assert "branch:first" not in client.get(f"/automations/{made.pk}/add/?at={at}").content.decode()


def test_problems_stand_on_the_card_or_the_path_they_are_about(window: Window, forked: Automation) -> None:
    client = window("claire")
    post(client, forked, "insert/", at="steps/0/paths/1/steps/0", choice="condition")
    post(client, forked, "steps/b1/paths/")
    refused = post(client, forked, "publish/").content.decode()
    assert "2 problems" in refused
    where = {}
    for id in ("b5", "p3", "b1", "p1"):
        card = re.search(
            rf'<(article|div) class="[^"]*" id="card-{id}".*?(?=<article|<div class="branch__head)',
            refused,
            re.S,
        )
        assert card
        where[id] = "Please fill in what is missing here." in card[0]
    assert where == {"b5": True, "p3": True, "b1": False, "p1": False}
    trial = window("claire", htmx=False).get(f"/automations/{forked.pk}/test/").content.decode()
    assert trial.count("Please fill in what is missing here.") == 2


def test_only_who_may_edit_changes_branches(window: Window, automation: Make) -> None:
    made = automation(steps=numbered([first_path(path(TELL, when=["value > 1"]))]))
    rita = window("ines")
    page = rita.get(f"/automations/{made.pk}/", headers={}).content.decode()
    assert "Take" in page and "Add a path" not in page and "data-open-dialog" not in page
    for deed in (
        "steps/b1/paths/",
        "paths/p1/move/",
        "paths/p1/duplicate/",
        "paths/p1/remove/",
        "steps/b2/relocate/",
    ):
        assert post(rita, made, deed).status_code == 403


def test_a_run_shows_both_paths_the_one_taken_and_why_not_the_other(
    window: Window, forked: Automation, company: dict[str, Any]
) -> None:
    with write(actor_for(company["claire"].pk)) as change:
        rated = change.create("organization", {"name": "Good", "rating": "A"})
        for amount in (90, 2000):
            change.create(
                "deal",
                {
                    "title": f"{amount}",
                    "organization": rated,
                    "value": {"amount": amount * 100, "currency": "EUR"},
                },
            )
    Pump().drain()
    small, large = (
        text(window("claire", htmx=False).get(f"/automations/runs/{run.pk}/"))
        for run in Run.objects.order_by("pk")
    )
    for told, expected in (
        (
            small,
            ["Take the first path that matches Path 2", "1 Large Value is over €1,000 Not met", "was €90",
             "2 · Update a record", "2 The organization’s rating is A Taken", "was A", "Otherwise Not taken",
             "3 · Stop", "4 · Update a record", "every step on its way was done"],
        ),
        (
            large,
            ["Take the first path that matches Path 1", "1 Large Value is over €1,000 Taken", "was €2,000",
             "2 The organization’s rating is A Not asked, path 1 came first", "Otherwise Not taken"],
        ),
    ):  # fmt: skip
        at = 0
        for each in expected:
            place = told.find(each, at) if "every step" not in each else told.find(each)
            assert place >= 0, (each, told)
            at = max(at, place)
