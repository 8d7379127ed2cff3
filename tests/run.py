"""All tests, ring by ring: ``make test`` and ``make test-fast``.

Each ring is one run of pytest; this file only decides which database it uses and sums up. PostgreSQL is the running
server of this machine, else a temporary cluster made from the installed programs. A ring that cannot run is said
aloud, and is a failure in continuous integration.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = uuid.uuid4().hex
CI = os.environ.get("CI") == "true"
NO_TESTS = 5  # pytest's exit code when it found none


@dataclass
class Ring:
    """One run of pytest."""

    name: str
    paths: tuple[str, ...]
    url: str | None = None
    """``DATABASE_URL``; ``None`` leaves the default, SQLite."""
    left_out: str = ""
    """Why this ring cannot run here."""
    together: str = "worksteal"
    """How tests are given to the workers; "loadfile" keeps a file's tests together and in order."""
    workers: int = 2
    """One a core; stories wait for a browser half of the time, and take one more."""

    def run(self) -> str:
        """Run the ring and say how it ended: "passed", "FAILED" or "left out"."""
        print(f"\n── {self.name} " + "─" * max(0, 90 - len(self.name)), flush=True)
        paths = [path for path in self.paths if any((ROOT / path).rglob("test_*.py"))]
        if self.left_out or not paths:
            print(self.left_out or "no tests yet", flush=True)
            return "left out"
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment["RELANCE_TEST_RUN"] = RUN
        if self.url:
            environment["DATABASE_URL"] = self.url
        command = [sys.executable, "-m", "pytest", "-n", str(self.workers), "--dist", self.together]
        command += ["--no-loadscope-reorder", *paths]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        return "passed" if code in (0, NO_TESTS) else "FAILED"


def answers(url: str) -> bool:
    """Whether a PostgreSQL server takes this connection."""
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


@contextlib.contextmanager
def postgres() -> Iterator[str | None]:
    """The URL of a server in which test databases may be made; ``None`` when there is none to be had."""
    given = os.environ.get("TEST_POSTGRES_URL")
    me = pwd.getpwuid(os.getuid()).pw_name
    candidates = (
        [given] if given else [f"postgres://{user}@127.0.0.1:5432/postgres" for user in (me, "postgres")]
    )
    for url in candidates:
        if answers(url):
            try:
                yield url
            finally:
                drop_databases(url)
            return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    initdb = str(programs[-1]) if programs else shutil.which("initdb")
    if given or not initdb:
        yield None
        return
    with temporary_cluster(Path(initdb).parent) as url:
        yield url


@contextlib.contextmanager
def temporary_cluster(programs: Path) -> Iterator[str]:
    """A server of our own in a temporary directory, reached through a socket there, gone afterwards."""
    # PostgreSQL refuses to run as root: then the account that its package made runs it.
    as_other = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    user = "postgres" if as_other else pwd.getpwuid(os.getuid()).pw_name
    directory = Path(tempfile.mkdtemp(prefix="relance-pg-"))
    if as_other:
        shutil.chown(directory, user)
    data = directory / "data"

    def call(program: str, *arguments: str) -> None:
        command = [*as_other, str(programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=directory)

    try:
        call(
            "initdb",
            "-D",
            str(data),
            "-U",
            user,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={directory} -c fsync=off -c max_connections=60"
        call("pg_ctl", "-D", str(data), "-w", "-l", str(directory / "log"), "-o", options, "start")
        try:
            yield f"postgres://{user}@/postgres?host={directory}"
        finally:
            call("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def drop_databases(url: str) -> None:
    """Remove what an interrupted run of ours left on a shared server."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"relance_test_{RUN[:16]}"]
        ).fetchall()
        for (name,) in names:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


def chromium() -> str | None:
    """The browser of the acceptance tests, see tests/acceptance/conftest.py."""
    # The shell comes first: the whole browser draws windows that nobody sees, for a third more of the time.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def main(which: str) -> int:
    """Run the rings and return the exit code."""
    started = time.monotonic()
    results: dict[str, str] = {}

    def run(ring: Ring) -> None:
        results[ring.name] = ring.run()

    run(
        Ring(
            "unit, integration and contracts on SQLite",
            ("tests/unit", "tests/integration", "tests/contracts"),
        )
    )
    if which == "all":
        with postgres() as url:
            missing = (
                ""
                if url
                else "No PostgreSQL server answers at 127.0.0.1:5432 and its programs are not installed."
            )
            run(
                Ring(
                    "integration and contracts on PostgreSQL",
                    ("tests/integration", "tests/contracts"),
                    url,
                    missing,
                )
            )
        missing = "" if chromium() else "No Chromium is installed."
        stories = ("tests/acceptance",)
        run(Ring("acceptance in Chromium", stories, left_out=missing, together="loadfile", workers=3))

    print("\n" + "═" * 94)
    for name, result in results.items():
        print(f"{result:<9} {name}")
    print(f"{time.monotonic() - started:.0f} seconds")
    bad = {"FAILED", "left out"} if CI else {"FAILED"}
    return 1 if bad & set(results.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
