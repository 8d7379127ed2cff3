"""What every test has: its own database, translated texts, and nothing remembered from the test before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from hypothesis import settings as hypothesis_settings

# How long an example takes says more about the machine than about the code.
hypothesis_settings.register_profile("relance", deadline=None)
hypothesis_settings.load_profile("relance")


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations once, before any worker starts."""
    if not _is_worker(config):
        from relance.commands import translations

        translations.compile_all()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave no files behind, not even after Ctrl+C."""
    if not _is_worker(session.config):
        shutil.rmtree(settings.DIRECTORY, ignore_errors=True)


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Put the clock back after each test, and forget what this process remembers of a database that is rolled back."""
    from relance.accounts import people
    from relance.lib import clock, ids
    from relance.records import configuration

    yield
    clock.set_clock(None)
    people.forget()
    configuration.forget()
    ids.forget()
