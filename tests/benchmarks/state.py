"""Which database is used, and fresh copies of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from relance.accounts import people
from relance.lib import ids
from relance.records import configuration
from relance.settings import database
from tests import scratch


def use(url: str) -> None:
    """Work on another database of the same system from now on."""
    connection.close()
    connection.settings_dict.update(database(url))
    for module in (people, configuration, ids):
        module.forget()


@contextmanager
def fresh(url: str) -> Iterator[str]:
    """Work on a copy of a database."""
    connection.close()
    with scratch.copy(url) as copied:
        use(copied)
        connection.ensure_connection()
        yield copied
        connection.close()
