"""``python -m tests.reliability``: the crash loop on SQLite and on PostgreSQL."""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys

from tests import scratch


def run(system: str, *arguments: str) -> int:
    """One crash loop in a scratch database; the exit code."""
    with scratch.database(system) as url:
        environment = scratch.environment(scratch.migrated(url))
        command = [sys.executable, "-m", "tests.reliability.loop", *arguments]
        return subprocess.run(command, cwd=scratch.ROOT, env=environment, check=False).returncode


def main() -> int:
    """Run the loops; 1 when anything was lost, doubled or not tried."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("--events", type=int, default=2000, help="saves of people, on each database")
    parser.add_argument("--kills", type=int, default=40, help="of the engine, on each database")
    parser.add_argument("--database", choices=scratch.SYSTEMS, help="only this one")
    parser.add_argument("--fault", help="plant a fault, which must turn it red")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="of all choices of chance")
    given = parser.parse_args()
    arguments = ["--events", str(given.events), "--kills", str(given.kills), "--seed", given.seed]
    if given.fault:
        arguments += ["--fault", given.fault]
    codes = []
    for system in [given.database] if given.database else scratch.SYSTEMS:
        try:
            codes.append(run(system, *arguments))
        except scratch.NoServer as missing:
            print(f"{system}: left out. {missing}")
            codes.append(1 if os.environ.get("CI") == "true" else 0)
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())
