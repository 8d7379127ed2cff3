"""The day view: who is where when, as far as the reader may know."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from relance.lib import clock
from relance.web.day import Day, load_day
from relance.web.names import Names
from tests.integration.records.conftest import Office

Browser = Callable[[str], Client]
Make = Callable[..., int]
THURSDAY = date(2026, 3, 5)


@pytest.fixture(autouse=True)
def now() -> None:
    """It is Thursday, 11:10 in Paris."""
    clock.set_clock(lambda: datetime(2026, 3, 5, 10, 10, tzinfo=UTC))


@pytest.fixture
def plan(make: Make) -> Make:
    """``plan("ana", "Call", "09:30", 15)``: something on Thursday."""

    def create(
        by: str, subject: str, time: str | None = None, minutes: int | None = None, **values: Any
    ) -> int:
        given = {"due_date": "2026-03-05", "due_time": time, "duration": minutes, "type": "appointment"}
        return make(by, "activity", subject=subject, **{**given, **values})

    return create


def day_of(office: Office, who: str, day: date = THURSDAY, seen_by: str = "") -> Day:
    with timezone.override("Europe/Paris"):
        return load_day(Names(office.actor(seen_by or who)), day, office.users[who].pk)


def test_what_has_an_hour_stands_at_it_and_the_rest_above(office: Office, plan: Make) -> None:
    plan("ana", "Visit", "09:15", 90)
    plan("ana", "Sometime")
    plan("ana", "Tomorrow", "09:15", 90, due_date="2026-03-06")
    plan("tom", "Tom’s", "09:15", 90)
    day = day_of(office, "ana")
    assert [item.subject for item in day.whole] == ["Sometime"]
    [visit] = day.timed
    assert (visit.subject, visit.hours) == ("Visit", "09:15–10:45")
    # The day begins at eight: an hour and a quarter below its top, an hour and a half long.
    assert (visit.hour, visit.quarter, visit.long_hours, visit.long_quarters) == (1, 1, 1, 2)
    assert [mark.label for mark in day.marks][:2] == ["08:00", "09:00"]
    assert day.now is not None and (day.now.hour, day.now.quarter) == (3, 0)


def test_early_and_late_hours_are_shown_when_something_happens_then(office: Office, plan: Make) -> None:
    plan("ana", "Flight", "05:40", 60)
    plan("ana", "Dinner", "21:30", 150)
    day = day_of(office, "ana")
    assert (day.marks[0].label, day.marks[-1].label, len(day.marks)) == ("05:00", "23:00", 19)
    assert [(item.hour, item.quarter) for item in day.timed] == [(0, 2), (16, 2)]


def test_what_goes_past_midnight_is_seen_on_both_days(office: Office, plan: Make) -> None:
    plan("ana", "Night train", "22:00", 600)
    plan("ana", "Fair", "09:00", 3 * 1440, due_date="2026-03-03")
    plan("ana", "Over", "09:00", 60, due_date="2026-03-04")
    today, tomorrow = day_of(office, "ana"), day_of(office, "ana", date(2026, 3, 6))
    assert [(item.subject, item.begins, item.ends) for item in today.timed] == [
        ("Fair", 0, 1440),
        ("Night train", 1320, 1440),
    ]
    assert [(item.subject, item.begins, item.ends) for item in tomorrow.timed] == [
        ("Fair", 0, 540),
        ("Night train", 0, 480),
    ]


def test_what_happens_at_once_stands_side_by_side(office: Office, plan: Make) -> None:
    plan("ana", "A", "09:00", 120)
    plan("ana", "B", "09:30", 30)
    plan("ana", "C", "10:00", 30)
    plan("ana", "D", "11:00", 30)
    places = {item.subject: (item.lane, item.lanes) for item in day_of(office, "ana").timed}
    assert places == {"A": (0, 2), "B": (1, 2), "C": (1, 2), "D": (0, 1)}


def test_a_crowd_has_room_for_six_side_by_side(office: Office, plan: Make) -> None:
    for number in range(9):
        plan("ana", f"Call {number}", "09:00", 60)
    assert max(item.lane for item in day_of(office, "ana").timed) == 5


def test_who_takes_part_has_it_on_their_day_too(office: Office, plan: Make, make: Make) -> None:
    jeanne = make("ana", "person", name="Jeanne Kerbrat")
    ben = office.users["ben"].pk
    plan("ana", "Visit", "09:00", 60, location="Showroom", participants=[f"user:{ben}", f"person:{jeanne}"])
    [visit] = day_of(office, "ben").timed
    assert (visit.location, visit.there, visit.owner) == ("Showroom", "Jeanne Kerbrat, Ben", "Ana")
    assert day_of(office, "tom").timed == []


def test_nobody_sees_the_day_of_another_team(office: Office, plan: Make, teams_apart: None) -> None:
    plan("ben", "Secret", "09:00", 60)
    assert day_of(office, "ben", seen_by="ana").count == 0
    assert day_of(office, "ben", seen_by="claire").count == 1


def test_the_page_turns_to_the_days_around_and_to_a_colleague(
    office: Office, browser: Browser, plan: Make
) -> None:
    plan("tom", "Tom’s visit", "09:00", 60)
    page = browser("ana").get("/activities/day/").content.decode()
    assert "Thursday, 5 March 2026" in page and "Tom’s visit" not in page
    assert "?date=2026-03-04&amp;owner=" in page and "?date=2026-03-06&amp;owner=" in page
    assert 'href="/activities/day/"' in browser("ana").get("/activities/").content.decode()
    tom = office.users["tom"].pk
    page = browser("ana").get(f"/activities/day/?date=2026-03-05&owner={tom}").content.decode()
    assert re.search(r"09:00–10:00.*Tom’s visit", page, re.DOTALL)


@pytest.mark.parametrize(
    "typed", ["", "soon", "2026-02-30", "9999-12-31", "0001-01-01", "2026-03-05T10:00", "\0"]
)
def test_a_day_that_is_none_is_today(browser: Browser, typed: str) -> None:
    for owner in ("", "x", "999999999999999999999", "-1"):
        answer = browser("ana").get("/activities/day/", {"date": typed, "owner": owner})
        assert answer.status_code == 200
        assert "Thursday, 5 March 2026" in answer.content.decode()


def test_participants_are_chosen_in_the_form_or_named_exactly(
    office: Office, browser: Browser, make: Make
) -> None:
    jeanne, ben = make("ana", "person", name="Jeanne Kerbrat"), office.users["ben"].pk
    make("ana", "person", name="Twin")
    make("ana", "person", name="TWIN")
    client = browser("ana")
    form = {
        "subject": "Visit",
        "type": "meeting",
        "participants": [f"person:{jeanne}", "", ""],
        "participants_text": ["Jeanne Kerbrat", "ben", ""],
    }
    answer = client.post("/activities/new/", form)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert f'href="/people/{jeanne}/">Jeanne Kerbrat</a>, Ben' in page
    for name, said in (("Nobody", "There is no “Nobody”"), ("twin", "Several are called “twin”")):
        refused = client.post("/activities/new/", {**form, "participants": "", "participants_text": name})
        assert refused.status_code == 422 and said in refused.content.decode()
    forged = client.post(
        "/activities/new/", {**form, "participants": "team:1", "participants_text": "team:1"}
    )
    assert forged.status_code == 422
    found = client.get("/pick/participants/", {"q": "be"}).content.decode()
    assert f'data-id="user:{ben}"' in found and "Jeanne" not in found


def test_a_participant_who_is_not_to_be_seen_stays(
    office: Office, browser: Browser, make: Make, teams_apart: None
) -> None:
    hidden = make("ben", "person", name="Hidden")
    activity = make("claire", "activity", subject="Visit", participants=[f"person:{hidden}"], owner=None)
    client, tom = browser("ana"), office.users["tom"].pk
    page = client.get(f"/activities/{activity}/edit/").content.decode()
    assert "Hidden" not in page
    shown = re.search(rf'value="person:{hidden}".*?name="participants_text"[^>]*value="([^"]+)"', page)
    assert shown is not None
    form = {"participants": [f"person:{hidden}", f"user:{tom}"], "participants_text": [shown[1], "Tom"]}
    answer = client.post(f"/activities/{activity}/field/participants/", {**form, "version": 1})
    assert answer.status_code == 200
    assert "Tom" in answer.content.decode()


def test_what_was_deleted_for_ever_is_still_called_by_its_name_in_a_story(
    office: Office, browser: Browser, make: Make
) -> None:
    organization = make("ana", "organization", name="Gone & Co")
    person = make("ana", "person", name="Zoé", organization=organization)
    client = browser("claire")
    client.post(f"/organizations/{organization}/delete/")
    assert client.post(f"/organizations/{organization}/purge/").status_code == 302
    page = client.get(f"/people/{person}/").content.decode()
    assert "<del>Gone &amp; Co (deleted for ever)</del>" in page
    assert f'href="/organizations/{organization}/"' not in page
    assert client.get(f"/organizations/{organization}/").status_code == 404
    assert browser("ana").post(f"/people/{person}/purge/").status_code == 403
    assert client.post(f"/people/{person}/purge/").status_code == 404  # it is not in the bin
