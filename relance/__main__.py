"""``python -m relance <command>``: the one entry point."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the management command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relance.settings")
    if sys.argv[1:2] == ["demo"]:
        # Invented data never mixes with a company's own; a database that was named is taken at its word.
        var = os.environ.get("RELANCE_VAR", Path(__file__).resolve().parent.parent / "var")
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{var}/demo.sqlite3")
    execute_from_command_line(["relance", *sys.argv[1:]])


if __name__ == "__main__":
    main()
