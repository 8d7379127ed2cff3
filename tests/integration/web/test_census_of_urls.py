"""Every address, as everybody: never a 500, and nothing that is not theirs.

New addresses are found by themselves; what a method means for somebody is said where it is not the rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from relance.automation import publish
from relance.automation.engine.pump import Pump
from relance.automation.models import Automation, Notification, Run
from relance.lib import clock
from relance.outbound import outbox
from relance.outbound.letters import Letter
from relance.outbound.models import MailState
from relance.records.unit_of_work import write
from tests.builders import automation as build
from tests.builders import update
from tests.integration.records.conftest import Office, office

__all__ = ["office"]

#: What is open to anybody: the way in, and what the pages are drawn with.
OPEN = {"login", "logout", "invitation", "stylesheet"}
#: Streams without end; they have tests of their own.
STREAMS = {"live"}
HTMX = {"HX-Request": "true"}
BIG = 10**30


@dataclass(frozen=True)
class Address:
    """One pattern: its name and the converters of its parts."""

    name: str
    route: str
    parts: dict[str, str]

    def path(self, values: dict[str, Any]) -> str:
        """The address with these values; what is missing is 1."""
        text = self.route
        for part, converter in self.parts.items():
            value = values.get(part, values.get(f"<{converter}>", 1))
            text = text.replace(f"<{converter}:{part}>", str(value))
        return f"/{text}"


def addresses() -> Iterator[Address]:
    """All pages; the API has tests of its own."""

    def walk(patterns: Any, before: str) -> Iterator[Address]:
        for entry in patterns:
            route = before + str(entry.pattern)
            if isinstance(entry, URLResolver):
                if not route.startswith("api/"):
                    yield from walk(entry.url_patterns, route)
            elif isinstance(entry, URLPattern):
                names = dict.fromkeys(entry.pattern.converters, "")
                for name in names:
                    names[name] = route.split(f":{name}>")[0].rpartition("<")[2]
                yield Address(str(entry.name), route, names)

    yield from walk(get_resolver().url_patterns, "")


ADDRESSES = list(addresses())


@pytest.fixture
def there(office: Office) -> dict[str, Any]:
    """One of everything that addresses name: Tom's, whose team is his and Ana's; the automation is his alone."""
    with write(office.actor("tom")) as change:
        deal = change.create("deal", {"title": "Espresso corner", "stage": office.stages[0].pk})
    owner = office.actor("tom")
    made = build("deal.updated", do=[update(source="phone")], owner=owner, scope={"kind": "me", "ids": []})
    with write(owner) as change:
        change.update("deal", deal, {"title": "Espresso bar"})
    Pump().drain()
    run = Run.objects.get()
    notice = Notification.objects.create(
        user=office.users["tom"], text="Psst", record_type="deal", record_id=deal, created_at=clock.now()
    )
    letter = Letter.written(to="nadia@hotel.example", subject="Hello", body="Hello")
    about = {"record_type": "deal", "record_id": deal, "record_name": "Espresso corner"}
    mail = outbox.post(letter, clock.now(), owner_id=office.users["tom"].pk, **about)
    mail.state = MailState.HELD
    mail.save()
    return {
        "record_type": "deals",
        "mail_id": mail.pk,
        "record_id": deal,
        "automation_id": made.pk,
        "run_id": run.pk,
        "event_id": run.event_id,
        "notification_id": notice.pk,
        "which": "b1",
        "key": "title",
        "verb": "win",
        "user_id": office.users["tom"].pk,
        "team_id": office.team.pk,
        "stage_id": office.stages[0].pk,
        "pipeline_id": office.stages[0].pipeline_id,
        "pipeline": office.stages[0].pipeline_id,
        "token": "nonsense",
        "digest": "nonsense",
    }


def client(office: Office, who: str) -> Client:
    """A browser that does not hide exceptions behind the page of errors."""
    browser = Client(raise_request_exception=False)
    if who:
        browser.force_login(office.users[who])
    return browser


def picture() -> dict[str, list[Any]]:
    """All rows of what people may not change without being asked."""
    found = {}
    with connection.cursor() as cursor:
        for table in (
            "records_deal", "automation_automation", "automation_version", "automation_livespan",
            "accounts_team", "accounts_membership", "records_stage", "records_pipeline", "records_label",
            "automation_notification", "outbound_mail",
        ):  # fmt: skip
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY id')
            found[table] = [tuple(map(str, row)) for row in cursor.fetchall()]
    return found


def test_the_census_knows_the_pages() -> None:
    assert len(ADDRESSES) > 60
    assert all(":" not in address.path({}) for address in ADDRESSES)


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_a_stranger_gets_nowhere(office: Office, there: dict[str, Any], method: str) -> None:
    before = picture()
    browser = client(office, "")
    for address in ADDRESSES:
        if address.name in OPEN | STREAMS:
            continue
        for headers in ({}, HTMX):
            answer = getattr(browser, method)(address.path(there), headers=headers)
            assert answer.status_code in {204, 302, 404, 405}, (address, answer.status_code)
            where = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or "/login/"
            assert "/login/" in where, (address, where)
    assert picture() == before


#: What everybody may look at, or do for themselves.
FOR_ALL = {
    "home", "account", "password", "language", "theme", "styleguide", "search", "pick", "notifications", "bell",
    "notifications-read", "bin", "board", "pipeline-board", "list", "record", "story",
}  # fmt: skip


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_only_reads_changes_nothing(office: Office, there: dict[str, Any], method: str) -> None:
    before = picture()
    browser = client(office, "rita")
    for address in ADDRESSES:
        if address.name in OPEN | STREAMS:
            continue
        answer = getattr(browser, method)(address.path(there), {"title": "Mine", "name": "Mine", "on": "1"})
        assert answer.status_code < 500, (address, answer.status_code)
        if address.name not in FOR_ALL and method == "post":
            assert answer.status_code in {302, 403, 404, 405, 409}, (address, answer.status_code)
    assert picture() == before


@pytest.mark.parametrize("who", ["ana", "ben", "claire"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_automation_of_somebody_alone_is_nobody_else_s(
    office: Office, there: dict[str, Any], who: str, method: str
) -> None:
    before = picture()
    browser = client(office, who)
    for address in ADDRESSES:
        theirs = {"automation_id", "run_id", "event_id", "notification_id"} & set(address.parts)
        if not theirs:
            continue
        for headers in ({}, HTMX):
            answer = getattr(browser, method)(address.path(there), {"name": "Mine"}, headers=headers)
            assert answer.status_code in {404, 405}, (address, answer.status_code)
    assert picture() == before


@pytest.mark.parametrize("who", ["ana", "ben", "tom"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_administrators_arrange_is_theirs(
    office: Office, there: dict[str, Any], who: str, method: str
) -> None:
    before = picture()
    browser = client(office, who)
    for address in ADDRESSES:
        if not address.route.startswith(("users/", "teams/", "settings/")):
            continue
        answer = getattr(browser, method)(address.path(there), {"name": "Mine"})
        assert answer.status_code in {403, 404, 405}, (address, answer.status_code)
    assert picture() == before


@pytest.mark.parametrize("who", ["ben", "claire"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("odd", [0, 2**31, 2**63, BIG])
def test_what_is_not_there_is_not_found(
    office: Office, there: dict[str, Any], who: str, method: str, odd: int
) -> None:
    browser = client(office, who)
    nowhere = {
        "record_type": "deals",
        "which": "b1",
        "key": "title",
        "verb": "win",
        "<int>": odd,
        "<id>": odd,
    }
    for address in ADDRESSES:
        if address.name in OPEN | STREAMS or not {"int", "id"} & set(address.parts.values()):
            continue
        answer = getattr(browser, method)(address.path({**nowhere, "token": "x", "digest": "x"}))
        assert answer.status_code in {403, 404, 405}, (address, odd, answer.status_code)


NONSENSE = {
    "q": "a\x00b", "after": "9999999999999999999999_1_1_1", "automation": str(BIG), "user": str(BIG),
    "since": "99999-01-01", "until": "\ud83d", "result": "\x00", "step": "\x00", "sort": "-\x00", "page": str(BIG),
    "owner": str(BIG), "all": str(BIG), "pipeline": str(BIG), "stage": str(BIG), "next": "//evil.example",
    "name": "\x00" * 3, "description": "\x00", "title": "\x00", "body": "\x00", "version": str(BIG),
    "revision": str(BIG), "at": str(BIG), "type": "\x00", "kind": "\x00", "by": "\x00", "do": "\x00:" + "9" * 20,
    "value": "1e400", "value_amount": "1e400", "amount": "9" * 400, "rate": "NaN", "currency": "\x00",
    "position": str(BIG), "probability": str(BIG), "colour": str(BIG), "language": "\x00", "theme": "\x00",
    "email": "\x00@\x00", "members": str(BIG), "teams": str(BIG), "role": "\x00", "field": "\x00",
    "preset": str(BIG), "open": "\x00", "panel": "\x00", "dirty": "1", "on": "1",
}  # fmt: skip
ODD = ["9" * 5000, "-1", "٣"]


@pytest.mark.parametrize("who", ["tom", "claire"])
@pytest.mark.parametrize(("method", "headers"), [("get", {}), ("post", HTMX)], ids=["get", "post"])
def test_nonsense_is_never_our_fault(
    office: Office, there: dict[str, Any], who: str, method: str, headers: dict[str, str]
) -> None:
    for address in ADDRESSES:
        of_administrators = address.route.startswith(("users/", "teams/", "settings/"))
        if address.name in STREAMS | {"logout"} or of_administrators != (who == "claire"):
            continue
        browser = client(office, who)
        for values in (NONSENSE, *(dict.fromkeys(NONSENSE, odd) for odd in ODD)):
            data = {
                key: value.encode("utf-8", "surrogatepass").decode("latin-1") for key, value in values.items()
            }
            answer = getattr(browser, method)(address.path(there), data, headers=headers)
            assert answer.status_code < 500, (address, values["q"][:20], answer.status_code)


@pytest.mark.parametrize("who", ["tom", "claire"])
def test_every_form_asks_where_it_comes_from(office: Office, there: dict[str, Any], who: str) -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(office.users[who])
    before = picture()
    for address in ADDRESSES:
        if address.name in STREAMS:
            continue
        answer = browser.post(address.path(there), {"name": "Mine"})
        assert answer.status_code in {403, 405}, (address, answer.status_code)
    assert picture() == before


def test_a_leader_who_left_the_team_does_not_edit_its_automations(office: Office) -> None:
    made = build(
        "deal.updated",
        do=[update(source="phone")],
        owner=office.users["claire"],
        scope={"kind": "teams", "ids": [office.team.pk]},
    )
    assert publish.may_edit(office.actor("tom"), made)
    office.team.memberships.get(user=office.users["tom"]).delete()
    assert not publish.may_edit(office.actor("tom"), Automation.objects.get(pk=made.pk))
