"""What must be true afterwards, counted from the acknowledged saves and from the database alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Count, Max

from relance.automation.models import Notification, Run, StepRun
from relance.events.models import Event, Origin, Pending
from relance.records.fields import WRITTEN_TYPES
from relance.records.models import Activity, Deal, Organization
from tests.reliability.company import MARK, STEPS, Scene
from tests.reliability.saving import Saved


@dataclass
class Findings:
    """What was counted.

    Attributes:
        lost: acknowledged events, runs or effects that are missing, and events that stayed pending.
        doubled: runs or effects that are there too often.
        faults: anything else that must not be.
    """

    lost: int = 0
    doubled: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.doubled or self.faults)

    def compare(self, what: str, wanted: Mapping[Any, int], found: Mapping[Any, int]) -> None:
        """Count what is missing and what is there too often."""
        keys: set[Hashable] = {*wanted, *found}
        missing = sum(max(0, wanted.get(key, 0) - found.get(key, 0)) for key in keys)
        extra = sum(max(0, found.get(key, 0) - wanted.get(key, 0)) for key in keys)
        self.lost += missing
        self.doubled += extra
        if missing or extra:
            self.faults.append(f"{what}: {missing} missing, {extra} too many")


def examine(scene: Scene, acknowledged: Collection[Saved]) -> Findings:
    """Count everything once nothing is pending any more."""
    findings = Findings()
    stored = set(Event.objects.values_list("id", "record_type", "record_id", "rseq"))
    findings.compare("acknowledged events", Counter(acknowledged), Counter(set(acknowledged) & stored))
    left = Pending.objects.count()
    findings.lost += left
    if left:
        findings.faults.append(f"{left} events are still pending")
    _effects(scene, findings)
    _census(findings)
    if connection.vendor == "sqlite":
        _integrity(findings)
    return findings


def _effects(scene: Scene, findings: Findings) -> None:
    """Each event of people that an automation waits for: one run, one of each effect."""
    runs: Counter[tuple[int, int]] = Counter()
    on_deal: Counter[int] = Counter()
    on_organization: Counter[int] = Counter()
    on_title: Counter[int] = Counter()
    events = Event.objects.filter(record_type="deal", origin=Origin.USER)
    for event in events.only("id", "kind", "record_id", "record", "changes").iterator():
        if event.kind == "created":
            runs[(scene.greeter, event.pk)] += 1
            on_organization[event.record["organization"]] += 1
        elif "probability" in event.changes:
            runs[(scene.follower, event.pk)] += 1
            on_title[event.record_id] += 1
        else:
            continue
        on_deal[event.record_id] += 1
    rows = Run.objects.values_list("automation_id", "event_id")
    findings.compare("runs", runs, Counter(rows))
    findings.compare("activities", on_deal, Counter(Activity.objects.values_list("deal_id", flat=True)))
    findings.compare("messages", on_deal, Counter(Notification.objects.values_list("record_id", flat=True)))
    names = Organization.objects.values_list("id", "name")
    findings.compare(
        "marks on organizations", on_organization, {key: name.count(MARK) for key, name in names}
    )
    titles = Deal.objects.values_list("id", "title")
    findings.compare("marks on deals", on_title, {key: title.count(MARK) for key, title in titles})
    lines = Counter(StepRun.objects.values_list("run_id", flat=True))
    findings.compare("lines of traces", dict.fromkeys(Run.objects.values_list("id", flat=True), STEPS), lines)
    bad = Run.objects.exclude(state="done").values_list("state", "failure")
    findings.faults.extend(f"a run is {state}: {failure}" for state, failure in bad[:5])


def _census(findings: Findings) -> None:
    """Changed rows = events: a record's version, its number of events and its last ``rseq`` are one number."""
    for record_type in WRITTEN_TYPES:
        model = apps.get_model("records", record_type)
        rows = {
            (key, version, version) for key, version in model._default_manager.values_list("id", "version")
        }
        events = Event.objects.filter(record_type=record_type).values("record_id")
        counted = set(events.annotate(n=Count("id"), last=Max("rseq")).values_list("record_id", "n", "last"))
        if rows != counted:
            findings.faults.append(f"{record_type}: {len(rows ^ counted)} rows and their events disagree")


def _integrity(findings: Findings) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        findings.faults.extend(f"integrity: {row[0]}" for row in cursor.fetchall() if row[0] != "ok")
        cursor.execute("PRAGMA foreign_key_check")
        findings.faults.extend(f"foreign key: {row}" for row in cursor.fetchall())
