"""The engine's thread: one process, a database that is not ready or goes away, and its end."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, ProgrammingError, connection, connections

from relance.automation.engine import embedded
from relance.automation.engine.embedded import EmbeddedEngine
from relance.automation.engine.pump import Pump
from relance.lib import ids


def wait_for(what: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "SWEEP", 0.02)


@pytest.fixture
def engine(transactional_db: None, hasty: None) -> Iterator[EmbeddedEngine]:
    made = EmbeddedEngine()
    yield made
    if made.is_alive():
        made.stop()
    assert not made.is_alive()


@pytest.mark.parametrize("error", [OperationalError, ProgrammingError])
def test_a_database_that_is_not_ready_is_said_once(
    engine: EmbeddedEngine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: type[Exception],
) -> None:
    tries: list[int] = []

    def no_table(pump: Pump) -> int:
        tries.append(1)
        raise error("no such table: automation_catalogue")

    monkeypatch.setattr(Pump, "step", no_table)
    monkeypatch.setattr(embedded, "_is_migrated", lambda: False)
    with caplog.at_level(logging.WARNING):
        engine.start()
        assert wait_for(lambda: len(tries) > 5)
        engine.stop()
    [said] = [record for record in caplog.records if record.name == embedded.__name__]
    assert "migrate" in said.getMessage()
    assert said.exc_info is None


def test_the_same_trouble_is_said_once_until_it_is_over(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    def step(pump: Pump) -> int:
        tries.append(1)
        if len(tries) == 5:
            return 0
        raise OperationalError("could not connect")

    monkeypatch.setattr(Pump, "step", step)
    engine.start()
    assert wait_for(lambda: len(tries) > 10)
    engine.stop()
    said = [record for record in caplog.records if record.name == embedded.__name__]
    assert [record.levelname for record in said] == ["ERROR", "ERROR"]


def test_this_database_is_migrated(db: None) -> None:
    assert embedded._is_migrated()


def test_only_one_engine_works(engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[object] = []
    monkeypatch.setattr(EmbeddedEngine, "_work", lambda one: (worked.append(one), one._stopping.wait())[0])
    other = EmbeddedEngine()
    engine.start()
    assert wait_for(lambda: worked == [engine])
    other.start()
    time.sleep(0.2)
    assert worked == [engine]
    engine.stop()
    assert wait_for(lambda: worked == [engine, other])
    other.stop()


def test_a_name_with_memory_in_it_is_still_a_file(
    tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    name = str(tmp_path / "memory-lane.sqlite3")
    monkeypatch.setitem(connection.settings_dict, "NAME", name)
    first, second = EmbeddedEngine(), EmbeddedEngine()
    assert first._become_the_one()
    assert not second._become_the_one()
    first._release()
    assert second._become_the_one()
    second._release()


def test_an_engine_whose_connection_was_cut_goes_on(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    step, backends = Pump.step, []

    def noting(pump: Pump, batch: int = 500) -> int:
        done = step(pump, batch)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_backend_pid(), count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            )
            backends.append(cursor.fetchone())
        return done

    monkeypatch.setattr(Pump, "step", noting)
    engine.start()
    assert wait_for(lambda: len(backends) > 0)
    first = backends[0][0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [first])
    assert wait_for(lambda: backends[-1][0] != first)
    assert all(locks == 1 for _pid, locks in backends)


def test_a_forked_process_gives_out_keys_of_its_own(transactional_db: None) -> None:
    ids.reserve("records_deal", 1)
    connections.close_all()
    read, write = os.pipe()
    if not (child := os.fork()):
        try:
            os.write(write, str(ids.reserve("records_deal", 1)[0]).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    theirs = int(os.read(read, 100))
    os.close(read)
    assert ids.reserve("records_deal", 1)[0] != theirs
