"""One step of a run, as its action sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from relance.accounts.people import Actor
from relance.automation.core.placeholders import PlaceholderError, TemplateError, render
from relance.automation.core.scope import Scope
from relance.automation.core.values import Value, ValueProblem, resolve
from relance.automation.registry import StepFailure
from relance.outbound.letters import Letter
from relance.records import fields
from relance.records.unit_of_work import Change


class RealStep:
    """What ``Action.perform`` is given: what may be read, and the only ways to have an effect.

    Effects go through :attr:`change`, one actor's act in the batch's UnitOfWork, :meth:`notify` and :meth:`send_mail`;
    the engine decides what becomes of them. A rehearsal gives the same with a UnitOfWork that is never flushed.
    """

    def __init__(self, scope: Scope, change: Change, actor: Actor, formatter: Any) -> None:
        self.scope = scope
        self.change = change
        self.actor = actor
        self._formatter = formatter
        self.notices: list[tuple[int, str]] = []
        self.finds: list[tuple[str, int]] = []
        self.letters: list[Letter] = []

    def target(self, name: str) -> tuple[str, int]:
        """Return the type and id of the triggering record ("record") or of one of its parents (the link's key).

        Raises:
            StepFailure: "no_parent" when the link is empty, "record_gone" when the record was deleted.
        """
        record_type = self.scope.record_type
        if name == "record":
            record_id = int(self.scope.record["id"])
        else:
            parent_id = self.scope.record.get(name)
            if parent_id is None:
                raise StepFailure("no_parent", record_type=record_type, link=name)
            record_type, record_id = fields.parents_of(record_type)[name], parent_id
        if self.change.uow.get(record_type, record_id) is None:
            raise StepFailure("record_gone", record_type=record_type, target=name)
        return record_type, record_id

    def value(self, expression: Value, record_type: str, field_key: str) -> Any:
        """Return the plain value of a value expression for a field.

        Raises:
            StepFailure: it is empty where it must not be, or cannot be worked out.
        """
        try:
            return resolve(
                expression, fields.resolve(record_type, field_key), self.scope, fields, self._formatter
            )
        except ValueProblem as problem:
            raise StepFailure(
                problem.code, **{"field": field_key, "record_type": record_type, **problem.params}
            ) from None

    def text(self, template: str, escape: Callable[[str], str] = str) -> str:
        """Return a text with its placeholders filled in; each value goes through ``escape``.

        Raises:
            StepFailure: a value cannot be had.
        """
        try:
            return render(template, self.scope, fields, self._formatter, escape)
        except PlaceholderError as problem:
            raise StepFailure(problem.code, path=problem.path) from None
        except TemplateError as problem:
            raise StepFailure("bad_template", reason=problem.code, position=problem.position) from None

    def send_mail(self, letter: Letter) -> None:
        """Put a mail into the outbox; it leaves once the run is committed."""
        self.letters.append(letter)

    def found(self, record_type: str, record_id: int) -> None:
        """Say in the trace that a record was found."""
        self.finds.append((record_type, record_id))

    def notify(self, user_ids: Sequence[int], text: str) -> None:
        """Write a message to colleagues; each gets it once."""
        self.notices.extend((user_id, text) for user_id in dict.fromkeys(user_ids))
