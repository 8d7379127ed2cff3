"""The benchmarks on one database system: prints one line of JSON for each figure.

``python -m tests.benchmarks.measure NAME… [--quick]``, with ``DATABASE_URL`` set to a migrated, empty
scratch database.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

import django

from tests import scratch


def main(arguments: list[str]) -> None:
    """Measure what is named."""
    quick = "--quick" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")]
    django.setup()
    from relance.accounts.models import User

    # The cheapest hasher: who logs in is of no interest here.
    User.objects.model.set_password = lambda user, password: None  # type: ignore[method-assign]
    empty = os.environ["DATABASE_URL"]
    with ExitStack() as stack:

        def new() -> str:
            from django.db import connection

            connection.close()
            return stack.enter_context(scratch.copy(empty))

        for figure in figures(names, quick, new):
            print(json.dumps(asdict(figure)), flush=True)


def figures(names: list[str], quick: bool, new: Callable[[], str]) -> Iterator[Any]:
    """The figures of the named benchmarks, in their order; ``new`` gives an empty database."""
    from tests.benchmarks import backlog, latency, rules, saves

    if {"B1", "B3"} & set(names):
        url = backlog.prepare(new(), quick)
        if "B1" in names:
            yield from backlog.floor(url, quick)
        if "B3" in names:
            yield from backlog.batches(url, quick)
    if "B4" in names:
        yield from saves.save(saves.prepare(new(), quick), quick)
    if "B6" in names:
        yield from latency.effect(latency.prepare(new(), quick), quick)
    if "B12" in names:
        yield from rules.further(rules.prepare(new(), new(), quick), quick)


if __name__ == "__main__":
    main(sys.argv[1:])
