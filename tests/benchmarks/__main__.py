"""``python -m tests.benchmarks [B1 B3 …] [--quick] [--database sqlite|postgresql]``: see the package's description."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import django

from tests import scratch
from tests.benchmarks.report import Figure

NAMES = ("B1", "B3", "B4", "B6", "B12")
PAGE = scratch.ROOT / "docs" / "benchmarks.md"


def measure(system: str, names: list[str], quick: bool) -> Iterator[tuple[Figure, str]]:
    """The figures of one database system as they come, and the system's version."""
    with scratch.database(system) as url:
        command = [sys.executable, "-m", "tests.benchmarks.measure", *names, *(["--quick"] if quick else [])]
        environment = scratch.environment(scratch.migrated(url))
        version = scratch.version(url)
        with subprocess.Popen(
            command, cwd=scratch.ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                yield Figure(**json.loads(line)), version
        if process.returncode:
            raise SystemExit(process.returncode)


def second_of_a_core() -> float:
    """What a fixed piece of Python takes on this machine by now, in seconds of a core: how loud the neighbours are."""
    wall, cores = time.perf_counter(), time.process_time()
    sum(number * number % 7 for number in range(3_000_000))
    cores = time.process_time() - cores
    return (time.perf_counter() - wall) / cores


def machine() -> str:
    """The machine in one line, without its name."""
    model = "unknown processor"
    with open("/proc/cpuinfo") as file:  # noqa: PTH123
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), model)
    return (
        f"{os.cpu_count()} × {model}, Python {platform.python_version()}, Django {django.__version__};"
        f" {second_of_a_core():.2f} s on the clock for a second of a core"
    )


def page(about: str, versions: list[str], figures: list[Figure]) -> str:
    """``docs/benchmarks.md``."""
    rows = "\n".join(
        f"| {figure.name} | {figure.system} | {figure.value:.2f} {figure.unit} |"
        f" {'≤' if figure.at_most else '≥'} {figure.goal:g} | {'reached' if figure.reached else '**missed**'} |"
        f" {figure.behind} |"
        for figure in figures
    )
    return f"""# Benchmarks: the last run

`make bench` wrote this on {datetime.now(UTC):%d %B %Y}. {about}; {", ".join(versions)}.

Every figure is the median of rounds in which the variants alternate, each on a fresh copy of the same database, with
the durability of production (`synchronous=FULL`, `synchronous_commit=on`). Ratios of B1, B4 and B12 are per
core-second: the processor time of our process and of its PostgreSQL backend. Absolute figures hold for this machine
only.

| | database | result | goal | | behind it |
|---|---|---|---|---|---|
{rows}

* **B1**: 1,000 active automations, about one start for each event of people; some events match nothing, and conditions
  are asked far more often than they hold. Runs, their lines and evaluations are recorded; events that automations cause
  are worked off too. The *floor* is every statement the engine sent, recorded with its parameters and replayed in the
  same transactions through the same cursors, on a copy of the same database.
* **B3**: the same backlog in batches of 500 against batches of one, on the clock.
* **B4**: `write(…)` of a change of a deal, without HTTP, against the same statements through the bare driver.
* **B6**: from the commit of a save to the commit of its effect, one at a time, the engine's thread in the same process.
* **B12**: deals created one by one, each until its last effect, every second one above the limit of the one rule that
  matches; 999 further rules have the same trigger and a limit that is never reached. Why each of them did not start is
  recorded.

## Where the time goes

* **B1**: on SQLite the statements of the floor cost so little (about 50 µs of a core an event here) that asking and
  tracing twenty conditions, and one run with its rights, validation, difference, event and lines, cost twice as much
  again, spread thinly over the whole way of a run. On PostgreSQL the statements weigh more, and the share is higher.
* **B3** on PostgreSQL: what is thought about an event costs the same in a batch of any size, and bounds what a batch
  can save.
* **B12**: each further rule on the same trigger leaves the reason why it did not start, with the value it saw: some 4
  µs. The goal of 1.2 times would leave it less than one.
"""


def main() -> int:
    """Measure, print, and keep a whole run in the docs."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all when none is given"
    )
    parser.add_argument("--quick", action="store_true", help="small and short: only to see that it works")
    parser.add_argument("--database", choices=scratch.SYSTEMS)
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    names = given.names or list(NAMES)
    about = machine()
    print(about, flush=True)
    figures, versions = [], []
    for system in [given.database] if given.database else scratch.SYSTEMS:
        try:
            for figure, version in measure(system, names, given.quick):
                print(figure.line(), flush=True)
                if figure.behind:
                    print(f"    {figure.behind}", flush=True)
                figures.append(figure)
                if version not in versions:
                    versions.append(version)
        except scratch.NoServer as missing:
            print(f"{system}: left out. {missing}")
    if names == list(NAMES) and not given.quick and not given.database:
        PAGE.write_text(page(about, versions, figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
