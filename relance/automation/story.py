"""One run, or one evaluation, in full: the event, the version it went by, and every step with what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from relance.accounts.people import Actor
from relance.automation import drafting
from relance.automation.core import flow
from relance.automation.core.blocks import ConditionBlock, Group, PathHead, Row
from relance.automation.core.conditions import expand
from relance.automation.core.upgrades import upgrade
from relance.automation.core.verdicts import Because, Verdict
from relance.automation.errors import NotFound
from relance.automation.explain.conditions import READER
from relance.automation.history import sees
from relance.automation.models import Automation, Evaluation, Run, RunState, StepRun, Version
from relance.automation.rights import may_see
from relance.events.models import Event
from relance.outbound.models import Mail
from relance.records.fields import parents_of
from relance.records.snapshot import load_one
from relance.records.unit_of_work import IMAGINED


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail that a step wrote.

    Attributes:
        to, name: the address, and whose it is.
        mail: what became of it; none of a rehearsal, and once it is no longer kept.
    """

    to: str
    name: str
    subject: str
    text: str
    mail: Mail | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step did to one record, or whom it told.

    Attributes:
        kind: "created", "updated", "deleted", "restored", "found", "notified" or "mailed".
        name: of the record; none when the reader may not see it, and then ``changes`` is empty.
        changes: ``{field: (before, after)}``, plain.
        user_id, text: of a message.
        mailed: of a mail; none when the reader may not see the record.
    """

    kind: str
    record_type: str = ""
    record_id: int = 0
    name: str | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    user_id: int | None = None
    text: str = ""
    mailed: Mailed | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One path of a branch, or its "otherwise", with what came of it.

    Attributes:
        path: where it stands; its steps are those whose own path begins with ``path/steps/``.
        head: the path as it stands in the document; none of "otherwise".
        asked: whether its condition was looked at.
        taken: whether the run went along it.
        groups, verdict: of a path that was asked; without them when the reader may not see the record.
    """

    path: str
    head: Mapping[str, Any] | None = None
    asked: bool = False
    taken: bool = False
    groups: tuple[Group, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One block of the version with what came of it.

    Attributes:
        block: as it stands in the document.
        outcome: "done", "met", "not_met", "failed", "stopped", of a branch "taken" or "otherwise"; none when it was not
            reached.
        groups, verdict: of a condition that was asked; without them when the reader may not see the record.
        ways: of a branch, from left to right, "otherwise" last.
    """

    path: str
    block: Mapping[str, Any]
    outcome: str | None = None
    groups: tuple[Group, ...] = ()
    verdict: Verdict | None = None
    effects: tuple[Effect, ...] = ()
    failure: Mapping[str, Any] | None = None
    at: datetime | None = None
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """A run, or an automation that was asked and did not start.

    Attributes:
        steps: all of them in document order, those inside a branch after it.
        run: none of an evaluation.
        reason: of an evaluation: "not_met", "off", "owner_inactive", "owner_reads" or "hidden".
        event: what happened; none when the log no longer has it, or the reader may not see the record.
        record_name: none when the reader may not see the record.
    """

    automation: Automation
    version: Version
    at: datetime
    result: str
    record_type: str
    record_id: int
    record_name: str | None
    actor_id: int | None
    owner_id: int
    event: Event | None
    steps: tuple[Step, ...]
    run: Run | None = None
    reason: str | None = None
    failure: Mapping[str, Any] | None = None


def of_run(viewer: Actor, run_id: int) -> Story:
    """The story of a run.

    Raises:
        NotFound: there is none, or the reader may not see its automation.
    """
    run = (
        Run.objects.select_related("automation", "version").filter(pk=run_id).first()
        if _is_id(run_id)
        else None
    )
    if run is None or not may_see(viewer, run.automation):
        raise NotFound(run_id)
    reader = _Reader(viewer, run.record_type, run.record_id, _event(run.event_id))
    lines = {line.path: line for line in StepRun.objects.filter(run=run, loop_index=0)}
    return Story(
        automation=run.automation,
        version=run.version,
        at=run.started_at,
        result=run.state,
        record_type=run.record_type,
        record_id=run.record_id,
        record_name=run.record_name if reader.sees_record else None,
        actor_id=run.actor_id,
        owner_id=run.owner_id,
        event=reader.event,
        steps=tuple(reader.steps(run.version, lines)),
        run=run,
        failure=run.failure,
    )


def of_evaluation(viewer: Actor, event_id: int, automation_id: int) -> Story:
    """The story of an automation that was asked about an event and did not start.

    Raises:
        NotFound: there is none, or the reader may not see the automation.
    """
    known = _is_id(event_id) and _is_id(automation_id)
    evaluation = Evaluation.objects.filter(event_id=event_id).first() if known else None
    item = next((item for item in evaluation.items if item[0] == automation_id), None) if evaluation else None
    if evaluation is None or item is None:
        raise NotFound(event_id)
    automation = Automation.objects.get(pk=automation_id)
    if not may_see(viewer, automation):
        raise NotFound(event_id)
    _automation, version_id, reason, compacts = item
    version = Version.objects.get(pk=version_id)
    reader = _Reader(viewer, evaluation.record_type, evaluation.record_id, _event(event_id))
    return Story(
        automation=automation,
        version=version,
        at=evaluation.at,
        result=RunState.NOT_MET if reason == "not_met" else RunState.BLOCKED,
        record_type=evaluation.record_type,
        record_id=evaluation.record_id,
        record_name=evaluation.record_name if reader.sees_record else None,
        actor_id=evaluation.actor_id,
        owner_id=automation.owner_id,
        event=reader.event,
        steps=tuple(reader.asked(version, compacts or [])),
        reason=reason,
    )


def of_rehearsal(
    viewer: Actor,
    automation: Automation,
    version: Version,
    event: Event,
    outcome: Run | Evaluation,
    lines: Iterable[StepRun],
) -> Story:
    """The story of what would happen; none of it is stored.

    Args:
        version: as it would be published.
        outcome: the run with its lines, or the evaluation.
    """
    reader = _Reader(viewer, event.record_type, event.record_id, event)
    name = outcome.record_name if reader.sees_record else None
    common: dict[str, Any] = {
        "automation": automation, "version": version, "at": event.at, "record_type": event.record_type,
        "record_id": event.record_id, "record_name": name, "actor_id": event.actor_id,
        "owner_id": automation.owner_id, "event": reader.event,
    }  # fmt: skip
    if isinstance(outcome, Run):
        steps = reader.steps(version, {line.path: line for line in lines})
        return Story(result=outcome.state, steps=tuple(steps), run=outcome, failure=outcome.failure, **common)
    [(_automation, _version, reason, compacts)] = outcome.items
    result = RunState.NOT_MET if reason == "not_met" else RunState.BLOCKED
    return Story(result=result, steps=tuple(reader.asked(version, compacts or [])), reason=reason, **common)


def unplayed(document: Mapping[str, Any]) -> list[Step]:
    """Every block of a document, before anything happened."""
    found = []
    for place, block in drafting.blocks(dict(document)):
        path = drafting.place(place)
        ways = [Way(f"{path}/paths/{number}", head) for number, head in enumerate(block.get("paths") or ())]
        found.append(Step(path, block, ways=(*ways, Way(f"{path}/otherwise")) if ways else ()))
    return found


def condition_step(
    viewer: Actor,
    record_type: str,
    record_id: int,
    event: Event | None,
    path: str,
    block: Mapping[str, Any],
    compact: Any,
) -> Step:
    """A condition that was not met, as far as somebody may know what it saw.

    Args:
        compact: its verdict as it is stored.
    """
    return _Reader(viewer, record_type, record_id, event).with_verdict(Step(path, block, "not_met"), compact)


def _event(event_id: int) -> Event | None:
    return Event.objects.filter(pk=event_id).first()


class _Reader:
    """Tells one event's story as far as somebody may know it."""

    def __init__(self, viewer: Actor, record_type: str, record_id: int, event: Event | None) -> None:
        self._viewer = viewer
        self._record_type = record_type
        links = _links(record_type, event)
        found = sees(viewer, {(record_type, record_id), *links.values()})
        self.sees_record = found[(record_type, record_id)]
        self.event = event if self.sees_record else None
        #: The ways over links that end at something the reader may not see; all that lies behind it is hidden, too.
        hidden = [f"{link}." for link, record in links.items() if not found[record]]
        seen = {link: record for link, record in links.items() if found[record]}
        self._hidden = (*hidden, *_hidden_behind(viewer, seen))

    def steps(self, version: Version, lines: Mapping[str, StepRun]) -> Iterator[Step]:
        """Every block of a version with its line of the trace."""
        for path, block in _blocks(version):
            line = lines.get(path)
            ways = tuple(self._ways(path, block, line))
            if line is None:
                yield Step(path, block, ways=ways)
                continue
            step = Step(path, block, line.outcome, failure=line.failure, at=line.at, ways=ways)
            if line.kind == "condition":
                step = self.with_verdict(step, line.verdict)
            yield replace(step, effects=tuple(self._effects(line)))

    def asked(self, version: Version, compacts: list[Any]) -> Iterator[Step]:
        """Every block of a version, the first conditions with their verdicts."""
        for number, (path, block) in enumerate(_blocks(version)):
            step = Step(path, block, ways=tuple(self._ways(path, block, None)))
            if number < len(compacts):
                met = number + 1 < len(compacts)
                step = self.with_verdict(replace(step, outcome="met" if met else "not_met"), compacts[number])
            yield step

    def with_verdict(self, step: Step, compact: Any) -> Step:
        """A condition with its verdict."""
        if compact is None or not self.sees_record:
            return step
        groups = ConditionBlock.model_validate(step.block).groups
        return replace(step, groups=groups, verdict=self._verdict(groups, compact))

    def _ways(self, path: str, block: Mapping[str, Any], line: StepRun | None) -> Iterator[Way]:
        """The paths of a branch; what leads into each, and whether it was taken."""
        if block["kind"] != "branch":
            return
        heads: list[Mapping[str, Any]] = block["paths"]
        asked: list[Any] = [] if line is None else line.verdict or []
        groups = [_groups(head) for head in heads]
        # A path that could not even be asked has no trace.
        found = [
            None if compact is None else expand(each, compact)
            for each, compact in zip(groups, asked, strict=False)
        ]
        truths = [None if verdict is None else verdict.truth for verdict in found]
        taken = None if line is None else flow.taken(block["mode"], truths)
        for number, head in enumerate(heads):
            way = Way(
                f"{path}/paths/{number}",
                head,
                asked=number < len(asked),
                taken=taken is not None and number in taken,
            )
            if self.sees_record and number < len(asked) and asked[number] is not None:
                verdict = self._verdict(groups[number], asked[number])
                way = replace(way, groups=groups[number], verdict=verdict)
            yield way
        yield Way(f"{path}/otherwise", taken=taken == ())

    def _verdict(self, groups: tuple[Group, ...], compact: Any) -> Verdict:
        verdict = expand(groups, compact)
        return self._without_hidden(groups, verdict) if self._hidden else verdict

    def _without_hidden(self, groups: tuple[Group, ...], verdict: Verdict) -> Verdict:
        """The verdict without values of linked records that the reader may not see."""
        parts = []
        for group, part in zip(groups, verdict.parts, strict=False):
            rows = tuple(
                replace(found, because=Because.HIDDEN, seen=None, detail=READER)
                if found.because != Because.SKIPPED and self._is_hidden(row)
                else found
                for row, found in zip(group.rows, part.parts, strict=False)
            )
            parts.append(replace(part, parts=rows))
        return replace(verdict, parts=tuple(parts))

    def _is_hidden(self, row: Row) -> bool:
        return any(path.startswith(self._hidden) for path in row.paths())

    def _effects(self, line: StepRun) -> Iterator[Effect]:
        stored: list[dict[str, Any]] = line.effects
        records = {(each["record_type"], each["id"]) for each in stored if "record_type" in each}
        # What a rehearsal made is there for who rehearses, and for nobody else.
        made = {record for record in records if record[1] > IMAGINED}
        seen = sees(self._viewer, records - made) | dict.fromkeys(made, True)
        for each in stored:
            if each["kind"] == "notified":
                yield Effect("notified", user_id=each["user"], text=each["text"] if self.sees_record else "")
                continue
            if each["kind"] == "mailed":
                yield Effect("mailed", mailed=_mailed(each, line) if self.sees_record else None)
                continue
            record = (each["record_type"], each["id"])
            if not seen[record]:
                yield Effect(each["kind"], *record)
                continue
            changes = {key: (before, after) for key, (before, after) in each["changes"].items()}
            yield Effect(each["kind"], *record, name=each["name"], changes=changes)


def _mailed(stored: Mapping[str, Any], line: StepRun) -> Mailed:
    """A mail as its step wrote it, with what became of it."""
    row = Mail.objects.filter(run_id=line.run_id, step_path=line.path, to_address=stored["to"]).last()
    return Mailed(stored["to"], stored["name"], stored["subject"], stored["text"], row)


def _links(record_type: str, event: Event | None) -> dict[str, tuple[str, int]]:
    """Where the record's links led at the event."""
    record = event.record if event is not None else {}
    return {
        key: (parent, record[key])
        for key, parent in parents_of(record_type).items()
        if record.get(key) is not None
    }


def _hidden_behind(viewer: Actor, links: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    """The ways over two links, as far as they lead by now to something the reader may not see."""
    found: dict[str, tuple[str, int]] = {}
    for link, (record_type, record_id) in links.items():
        values = load_one(record_type, record_id) or {}
        for key, target in parents_of(record_type).items():
            if values.get(key) is not None:
                found[f"{link}.{key}."] = (target, values[key])
    seen = sees(viewer, found.values())
    return (way for way, record in found.items() if not seen[record])


def _blocks(version: Version) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, block in drafting.blocks(upgrade(version.document)):
        yield drafting.place(path), block


def _groups(head: Mapping[str, Any]) -> tuple[Group, ...]:
    """What a path asks."""
    return PathHead.model_validate({key: value for key, value in head.items() if key != "steps"}).groups


def _is_id(id: int) -> bool:
    return 0 < id < 2**63
