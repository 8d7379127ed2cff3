"""Every refusal to start a run: loops and floods end here, visibly.

An automation does not react to its own effect on the same record within one chain; a chain has at most
``GUARD_DEPTH`` automations; one automation runs at most ``GUARD_RECORD_RUNS_PER_HOUR`` times an hour on one record,
and at most ``GUARD_CHAINED_RUNS_PER_MINUTE`` times a minute because of other automations. What people do is never
counted against the last limit: an import of thousands of deals runs to its end.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count

from relance.automation.models import Run, RunState

#: How many runs and counts are remembered from one batch to the next.
_CHAIN_CACHE = 50_000
_COUNTED = 200_000


@dataclass(frozen=True, slots=True)
class Link:
    """One run of a chain: which automation, on which record, and the run that caused its event."""

    automation_id: int
    record_type: str
    record_id: int
    cause_run_id: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a run was blocked; ``automation.explain`` has the sentence for each code."""

    code: str
    params: dict[str, Any]


class Guard:
    """Remembers chains and counts starts. One per engine process; counts begin with what the database knows."""

    def __init__(self) -> None:
        self._links: OrderedDict[int, Link] = OrderedDict()
        self._hour = self._minute = -1
        self._record_runs: dict[tuple[int, str, int], int] = {}
        self._chained_runs: dict[int, int] = {}
        self._open: list[tuple[tuple[int, str, int], bool]] = []

    def prepare(self, cause_run_ids: Iterable[int]) -> None:
        """Read the chains that end in these runs, one query a generation."""
        wanted = {missing for run_id in cause_run_ids if (missing := self._unknown(run_id)) is not None}
        for _generation in range(settings.GUARD_DEPTH + 1):
            if not wanted:
                return
            rows = Run.objects.filter(id__in=wanted).values_list(
                "id", "automation_id", "record_type", "record_id", "cause_run_id"
            )
            wanted = set()
            for run_id, automation_id, record_type, record_id, cause in rows:
                self.remember(run_id, Link(automation_id, record_type, record_id, cause))
                if (missing := self._unknown(cause)) is not None:
                    wanted.add(missing)

    def remember(self, run_id: int, link: Link) -> None:
        """Note a run, so that its effects can be traced back to it."""
        self._links[run_id] = link

    def _unknown(self, run_id: int | None) -> int | None:
        """The first run of a chain that is not remembered; none when all of it is, as far as it is looked at."""
        for _generation in range(settings.GUARD_DEPTH + 1):
            if run_id is None or run_id not in self._links:
                return run_id
            run_id = self._links[run_id].cause_run_id
        return None

    def chain(self, run_id: int | None) -> list[tuple[int, Link]]:
        """The runs that led here, the latest first."""
        links: list[tuple[int, Link]] = []
        while run_id is not None and run_id in self._links and len(links) <= settings.GUARD_DEPTH:
            link = self._links[run_id]
            links.append((run_id, link))
            run_id = link.cause_run_id
        return links

    def refusal(
        self, automation_id: int, record: tuple[str, int], cause_run_id: int | None, depth: int
    ) -> Refusal | None:
        """Whether an automation must not start on a record because of an event; none when it may.

        Args:
            cause_run_id: the run that made the event, if one did.
            depth: how many automations stand before this one in the chain.
        """
        if cause_run_id is not None:
            chain = self.chain(cause_run_id)
            for run_id, link in chain:
                if link.automation_id == automation_id and (link.record_type, link.record_id) == record:
                    return Refusal("own_effect", {"run": run_id})
            if depth >= settings.GUARD_DEPTH:
                return Refusal(
                    "too_deep", {"depth": settings.GUARD_DEPTH, "runs": [run_id for run_id, _link in chain]}
                )
            if self._chained_runs.get(automation_id, 0) >= settings.GUARD_CHAINED_RUNS_PER_MINUTE:
                return Refusal("too_many_chained", {"limit": settings.GUARD_CHAINED_RUNS_PER_MINUTE})
        if self._record_runs.get((automation_id, *record), 0) >= settings.GUARD_RECORD_RUNS_PER_HOUR:
            return Refusal("too_many_on_record", {"limit": settings.GUARD_RECORD_RUNS_PER_HOUR})
        return None

    def begin(self, now: datetime) -> None:
        """Begin a batch: forget counts of past hours and minutes, and what is too much to remember."""
        self._open = []
        # Only here: what a batch was prepared with must last until its end.
        while len(self._links) > _CHAIN_CACHE:
            self._links.popitem(last=False)
        seconds = int(now.timestamp())
        if seconds // 3600 != self._hour:
            self._record_runs = self._known_record_runs(now)
            self._hour = seconds // 3600
        elif len(self._record_runs) > _COUNTED:
            # A flood on one record counts far beyond one; what ran once on each of very many records is an import.
            self._record_runs = {key: runs for key, runs in self._record_runs.items() if runs > 1}
        if seconds // 60 != self._minute:
            self._minute = seconds // 60
            self._chained_runs = {}

    def count(self, automation_id: int, record: tuple[str, int], chained: bool) -> None:
        """Count a start within the batch."""
        key = (automation_id, *record)
        self._record_runs[key] = self._record_runs.get(key, 0) + 1
        if chained:
            self._chained_runs[automation_id] = self._chained_runs.get(automation_id, 0) + 1
        self._open.append((key, chained))

    def take_back(self) -> None:
        """The batch was rolled back: its starts did not happen."""
        for key, chained in self._open:
            self._record_runs[key] -= 1
            if chained and key[0] in self._chained_runs:
                self._chained_runs[key[0]] -= 1
        self._open = []

    @staticmethod
    def _known_record_runs(now: datetime) -> dict[tuple[int, str, int], int]:
        hour = now.replace(minute=0, second=0, microsecond=0)
        rows = (
            Run.objects.filter(started_at__gte=hour, started_at__lt=hour + timedelta(hours=1))
            .exclude(state=RunState.BLOCKED)
            .values_list("automation_id", "record_type", "record_id")
            .annotate(runs=Count("id"))
        )
        return {(automation, record_type, record): runs for automation, record_type, record, runs in rows}
