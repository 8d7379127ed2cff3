"""Stories in a real browser, against a real server process with a database of its own.

``site`` is the server of one module of stories (on SQLite, engine included); the test process reads and writes the
same database. ``page`` is a browser window; ``open_page`` opens more of them, in any language and size. Each window
fails its test when the page broke the security policy, raised an error in a script or was answered 500. A failing test
leaves a trace and screenshots in ``var/test-failures/``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from relance.accounts.models import Role, User
from tests.acceptance.words import Words
from tests.run import chromium

# The browser driver runs an event loop in the thread of the tests, which Django would otherwise forbid to query from.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# What is to be seen within a second is waited for longer: the machine may have much else to do.
PATIENCE = 45_000  # ms
expect.set_options(timeout=PATIENCE)

ROOT = Path(__file__).resolve().parents[2]
FAILURES = ROOT / "var" / "test-failures"
PASSWORD = "correct horse battery"
REPORT = pytest.StashKey[pytest.TestReport]()


@dataclass
class Site:
    """A running Relance."""

    url: str
    log: Path
    users: dict[str, User] = field(default_factory=dict)

    def user(self, name: str, role: str = Role.MEMBER, **values: Any) -> User:
        """Return the colleague with this first name, made when there is none yet. Their password is ``PASSWORD``."""
        email = f"{name.lower()}@example.com"
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User(email=email, name=name, role=role, **values)
            user.password = make_password(PASSWORD, hasher="argon2")
            user.save()
        return user

    def log_in(self, page: Page, user: User) -> None:
        """Give the window a session of ``user``, without the login page."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": self.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]


def _environment(database: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "RELANCE_VAR": str(database.parent),
        "DJANGO_SETTINGS_MODULE": "relance.settings",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables, to copy."""
    path = tmp_path_factory.mktemp("template") / "relance.sqlite3"
    command = [sys.executable, "-m", "relance", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=_environment(path), check=True)
    return path


@pytest.fixture(scope="module")
def surroundings() -> dict[str, str]:
    """What the environment of the server says beside its database; a module of stories may say something."""
    return {}


@pytest.fixture(scope="module")
def site(
    migrated_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
    surroundings: dict[str, str],
) -> Iterator[Site]:
    """The server of this module's stories. Its log must be free of errors at the end."""
    directory = tmp_path_factory.mktemp("site")
    database = directory / "relance.sqlite3"
    shutil.copy(migrated_database, database)
    log = directory / "server.log"
    with log.open("w") as errors:
        server = subprocess.Popen(
            [sys.executable, "-m", "relance", "serve", "--port", "0"],
            cwd=ROOT,
            env=_environment(database) | surroundings,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert server.stdout is not None
    try:
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found, f"the server did not start:\n{log.read_text()}"
        with django_db_blocker.unblock(), _connected_to(database):
            yield Site(found.group(), log)
    finally:
        server.terminate()
        server.wait(60)
        server.stdout.close()
    troubles = troubles_in(log.read_text())
    assert not troubles, "\n".join(troubles)


def troubles_in(log: str) -> list[str]:
    """The entries of a server's log that tell of an error. A refusal is none, though Django adds its traceback."""
    entries = re.split(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", log, flags=re.MULTILINE)
    refused = re.compile(r"\S+ \S+ WARNING django\.request: (Forbidden|Not Found)")
    told = re.compile(r"\S+ \S+ (ERROR|CRITICAL) |.*^(Traceback|Exception)", re.DOTALL | re.MULTILINE)
    return [entry for entry in entries if told.match(entry) and not refused.match(entry)]


class _connected_to:  # noqa: N801
    """Let the test process use the server's database."""

    def __init__(self, database: Path) -> None:
        self.database = str(database)

    def __enter__(self) -> None:
        connection.close()
        self.before = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = self.database

    def __exit__(self, *_: object) -> None:
        connection.close()
        connection.settings_dict["NAME"] = self.before


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest file first, so that nobody waits for it at the end."""
    items.sort(key=lambda item: item.path.name != "test_everybody_can_use_it.py")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember how the test itself ended, for the fixtures that are torn down after it."""
    report = yield
    if report.when == "call":  # type: ignore[attr-defined]
        item.stash[REPORT] = report  # type: ignore[assignment]
    return report


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open a window: ``open_page(locale="fr-FR", user=ana, viewport=…, color_scheme="dark")``."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(*, locale: str = "en-GB", user: User | None = None, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        context = browser.new_context(base_url=site.url, locale=locale, **options)
        context.set_default_timeout(PATIENCE)
        # Snapshots of the document show each step; a film of it would cost more than all the rest.
        context.tracing.start(snapshots=True)
        contexts.append(context)
        # Some violations are only told to the page itself.
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation', e =>"
            " console.error(`Content Security Policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`))"
        )
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.on("response", lambda r: r.status >= 500 and problems.append(f"{r.status}: {r.url}"))
        page.on("console", lambda m: "Content Security Policy" in m.text and problems.append(m.text))
        if user:
            site.log_in(page, user)
        return page

    yield open_page
    report = request.node.stash.get(REPORT, None)
    failed = report is None or report.failed or bool(problems)
    name = re.sub(r"\W+", "-", request.node.nodeid).strip("-")
    for number, context in enumerate(contexts, 1):
        if failed:
            FAILURES.mkdir(parents=True, exist_ok=True)
            for page in context.pages:
                page.screenshot(path=FAILURES / f"{name}-{number}.png", full_page=True)
            context.tracing.stop(path=FAILURES / f"{name}-{number}.zip")
            shutil.copy(site.log, FAILURES / f"{name}.log")
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A window of somebody who has not logged in yet, in English."""
    return open_page()


@pytest.fixture(params=["en", "fr"])
def words(request: pytest.FixtureRequest) -> Words:
    """The language of a story that is told in both."""
    return Words(request.param)


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Fail when the page breaks a rule of WCAG that a machine can check."""

    def accessible(page: Page) -> None:
        found = violations(page)
        assert not found, "\n".join(found)

    return accessible


STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, only: list[str] | None = None, within: str | None = None) -> list[str]:
    """The rules of WCAG 2.2 AA, and of good practice, that a page breaks.

    Args:
        only: these rules instead of all.
        within: a selector; what lies below an open menu cannot be reached and is not looked at.
    """
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, Any] = {"runOnly": only or STANDARD, "resultTypes": ["violations"]}
    run = "([within, options]) => axe.run(within ?? document, options)"
    return [
        f"{each['id']}: {each['help']}\n  " + "\n  ".join(node["html"] for node in each["nodes"])
        for each in page.evaluate(run, [within, options])["violations"]
    ]
