"""The census: whichever way records are written, the rows that changed are the rows that have an event.

Compared below the ORM: the tables as they stand before and after, cell by cell, against the log.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from relance.accounts import tokens
from relance.accounts.people import SYSTEM
from relance.automation.engine.pump import Pump
from relance.events.models import Event
from relance.records.fields import WRITTEN_TYPES
from relance.records.snapshot import table_of
from relance.records.unit_of_work import UnitOfWork, write
from tests.integration.engine.conftest import automation, create, do, fixed, set_field
from tests.integration.records.conftest import Office, office

__all__ = ["office"]

Tables = dict[tuple[str, int], tuple[Any, ...]]


def tables() -> Tables:
    """Every row of every record table, as the database holds it."""
    found: Tables = {}
    with connection.cursor() as cursor:
        for record_type in WRITTEN_TYPES:
            cursor.execute(f'SELECT id, * FROM "{table_of(record_type)}"')
            found.update({(record_type, row[0]): tuple(map(str, row)) for row in cursor.fetchall()})
    return found


class Paths:
    """Every way by which records are written, each named by its method, with the origin its events must carry."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.deal = create(office, stage=office.stages[0].pk)
        self.person = create(office, "person")
        self.browser = Client()
        self.browser.force_login(office.users["ana"])
        _token, self.key = tokens.create_token(office.users["ana"], "census")
        self.pump = Pump()

    def page_create(self) -> str:
        assert self.browser.post("/organizations/new/", {"name": "Kestrel & Co"}).status_code == 302
        return "user"

    def page_edit(self) -> str:
        version = Event.objects.filter(record_type="person", record_id=self.person).count()
        values = {"name": "Zoé", "version": version}
        assert self.browser.post(f"/people/{self.person}/edit/", values).status_code == 302
        return "user"

    def page_note(self) -> str:
        assert self.browser.post(f"/deals/{self.deal}/note/", {"body": "They want two."}).status_code in {
            200,
            204,
            302,
            303,
        }
        return "user"

    def board_move(self) -> str:
        stage = self.office.stages[1].pk
        assert (
            self.browser.post(f"/deals/{self.deal}/move/", {"stage": stage}, headers=HTMX).status_code == 204
        )
        return "user"

    def board_win(self) -> str:
        assert self.browser.post(f"/deals/{self.deal}/win/", headers=HTMX).status_code == 204
        return "user"

    def page_delete(self) -> str:
        assert self.browser.post(f"/people/{self.person}/delete/").status_code in {204, 302, 303}
        return "user"

    def page_restore(self) -> str:
        with write(self.office.actor("ana")) as change:
            change.delete("deal", self.deal)
        self.start()
        assert self.browser.post(f"/deals/{self.deal}/restore/", headers=HTMX).status_code == 204
        return "user"

    def page_purge(self) -> str:
        with write(self.office.actor("claire")) as change:
            organization = change.create("organization", {"name": "Gone & Co"})
            change.update("person", self.person, {"organization": organization})
            change.create("note", {"body": "About them alone", "organization": organization})
            change.create("note", {"body": "About both", "organization": organization, "person": self.person})
        with write(self.office.actor("claire")) as change:
            change.delete("organization", organization)
        self.browser.force_login(self.office.users["claire"])
        self.start()
        assert self.browser.post(f"/organizations/{organization}/purge/").status_code == 302
        return "system"

    def page_convert(self) -> str:
        with write(self.office.actor("ana")) as change:
            lead = change.create("lead", {"title": "Two machines"})
            change.create("activity", {"subject": "Call back", "lead": lead})
            change.create("note", {"body": "Saw us in Lyon.", "lead": lead})
        self.start()
        values = {"stage": self.office.stages[1].pk}
        assert self.browser.post(f"/leads/{lead}/convert/", values).status_code == 302
        return "user"

    def api_convert(self) -> str:
        with write(self.office.actor("ana")) as change:
            lead = change.create("lead", {"title": "Two machines"})
        self.start()
        self._api("POST", f"/leads/{lead}/convert", {"stage": self.office.stages[1].pk}, 201)
        return "api"

    def api_create(self) -> str:
        self._api("POST", "/leads", {"title": "From outside"}, 201)
        return "api"

    def api_change(self) -> str:
        self._api("PATCH", f"/deals/{self.deal}", {"title": "From outside", "version": 1}, 200)
        return "api"

    def api_delete(self) -> str:
        self._api("DELETE", f"/deals/{self.deal}", None, 204)
        return "api"

    def bulk(self) -> str:
        with UnitOfWork() as uow:
            for number in range(30):
                with uow.change(self.office.actor("ana"), "import") as change:
                    person = change.create("person", {"name": f"Person {number}"})
                    change.create("lead", {"title": f"Lead {number}", "person": person})
        return "import"

    def system(self) -> str:
        with write(SYSTEM, "system") as change:
            change.update("deal", self.deal, {"owner": None})
        return "system"

    def automations(self) -> str:
        automation(
            self.office.users["tom"],
            "record.updated",
            [
                set_field("source", "phone"),
                do("record.create", record="activity", link=True, values={"subject": fixed("Call")}),
                do("deal.win", target="record"),
            ],
            record="deal",
        )
        with write(self.office.actor("ana")) as change:
            change.update("deal", self.deal, {"title": "Changed"})
        self.start()
        self.pump.drain()
        return "automation"

    def nothing(self) -> str:
        """A save without a difference: no row changes, so no event either."""
        with write(self.office.actor("ana")) as change:
            change.update("deal", self.deal, {"title": "Espresso corner"})
        return "user"

    def start(self) -> None:
        """Begin counting."""
        self.before = tables()
        self.seen = set(Event.objects.values_list("pk", flat=True))

    def _api(self, method: str, path: str, body: Any, status: int) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = Client().generic(
            method, f"/api/v1{path}", json.dumps(body) if body else "", "application/json", headers=headers
        )
        assert answer.status_code == status, answer.content


HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/deals/board/"}
PATHS = [
    name
    for name, made in vars(Paths).items()
    if not name.startswith("_") and name != "start" and callable(made)
]


@pytest.mark.parametrize("path", PATHS)
def test_changed_rows_are_the_rows_with_an_event(office: Office, path: str) -> None:
    paths = Paths(office)
    paths.start()
    act: Callable[[], str] = getattr(paths, path)
    origin = act()
    after = tables()
    events = Event.objects.exclude(pk__in=paths.seen)
    gone = paths.before.keys() - after.keys()
    assert {(event.record_type, event.record_id) for event in events.filter(kind="purged")} == gone
    changed = {key for key, row in after.items() if paths.before.get(key) != row} | gone
    assert {(event.record_type, event.record_id) for event in events} == changed
    assert {event.origin for event in events} <= {origin}
    assert bool(changed) == (path != "nothing")
    for key in changed - gone:
        newest = events.filter(record_type=key[0], record_id=key[1]).latest("rseq")
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT version FROM "{table_of(key[0])}" WHERE id = %s', [key[1]])
            assert cursor.fetchone()[0] == newest.rseq
