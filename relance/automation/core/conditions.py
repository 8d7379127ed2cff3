"""Conditions made ready to run: groups of rows compiled once per version, asked once per event.

Rows are ANDed inside a group, groups are ORed. ``truth`` and ``evaluate`` stop as soon as the outcome is
certain; ``verdict`` looks at every row, for a person who wants to know why.

The *compact* form (``evaluate``) is what is stored for each event that was not met: a list of groups, each a
list of the rows looked at, each ``[truth, seen]``, or ``[truth, seen, because, detail?]`` where the reason does
not follow from the rest. With truth 1, 0 or null it is plain JSON. ``expand`` gives the verdict back, given the
groups of the version that was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic_core import to_json

from relance.automation.core.against import Sides, against_fault, paths_against, read_both, test_both
from relance.automation.core.comparing import Answer, Reason, Test, is_empty
from relance.automation.core.definition import Group, Row
from relance.automation.core.operators import CHANGE_OPERATOR_IDS, Operator, find
from relance.automation.core.paths import Catalogue, Chain, Source, UnknownField, followed, locate
from relance.automation.core.scope import HIDDEN, Scope
from relance.automation.core.verdicts import Because, Verdict, all_of, any_of
from relance.lib.shapes import operand_fault

_MAX_SEEN_TEXT = 200
_MAX_SEEN_ENTRIES = 20


@dataclass(frozen=True, slots=True)
class _Row:
    read: Callable[[Scope], Any]
    test: Test
    when_empty: bool
    needs_change: bool
    parent: str | None
    path: str


_Ask = tuple[Callable[[Scope], Any], Test, bool, "_Row"]


class Seen(NamedTuple):
    """What one path holds, with the lines of a trace it leads to where the test says yes or no."""

    value: Any
    is_empty: bool
    no: str
    yes: str


class Compiled:
    """A condition of one version, ready to be asked about many events.

    Attributes:
        needs_change: whether any row asks about a change.
        parents: the links followed, so that what they lead to can be loaded in bulk beforehand.
    """

    __slots__ = ("_groups", "_only", "needs_change", "parents")

    def __init__(self, groups: list[list[_Row]], parents: frozenset[Chain]) -> None:
        self._groups: list[list[_Ask]] = [
            [(row.read, row.test, row.when_empty, row) for row in rows] for rows in groups
        ]
        #: The one row, when that is all there is.
        self._only = self._groups[0][0] if len(groups) == 1 and len(groups[0]) == 1 else None
        self.needs_change = any(row.needs_change for rows in groups for row in rows)
        self.parents = parents

    def truth(self, scope: Scope) -> bool | None:
        """Whether the condition holds; None when unknown."""
        groups = self._groups
        if not groups:
            return True
        outcome: bool | None = False
        for rows in groups:
            held: bool | None = True
            for read, test, when_empty, _ in rows:
                value = read(scope)
                answer: Answer
                if not value and (value is None or value == "" or value == []):
                    answer = when_empty
                elif value is HIDDEN:
                    answer = _HIDDEN_ANSWER
                else:
                    answer = test(value, scope)
                if answer is True:
                    continue
                if answer is False or answer.truth is False:
                    held = False
                    break
                held = None
            if held is True:
                return True
            if held is None:
                outcome = None
        return outcome

    def evaluate(self, scope: Scope) -> tuple[bool | None, list[Any]]:
        """The truth, and the compact trace of the rows it took."""
        if not self._groups:
            return True, []
        outcome: bool | None = False
        trace: list[Any] = []
        for rows in self._groups:
            held: bool | None = True
            lines: list[Any] = []
            trace.append(lines)
            for read, test, when_empty, row in rows:
                value = read(scope)
                if not value and (value is None or value == "" or value == []):
                    lines.append([int(when_empty), None])
                    truth: bool | None = when_empty
                else:
                    answer = _HIDDEN_ANSWER if value is HIDDEN else test(value, scope)
                    if answer is True or answer is False:
                        lines.append([int(answer), value if type(value) in _SMALL else _trim(value)])
                        truth = answer
                    else:
                        line = _line(row, value, answer)
                        lines.append(line.compact(row.needs_change))
                        truth = line.truth
                if truth is False:
                    held = False
                    break
                if truth is None:
                    held = None
            if held is True:
                return True, trace
            if held is None:
                outcome = None
        return outcome, trace

    def trace(self, scope: Scope, seen: dict[str, Seen]) -> tuple[bool | None, str]:
        """What ``evaluate`` gives, the trace as JSON; for many conditions about one event.

        Args:
            seen: what was read so far, by path; to be emptied when the owner or the records have changed.
        """
        only = self._only
        if only is not None:  # by far the most frequent shape, and what is asked most often
            read, test, when_empty, row = only
            known = seen.get(row.path)
            if known is None:
                known = seen[row.path] = _see(read(scope))
            value, empty, no, yes = known
            answer = when_empty if empty else _HIDDEN_ANSWER if value is HIDDEN else test(value, scope)
            if answer is False:
                return False, f"[[{no}]]"
            if answer is True:
                return True, f"[[{yes}]]"
        return self._trace(scope, seen)

    def _trace(self, scope: Scope, seen: dict[str, Seen]) -> tuple[bool | None, str]:
        outcome: bool | None = not self._groups
        groups = []
        for rows in self._groups:
            held: bool | None = True
            lines = []
            for read, test, when_empty, row in rows:
                known = seen.get(row.path)
                if known is None:
                    known = seen[row.path] = _see(read(scope))
                value, empty, no, yes = known
                answer = when_empty if empty else _HIDDEN_ANSWER if value is HIDDEN else test(value, scope)
                if answer is False:
                    lines.append(no)
                    held = False
                    break
                if answer is True:
                    lines.append(yes)
                    continue
                line = _line(row, value, answer)
                lines.append(to_json(line.compact(row.needs_change)).decode())
                if line.truth is False:
                    held = False
                    break
                if line.truth is None:
                    held = None
            groups.append(f"[{','.join(lines)}]")
            if held is True:
                outcome = True
                break
            if held is None:
                outcome = None
        return outcome, f"[{','.join(groups)}]"

    def verdict(self, scope: Scope) -> Verdict:
        """The full trace: every row, whether or not it still mattered."""
        return _whole(
            tuple(_group(tuple(_ask(row, scope).verdict() for *_, row in rows)) for rows in self._groups)
        )


def compile_groups(groups: Sequence[Group], record_type: str, catalogue: Catalogue) -> Compiled:
    """Bind a condition to a record type's fields.

    A row whose field or operator no longer exists (an old version, a removed custom field) compiles all the
    same, and is unknown, because "broken".
    """
    parents: set[Chain] = set()
    return Compiled(
        [[_compile_row(row, record_type, catalogue, parents) for row in group.rows] for group in groups],
        frozenset(parents),
    )


def expand(groups: Sequence[Group | Mapping[str, Any]], compact: Sequence[Any]) -> Verdict:
    """The verdict behind a compact trace; rows that were not looked at are "skipped".

    Args:
        groups: of the version that was asked; models, or as they stand in its document.
        compact: what ``evaluate`` gave, possibly through JSON.
    """
    verdicts = []
    for position, group in enumerate(groups):
        lines = compact[position] if position < len(compact) else []
        verdicts.append(
            _group(
                tuple(
                    _expand_row(op, lines[number] if number < len(lines) else None)
                    for number, op in enumerate(_operators_of(group))
                )
            )
        )
    return _whole(tuple(verdicts))


def _compile_row(row: Row, record_type: str, catalogue: Catalogue, parents: set[Chain]) -> _Row:
    try:
        source = locate(record_type, row.field, catalogue)
    except UnknownField:
        return _broken(row)
    field = source.field
    operator = find(field.kind, row.op)
    if operator is None or (operator.needs_change and not source.own):
        return _broken(row)
    if field.parents:
        parents.add(tuple(field.parents))
    parent = ".".join(link for link, _record_type in field.parents) or None
    if row.against is not None:
        return _compile_against(row, source, operator, record_type, catalogue, parents, parent)
    # Without the choices: one that was taken away since is still there to be compared with.
    if operand_fault(operator.shape, field.kind, None, row.value, row.before):
        return _broken(row)
    test = operator.bind(field.kind, row.value, row.before)
    if operator.needs_change:
        key = field.key
        return _Row(lambda scope: scope.changes.get(key), test, False, True, None, f"{row.field} changed")
    return _Row(source.read, test, operator.when_empty, False, parent, row.field)


def _compile_against(
    row: Row, source: Source, operator: Operator, record_type: str, catalogue: Catalogue, parents: set[Chain],
    parent: str | None,
) -> _Row:  # fmt: skip
    against = row.against or ()
    field, change = source.field, operator.needs_change
    taken = row.value is not None or row.before is not None
    if taken or against_fault(against, operator, field, record_type, catalogue):
        return _broken(row)
    parents.update(followed(paths_against(against), record_type, catalogue))
    read: Callable[[Scope], Any] = (lambda scope: scope.changes.get(field.key)) if change else source.read
    both = read_both(against, field, read, record_type, catalogue, change=change)
    document = to_json([each.model_dump(mode="json") for each in against]).decode()
    path = f"{row.field}{' changed' if change else ''} against {document}"
    return _Row(both, test_both(operator, field.kind, parent), False, change, parent, path)


def _broken(row: Row) -> _Row:
    reason = Reason(None, Because.BROKEN, row.field)
    # It reads something that is not empty, so that the test is asked.
    return _Row(
        lambda scope: _NOTHING,
        lambda value, scope: reason,
        False,
        row.op in CHANGE_OPERATOR_IDS,
        None,
        f"{row.field} broken",
    )


_NOTHING = object()
_HIDDEN_ANSWER = Reason(None, Because.HIDDEN)
_SMALL = frozenset({int, bool})


def _see(value: Any) -> Seen:
    if value is HIDDEN or value is _NOTHING:
        return Seen(value, False, "", "")
    empty = is_empty(value)
    shown = "null" if empty else to_json(_trim(value)).decode()
    return Seen(value, empty, f"[0,{shown}]", f"[1,{shown}]")


class _Line(NamedTuple):
    truth: bool | None
    seen: Any
    because: Because
    detail: str | None = None

    def verdict(self) -> Verdict:
        return Verdict(self.truth, self.because, self.seen, (), self.detail)

    def compact(self, needs_change: bool) -> list[Any]:
        line: list[Any] = [None if self.truth is None else int(self.truth), self.seen]
        if self.because is not _expected(needs_change, self.truth, self.seen):
            line.append(self.because.value)
            if self.detail is not None:
                line.append(self.detail)
        return line


def _ask(row: _Row, scope: Scope) -> _Line:
    value = row.read(scope)
    if is_empty(value):
        if row.needs_change:
            return _Line(False, None, Because.UNCHANGED)
        return _Line(row.when_empty, None, Because.EMPTY)
    return _line(row, value, _HIDDEN_ANSWER if value is HIDDEN else row.test(value, scope))


def _line(row: _Row, value: Any, answer: Answer) -> _Line:
    """What there is to say about a row whose value is not empty."""
    if answer is True:
        return _Line(True, _trim(value), Because.HOLDS)
    if answer is False:
        return _Line(False, _trim(value), Because.DIFFERS)
    assert isinstance(answer, Reason)
    if value is HIDDEN:
        return _Line(None, None, Because.HIDDEN, row.parent)
    seen = None if value is _NOTHING else _trim(value)
    return _Line(answer.truth, seen, answer.because, answer.detail)


def _expected(needs_change: bool, truth: bool | None, seen: Any) -> Because | None:
    """The reason that goes without saying."""
    if truth is None:
        return None
    if is_empty(seen):
        return Because.UNCHANGED if needs_change else Because.EMPTY
    return Because.HOLDS if truth else Because.DIFFERS


def _trim(seen: Any) -> Any:
    """Enough to recognise the value by; a trace is kept for every event."""
    if type(seen) is str and len(seen) > _MAX_SEEN_TEXT:
        return seen[:_MAX_SEEN_TEXT] + "…"
    if type(seen) is Sides:
        return [_trim(entry) for entry in seen.seen()]
    if type(seen) in (list, tuple):
        return [_trim(entry) for entry in seen[:_MAX_SEEN_ENTRIES]]
    return seen


def _operators_of(group: Group | Mapping[str, Any]) -> list[str]:
    if isinstance(group, Group):
        return [row.op for row in group.rows]
    return [row["op"] for row in group["rows"]]


def _expand_row(op: str, line: Sequence[Any] | None) -> Verdict:
    if line is None:
        return Verdict(None, Because.SKIPPED)
    truth, seen, because, detail = [*line, None, None][:4]
    held = None if truth is None else bool(truth)
    if because is None:
        because = _expected(op in CHANGE_OPERATOR_IDS, held, seen) or Because.BROKEN
    return Verdict(held, Because(because), seen, (), detail)


def _group(rows: tuple[Verdict, ...]) -> Verdict:
    looked_at = [row.truth for row in rows if row.because != Because.SKIPPED]
    if rows and not looked_at:
        return Verdict(None, Because.SKIPPED, None, rows)
    return Verdict(all_of(looked_at), Because.ALL, None, rows)


def _whole(groups: tuple[Verdict, ...]) -> Verdict:
    if not groups:
        return Verdict(True, Because.ALWAYS)
    looked_at = (group.truth for group in groups if group.because != Because.SKIPPED)
    return Verdict(any_of(looked_at), Because.ANY, None, groups)
