"""Colleagues with a browser, but without one: Django's test client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from relance.records.unit_of_work import write
from tests.integration.records.conftest import Office, office

__all__ = ["Office", "office"]

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/deals/board/"}
Browser = Callable[[str], Client]


@pytest.fixture
def browser(office: Office) -> Browser:
    """``browser("ana")``: a client in which this colleague is logged in."""

    def log_in(name: str) -> Client:
        client = Client()
        client.force_login(office.users[name])
        return client

    return log_in


@pytest.fixture
def make(office: Office) -> Callable[..., int]:
    """``make("ana", "deal", title="…")``: a record written by a colleague."""

    def create(by: str, record_type: str, **values: Any) -> int:
        if record_type == "deal":
            values.setdefault("stage", office.stages[0].pk)
        with write(office.actor(by)) as change:
            return change.create(record_type, values)

    return create


@pytest.fixture
def teams_apart(office: Office) -> None:
    """Each team sees its own records."""
    from relance.accounts.models import Company

    company = Company.get()
    company.visibility = "team"
    company.save()


@pytest.fixture(autouse=True)
def _nobody_listens() -> Iterator[None]:
    """The watcher of live pages ends with each test."""
    from relance.web.live.watcher import watcher

    yield
    watcher.stop()
