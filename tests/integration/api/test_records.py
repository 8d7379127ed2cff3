"""Each record type can be made, read, listed, changed and deleted through the API, with everybody's rights."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relance.accounts import tokens
from relance.accounts.models import Company, Role, Visibility
from relance.api import schemas
from relance.events.models import Event
from relance.lib import clock
from relance.records.fields import RECORD_TYPES, SLUGS, title_key


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_a_record_lives_its_life(api, record_type):
    path, title = f"/{SLUGS[record_type]}", title_key(record_type)

    created = api.post(path, {title: "Été à Nice"})
    assert created.status_code == 201, created.content
    record = created.json()
    assert record[title] == "Été à Nice" and record["record_type"] == record_type and record["version"] == 1
    assert created["Location"] == f"/api/v1{path}/{record['id']}"
    schemas.record_body(record_type).model_validate(record)

    assert api.get(f"{path}/{record['id']}").json() == record
    assert api.get(path).json() == {"items": [record], "next": None}
    assert api.get(f"{path}?q=ete+NICE").json()["items"] == [record]
    assert api.get(f"{path}?q=hiver").json()["items"] == []

    changed = api.patch(f"{path}/{record['id']}", {title: "Hiver", "version": 1})
    assert changed.status_code == 200
    assert changed.json()[title] == "Hiver" and changed.json()["version"] == 2
    assert api.patch(f"{path}/{record['id']}", {title: "Printemps", "version": 1}).status_code == 409

    assert api.delete(f"{path}/{record['id']}?version=1").status_code == 409
    assert api.delete(f"{path}/{record['id']}?version=2").status_code == 204
    assert api.get(f"{path}/{record['id']}").status_code == 404
    assert api.patch(f"{path}/{record['id']}", {title: "x"}).status_code == 404
    assert api.delete(f"{path}/{record['id']}").status_code == 404

    events = Event.objects.filter(record_type=record_type, record_id=record["id"]).order_by("id")
    assert [(event.kind, event.origin) for event in events] == [
        ("created", "api"),
        ("updated", "api"),
        ("deleted", "api"),
    ]


def test_every_kind_of_value_comes_back_as_it_was_sent(api, ana):
    organization = api.post("/organizations", {"name": "Hôtel", "rating": "A", "country": "FR"}).json()
    person = api.post(
        "/people",
        {"name": "Zoé", "emails": [{"value": "zoe@example.com"}], "organization": organization["id"]},
    ).json()
    assert person["emails"] == [{"value": "zoe@example.com", "kind": "work", "primary": True}]
    sent = {
        "title": "Rooms",
        "value": {"amount": 125050, "currency": "GBP"},
        "expected_close": "2026-12-24",
        "probability": 40,
        "person": person["id"],
        "organization": organization["id"],
        "owner": ana.id,
        "labels": [],
    }
    deal = api.post("/deals", sent).json()
    assert {key: deal[key] for key in sent} == sent
    activity = api.post(
        "/activities", {"subject": "Call", "type": "call", "due_time": "14:30", "deal": deal["id"]}
    ).json()
    assert activity["type"] == "call" and activity["done"] is False and activity["deal"] == deal["id"]


def test_an_appointment_has_people_and_colleagues(api, ana):
    person = api.post("/people", {"name": "Zoé"}).json()["id"]
    there = [f"user:{ana.id}", f"person:{person}", f"person:{person}"]
    sent = {"subject": "Visit", "type": "appointment", "location": "Nantes", "participants": there}
    activity = api.post("/activities", sent).json()
    assert activity["participants"] == [f"person:{person}", f"user:{ana.id}"]
    assert activity["location"] == "Nantes"
    for wrong in (["team:1"], ["person:0"], ["user:99999"], ["person:99999"], ["person:1 "], "user:1", [1]):
        answer = api.post("/activities", {"subject": "Visit", "participants": wrong})
        assert answer.status_code == 422, wrong
        assert all(error["pointer"].startswith("/participants") for error in answer.json()["errors"])
    assert api.patch(f"/activities/{activity['id']}", {"participants": []}).json()["participants"] == []


def test_a_lead_is_converted_to_a_deal(api):
    lead = api.post("/leads", {"title": "Two machines"}).json()
    path = f"/leads/{lead['id']}/convert"
    assert api.post(path, {"version": 7}).status_code == 409
    assert api.post(path, {"stage": 999_999}).status_code == 422
    assert api.post(path, {"shoe": 1}).status_code == 422
    made = api.post(path, {"version": 1})
    assert made.status_code == 201
    deal = made.json()
    assert (deal["title"], deal["lead"], made["Location"]) == (
        "Two machines",
        lead["id"],
        f"/api/v1/deals/{deal['id']}",
    )
    assert api.get(f"/leads/{lead['id']}").json()["deal"] == deal["id"]
    assert api.post(path, {}).json()["id"] == deal["id"]
    assert api.post("/leads/999999999/convert", {}).status_code == 404


def test_a_list_is_read_page_by_page(api):
    ids = [api.post("/leads", {"title": f"Lead {number}"}).json()["id"] for number in range(5)]
    seen, path = [], "/leads?limit=2"
    while True:
        page = api.get(path).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        path = f"/leads?limit=2&cursor={page['next']}"
    assert seen == ids


def test_nothing_changes_when_the_values_are_the_same(api):
    deal = api.post("/deals", {"title": "Same"}).json()
    assert api.patch(f"/deals/{deal['id']}", {"title": "Same"}).json()["version"] == deal["version"]
    assert Event.objects.filter(record_id=deal["id"]).count() == 1


def test_each_wrong_value_is_pointed_at(api):
    answer = api.post(
        "/deals", {"title": "x", "value": {"amount": "12", "currency": "EUR"}, "probability": 101, "shoe": 1}
    )
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/value/amount",
        "/probability",
        "/shoe",
    }
    answer = api.post("/deals", {"title": "x", "person": 999, "expected_close": "2026-13-45"})
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/person", "/expected_close"}


def test_without_a_key_nothing_is_said(api, ana):
    for headers in (
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer \u00e9"},
        {"Authorization": "Basic eDp5"},
    ):
        answer = api.get("/deals", headers=headers)
        assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer"
    ana.is_active = False
    ana.save()
    assert api.get("/deals").status_code == 401


def test_a_key_is_stored_as_a_digest_and_remembers_roughly_when_it_was_used(ana, company):
    token, key = tokens.create_token(ana, "Spreadsheet")
    assert key not in str(vars(token)) and tokens.user_of(key) == ana
    token.refresh_from_db()
    first = token.last_used_at
    clock.set_clock(lambda: first + timedelta(minutes=5))
    tokens.user_of(key)
    token.refresh_from_db()
    assert token.last_used_at == first
    clock.set_clock(lambda: first + timedelta(hours=2))
    tokens.user_of(key)
    token.refresh_from_db()
    assert token.last_used_at > first


@pytest.fixture
def two_teams(make_user, api_of):
    Company.objects.update(visibility=Visibility.TEAM)
    return api_of(make_user("Ben", Role.MEMBER, "London")), api_of(make_user("Cleo", Role.MEMBER, "Paris"))


def test_what_may_not_be_seen_does_not_exist(api, two_teams):
    ben, cleo = two_teams
    deal = ben.post("/deals", {"title": "Ben's"}).json()
    path = f"/deals/{deal['id']}"
    unknown = cleo.get("/deals/424242")
    for answer in (
        cleo.get(path),
        cleo.patch(path, {"title": "x"}),
        cleo.patch(path, {"title": "x", "version": 99}),
        cleo.delete(path),
    ):
        assert (answer.status_code, answer.content) == (404, unknown.content)
    assert cleo.get("/deals").json()["items"] == [] and cleo.get("/deals?q=ben").json()["items"] == []
    linked = cleo.post("/activities", {"subject": "x", "deal": deal["id"]})
    assert linked.status_code == 422 and linked.json()["errors"][0]["pointer"] == "/deal"
    assert api.get(path).json() == deal


def test_a_reader_reads(company, make_user, api_of, api):
    reader = api_of(make_user("Rosa", Role.READER))
    deal = api.post("/deals", {"title": "x"}).json()
    assert reader.get(f"/deals/{deal['id']}").status_code == 200
    for answer in (
        reader.post("/deals", {"title": "x"}),
        reader.patch(f"/deals/{deal['id']}", {"title": "y"}),
        reader.delete(f"/deals/{deal['id']}"),
    ):
        assert answer.status_code == 403 and answer.json()["code"] == "forbidden"


def test_a_list_costs_the_same_number_of_queries_however_long_it_is(api, django_assert_num_queries):
    for number in range(12):
        api.post("/deals", {"title": f"Deal {number}", "value": {"amount": number, "currency": "EUR"}})
    # The key and its user, the company's revision, the ids that may be seen, the records.
    with django_assert_num_queries(4):
        assert len(api.get("/deals?limit=2").json()["items"]) == 2
    with django_assert_num_queries(4):
        assert len(api.get("/deals?limit=200").json()["items"]) == 12
