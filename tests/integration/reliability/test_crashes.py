"""Small crash loops in processes of their own: nothing is lost or doubled, and planted faults are noticed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from tests import scratch

Crash = Callable[..., subprocess.CompletedProcess[str]]
#: After taking events, after deciding, at the end of the transaction and after it.
POINTS = ("taken", "decided", "inside", "committed")


@pytest.fixture(scope="module")
def empty() -> Iterator[str]:
    """An empty database of the system under test, with its tables."""
    with scratch.database(connection.vendor) as url:
        yield scratch.migrated(url)


@pytest.fixture
def crash(empty: str) -> Iterator[Crash]:
    """A crash loop in a database of its own: 24 events, and a crash at each of some points."""
    with scratch.copy(empty) as url:
        environment = scratch.environment(url)

        def loop(*points: str, fault: str | None = None) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-m", "tests.reliability.loop", "--events", "24", "--seed", "test"]
            command += [f"--crash-at={point}" for point in points]
            command += ["--fault", fault] if fault else []
            return subprocess.run(
                command,
                cwd=scratch.ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )

        yield loop


def test_a_crash_at_any_point_loses_nothing_and_doubles_nothing(crash: Crash) -> None:
    result = crash(*POINTS)
    assert f"{connection.vendor}: 24 events, 4 kills, 0 lost, 0 doubled" in result.stdout, result.stdout
    assert result.returncode == 0, result.stdout


def test_a_done_mark_in_another_transaction_is_noticed(crash: Crash) -> None:
    result = crash("between", fault="done-mark-in-another-transaction")
    assert "24 events, 1 kills," in result.stdout, result.stdout
    assert " 0 lost" not in result.stdout
    assert " runs: " in result.stdout
    assert result.returncode == 1


def test_a_key_made_anew_for_each_try_is_noticed(crash: Crash) -> None:
    result = crash("between", fault="key-per-try")
    assert "24 events, 1 kills, 0 lost," in result.stdout, result.stdout
    assert " 0 doubled" not in result.stdout
    assert result.returncode == 1
