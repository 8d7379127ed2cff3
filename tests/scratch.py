"""Databases for one use, on either system, for programs that need real processes and real commits.

Nothing here needs Django; :func:`migrated` runs the product's own command.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
SYSTEMS = ("sqlite", "postgresql")


class NoServer(RuntimeError):
    """No PostgreSQL server is to be had on this machine."""


@contextmanager
def database(system: str) -> Iterator[str]:
    """The ``DATABASE_URL`` of a new, empty database, removed afterwards.

    Args:
        system: "sqlite" or "postgresql".

    Raises:
        NoServer: there is no PostgreSQL here.
    """
    if system == "sqlite":
        with tempfile.TemporaryDirectory(prefix="relance-scratch-") as directory:
            yield f"sqlite:///{directory}/relance.sqlite3"
        return
    with _server() as server, _new(server, "") as url:
        yield url


@contextmanager
def copy(url: str) -> Iterator[str]:
    """The ``DATABASE_URL`` of a copy of a scratch database to which nobody is connected, removed afterwards."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        source = Path(parts.path[1:])
        target = source.with_name(f"{uuid.uuid4().hex[:8]}.sqlite3")
        # What is still in the log of the source belongs to it.
        connection = sqlite3.connect(source)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(source, target)
        try:
            yield f"sqlite:///{target}"
        finally:
            for file in target.parent.glob(f"{target.name}*"):
                file.unlink()
        return
    with _new(parts._replace(path="/postgres").geturl(), f'TEMPLATE "{parts.path[1:]}"') as made:
        yield made


@contextmanager
def _new(server: str, options: str) -> Iterator[str]:
    # The name begins as those that tests/run.py sweeps away after an interrupted run.
    run = os.environ.get("RELANCE_TEST_RUN", uuid.uuid4().hex)
    name = f"relance_test_{run[:16]}_{uuid.uuid4().hex[:8]}"
    _execute(server, f'CREATE DATABASE "{name}" {options}')
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        _execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield urlsplit(given)._replace(path="/postgres").geturl()
        return
    from tests.run import postgres

    with postgres() as url:
        if url is None:
            raise NoServer(
                "No PostgreSQL server answers at 127.0.0.1:5432 and its programs are not installed."
            )
        yield url


def _execute(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


def environment(url: str) -> dict[str, str]:
    """The environment of a process that works on a scratch database with the settings of production."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "relance.settings",
        "SECRET_KEY": "only for scratch databases, never for data that matters",
        "GUARD_RECORD_RUNS_PER_HOUR": "1000000000",
        "GUARD_CHAINED_RUNS_PER_MINUTE": "1000000000",
    }


def migrated(url: str) -> str:
    """Create the tables in a scratch database and return its URL."""
    command = [sys.executable, "-m", "relance", "migrate", "--skip-checks", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment(url), check=True)
    return url


def version(url: str) -> str:
    """The database system and its version, such as "PostgreSQL 15.4"."""
    if url.startswith("sqlite"):
        return f"SQLite {sqlite3.sqlite_version}"
    import psycopg

    with psycopg.connect(url) as connection:
        number = connection.info.server_version
    return f"PostgreSQL {number // 10000}.{number % 10000}"
