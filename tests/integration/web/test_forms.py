"""Forms of records: locale, contacts, links, refusals that lose nothing, conflicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from relance.events.models import Event
from relance.records.fields import RECORD_TYPES, SLUGS, editable_fields, title_key
from relance.records.models import Activity, Deal, Person
from relance.records.snapshot import load_one
from relance.records.unit_of_work import write
from tests.integration.records.conftest import Office
from tests.integration.web.conftest import HTMX, Browser

Make = Callable[..., int]
FRENCH = {"Accept-Language": "fr"}


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_every_type_can_be_created_with_its_name_alone(
    record_type: str, browser: Browser, office: Office
) -> None:
    path = f"/{SLUGS[record_type]}/new/"
    client = browser("ana")
    assert client.get(path).status_code == 200
    values = {title_key(record_type): "New", "stage": office.stages[0].pk, "type": "call"}
    answer = client.post(path, values)
    assert answer.status_code == 302, answer.content.decode()
    record = load_one(record_type, int(answer["Location"].rstrip("/").rsplit("/", 1)[1]))
    assert record is not None
    event = Event.objects.latest("pk")
    assert (event.origin, event.actor_id, event.kind) == ("user", office.users["ana"].pk, "created")


def test_numbers_are_read_in_the_language_of_the_reader(browser: Browser, office: Office) -> None:
    values = {
        "title": "Un",
        "stage": office.stages[0].pk,
        "value": "1 234,50",
        "value_currency": "EUR",
        "probability": "50",
    }
    browser("ana").post("/deals/new/", values, headers=FRENCH)
    browser("ana").post(
        "/deals/new/", {**values, "title": "Two", "value": "1,234.50"}, headers={"Accept-Language": "en"}
    )
    assert list(Deal.objects.values_list("value_amount", flat=True)) == [123450, 123450]


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(
    browser: Browser, office: Office
) -> None:
    values = {
        "title": "  ", "value": "a lot", "value_currency": "EUR", "stage": office.stages[1].pk, "probability": "300",
        "expected_close": "2026-02-31", "person_text": "Nobody", "source": "stars", "labels": ["99"], "owner": "99",
    }  # fmt: skip
    answer = browser("ana").post("/deals/new/", values)
    page = answer.content.decode()
    assert answer.status_code == 422
    for text in (
        "Please fill this in.",
        "This is not an amount.",
        "There is no “Nobody”.",
        'value="a lot"',
        'value="300"',
        'value="Nobody"',
        'value="2026-02-31"',
    ):
        assert text in page, text
    assert f'<option value="{office.stages[1].pk}" selected>' in page
    assert not Deal.objects.exists()
    # The second round meets the refusals of the records themselves.
    again = (
        browser("ana")
        .post("/deals/new/", {**values, "title": "T", "value": "", "person_text": ""})
        .content.decode()
    )
    for text in (
        "between 0 and 100",
        "This is not a date",
        "one of the values offered",
        "no such label",
        "no such colleague",
    ):
        assert text in again, text


def test_an_error_in_a_dialog_comes_back_as_a_dialog(browser: Browser) -> None:
    answer = browser("ana").post("/people/new/", {"name": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert answer.content.decode().lstrip().startswith("<dialog")


def test_several_e_mails_with_kinds_and_a_primary_one(browser: Browser) -> None:
    values = {
        "name": "Jeanne", "emails": ["a@x.example", "", "b@x.example"], "emails_kind": ["work", "work", "home"],
        "emails_primary": "2",
        "phones": ["+33 1 23 45"], "phones_kind": ["mobile"], "phones_primary": "0",
    }  # fmt: skip
    browser("ana").post("/people/new/", values)
    person = Person.objects.get()
    assert person.emails == [
        {"value": "a@x.example", "kind": "work", "primary": False},
        {"value": "b@x.example", "kind": "home", "primary": True},
    ]
    assert person.phones == [{"value": "+33 1 23 45", "kind": "mobile", "primary": True}]
    refused = browser("ana").post("/people/new/", {**values, "emails": ["not an address"]})
    assert "is not an e-mail address" in refused.content.decode()
    assert 'value="not an address"' in refused.content.decode()


def test_a_link_is_chosen_in_the_list_or_named_exactly(browser: Browser, make: Make) -> None:
    one = make("ana", "organization", name="Hôtel des Quais")
    make("ana", "organization", name="Twins")
    make("ana", "organization", name="twins")
    client = browser("ana")
    client.post(
        "/people/new/", {"name": "By id", "organization": one, "organization_text": "Hôtel des Quais"}
    )
    client.post("/people/new/", {"name": "By name", "organization_text": "hotel des quais"})
    client.post("/people/new/", {"name": "Emptied", "organization": one, "organization_text": ""})
    assert dict(Person.objects.values_list("name", "organization_id")) == {
        "By id": one,
        "By name": one,
        "Emptied": None,
    }
    ambiguous = client.post("/people/new/", {"name": "X", "organization_text": "Twins"}).content.decode()
    assert "Several are called “Twins”" in ambiguous


def test_the_address_fills_the_form_in_and_nonsense_there_is_left_out(
    browser: Browser, make: Make, office: Office
) -> None:
    organization = make("ana", "organization", name="Hôtel des Quais")
    page = (
        browser("ana")
        .get(f"/deals/new/?stage={office.stages[2].pk}&organization={organization}")
        .content.decode()
    )
    assert f'<option value="{office.stages[2].pk}" selected>' in page
    assert 'value="Hôtel des Quais"' in page
    for query in (
        "stage=x",
        "stage=99999",
        "organization=" + "9" * 30,
        "pipeline=0",
        "pipeline=77",
        "owner=%00",
        "title=" + "x" * 900,
        "value=1",
    ):
        assert browser("ana").get(f"/deals/new/?{query}").status_code == 200, query


def _values(record: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "title": record["title"],
        "stage": record["stage"],
        "source": record["source"] or "",
        "owner": record["owner"],
        "probability": record["probability"],
        "version": record["version"],
        **changed,
    }


def test_only_what_was_touched_is_written(browser: Browser, make: Make) -> None:
    deal = make(
        "ana", "deal", title="Refit", source="website", value={"amount": 100, "currency": "GBP"}, labels=[]
    )
    record = load_one("deal", deal)
    assert record is not None
    client = browser("ana")
    values = _values(record, title="New", value="1", value_currency="GBP")
    assert client.post(f"/deals/{deal}/edit/", values).status_code == 302
    assert list(Event.objects.latest("pk").changes) == ["title"]
    count = Event.objects.count()
    assert client.post(f"/deals/{deal}/edit/", {**values, "version": "2"}).status_code == 302
    assert Event.objects.count() == count


def test_a_conflict_is_told_keeps_what_was_typed_and_overrules_only_that(
    browser: Browser, make: Make, office: Office
) -> None:
    deal = make("ana", "deal", title="Refit", source="website")
    seen = load_one("deal", deal)
    assert seen is not None
    with write(office.actor("tom")) as change:
        change.update("deal", deal, {"title": "Tom's", "source": "partner"})
    client = browser("ana")
    told = client.post(f"/deals/{deal}/edit/", _values(seen, title="Ana's"))
    page = told.content.decode()
    assert told.status_code == 422
    assert "Somebody else changed this record" in page
    assert "Title is now <b>Tom&#x27;s</b>" in page
    assert 'value="Ana&#x27;s"' in page
    assert '<option value="partner" selected>' in page
    assert 'name="version" value="2"' in page
    assert Deal.objects.get(pk=deal).title == "Tom's"
    again = _values(seen, title="Ana's", source="partner", version=2)
    assert client.post(f"/deals/{deal}/edit/", again).status_code == 302
    now = Deal.objects.get(pk=deal)
    assert (now.title, now.source) == ("Ana's", "partner")


@pytest.mark.usefixtures("teams_apart")
def test_a_link_one_may_not_see_survives_an_edit(browser: Browser, make: Make, office: Office) -> None:
    hidden = make("claire", "organization", name="Secret", owner=office.users["ben"].pk)
    person = make("claire", "person", name="Jeanne", owner=office.users["ana"].pk, organization=hidden)
    client = browser("ana")
    page = client.get(f"/people/{person}/edit/").content.decode()
    assert "Secret" not in page
    values = {
        "name": "Jeanne K",
        "organization": hidden,
        "organization_text": "not visible to you",
        "version": "1",
        "first_name": "",
        "owner": office.users["ana"].pk,
    }
    assert client.post(f"/people/{person}/edit/", values).status_code == 302
    assert Person.objects.get(pk=person).organization_id == hidden


_BAD = [
    "\x00",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "\x1b[0m",
    "x" * 50_000,
    "9" * 60,
    "-1",
    "1e999",
    "NaN",
    "<script>",
    "{{ 1 }}",
    "2026-13-40",
    "0000-00-00",
    "9999-99-99",
    "٣",
]


@pytest.mark.parametrize("bad", _BAD)
@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_no_input_breaks_a_form(record_type: str, bad: str, browser: Browser, office: Office) -> None:
    client = browser("ana")
    names = [each.key for each in editable_fields(record_type)]
    for key in [
        *names,
        *(f"{name}_text" for name in names),
        "value_currency",
        "emails_kind",
        "emails_primary",
        "version",
        "nope",
    ]:
        values: dict[str, Any] = {
            title_key(record_type): "T",
            "stage": office.stages[0].pk,
            "type": "call",
            "value": "1",
            "value_currency": "EUR",
            key: bad,
        }
        answer = client.post(f"/{SLUGS[record_type]}/new/", values)
        assert answer.status_code in {302, 422}, (key, answer.status_code)


def test_an_activity_starts_today_as_a_call(browser: Browser) -> None:
    page = browser("ana").get("/activities/new/").content.decode()
    assert '<option value="call" selected>' in page
    assert not Activity.objects.exists()
