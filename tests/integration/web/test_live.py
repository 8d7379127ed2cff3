"""Live pages: who hears of what, and how soon."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.test import Client

from relance.automation.models import Notification
from relance.lib import clock
from relance.records.unit_of_work import write
from relance.web.live import topics
from relance.web.live.watcher import Listener, ThreadInbox, Watcher, watcher
from tests.integration.records.conftest import Office
from tests.integration.web.conftest import Browser

Make = Callable[..., int]


def test_topics_are_few_and_of_known_kinds() -> None:
    assert topics.parse("deal:12 list:deal board:1 user:3 runs") == {
        "deal:12",
        "list:deal",
        "board:1",
        "user:3",
        "runs",
    }
    assert topics.parse("deal:0 deal:x note:1 list:users board:-1 user: \x00 deal:" + "9" * 30) == frozenset()
    assert len(topics.parse(" ".join(f"deal:{n}" for n in range(1, 500)))) == topics.MOST


def test_a_change_concerns_its_record_its_list_its_boards_and_what_it_links() -> None:
    record = {"pipeline": 2, "organization": 5, "person": None}
    changes = {"pipeline": [1, 2], "organization": [4, 5]}
    found = set(topics.of_event("deal", 12, record, changes))
    assert found == {"deal:12", "list:deal", "board:1", "board:2", "organization:4", "organization:5"}


@pytest.mark.django_db(transaction=True)
def test_a_committed_change_wakes_who_waits_for_it_within_a_second(office: Office, make: Make) -> None:
    deal = make("ana", "deal", title="Refit")
    inbox, other = ThreadInbox(frozenset({f"deal:{deal}"})), ThreadInbox(frozenset({"list:lead"}))
    watcher.add(inbox.listener)
    watcher.add(other.listener)
    begun = time.monotonic()
    with write(office.actor("tom")) as change:
        change.update("deal", deal, {"probability": 77})
    assert inbox.take(3) == {f"deal:{deal}"}
    assert time.monotonic() - begun < 1
    assert other.take(0.2) == set()
    Notification.objects.create(
        user=office.users["ana"], text="x", record_type="deal", record_id=deal, created_at=clock.now()
    )
    mine = ThreadInbox(frozenset({f"user:{office.users['ana'].pk}"}))
    watcher.add(mine.listener)
    Notification.objects.create(
        user=office.users["ana"], text="y", record_type="deal", record_id=deal, created_at=clock.now()
    )
    assert mine.take(3) == mine.listener.wanted
    for each in (inbox, other, mine):
        watcher.remove(each.listener)


@pytest.mark.django_db(transaction=True)
def test_the_watcher_leaves_when_nobody_listens(office: Office) -> None:
    own = Watcher()
    listener = Listener(frozenset({"runs"}), lambda changed: None)
    own.add(listener)
    names = {thread.name for thread in threading.enumerate()}
    assert "relance-live" in names
    own.remove(listener)
    own.stop()
    assert own._thread is None


def test_visitors_and_strangers_hear_nothing(db: None, office: Office, browser: Browser, make: Make) -> None:
    assert Client().get("/live?topics=list:deal").status_code == 401
    tom = office.users["tom"].pk
    assert browser("ana").get(f"/live?topics=user:{tom}").status_code == 204
    assert browser("ana").get("/live?topics=deal:999").status_code == 204
    assert browser("ana").get("/live").status_code == 204


@pytest.mark.django_db(transaction=True)
def test_a_page_of_a_threaded_server_is_told_too(office: Office, browser: Browser, make: Make) -> None:
    deal = make("ana", "deal", title="Refit")
    response = browser("ana").get(f"/live?topics=deal:{deal}")
    assert response["Content-Type"] == "text/event-stream"
    stream = iter(response)
    assert next(stream).startswith(b"retry:")
    timer = threading.Timer(0.2, _change, (office, deal))
    timer.start()
    assert next(stream) == f"event: changed\ndata: deal:{deal}\n\n".encode()
    timer.join()
    response.close()


def _change(office: Office, deal: int) -> None:
    from django.db import connection

    with write(office.actor("tom")) as change:
        change.update("deal", deal, {"probability": 66})
    connection.close()
