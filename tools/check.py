"""``make check``: everything that can be said about the code without running the tests.

All checks run, also after one has failed; the output of a failing one is shown.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
RELANCE = (PYTHON, "-m", "relance")

#: Nothing a check does may touch the data of this checkout.
IN_MEMORY = {
    "DATABASE_URL": "sqlite:///:memory:",
    "SECRET_KEY": "only-for-checks-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
}
PRODUCTION = {**IN_MEMORY, "HTTPS": "1", "DEBUG": "0", "ALLOWED_HOSTS": "crm.example.com"}

CHECKS: tuple[tuple[str, tuple[str, ...], dict[str, str]], ...] = (
    ("style (ruff)", (PYTHON, "-m", "ruff", "check", "."), {}),
    ("format (ruff)", (PYTHON, "-m", "ruff", "format", "--check", "."), {}),
    ("types (mypy)", (PYTHON, "-m", "mypy"), IN_MEMORY),
    ("layers (import-linter)", (str(Path(PYTHON).parent / "lint-imports"), "--no-cache"), {}),
    ("house rules", (PYTHON, "tools/house_rules.py"), {}),
    ("migrations", (*RELANCE, "makemigrations", "--check", "--dry-run"), IN_MEMORY),
    ("deployment settings", (*RELANCE, "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    ("OpenAPI", (*RELANCE, "openapi", "--check"), IN_MEMORY),
    ("translations", (*RELANCE, "messages", "--check"), IN_MEMORY),
)


def main() -> int:
    """Run every check and return the exit code."""
    failed = []
    for name, command, environment in CHECKS:
        started = time.monotonic()
        result = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        good = result.returncode == 0
        print(f"{'ok' if good else 'FAILED':<7} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        if not good:
            failed.append(name)
            print(result.stdout.rstrip(), flush=True)
    print(
        f"\n{len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}"
        if failed
        else "\nAll checks passed."
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
