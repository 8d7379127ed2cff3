"""What calculations give on a record somebody knows: the most recent one of its type that they may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from relance.accounts.people import Actor
from relance.automation.core.calculated import FromFormula, ValueProblem, calculate
from relance.automation.core.scope import Scope
from relance.automation.core.values import Value, resolve
from relance.automation.engine.formatter import formatter_for
from relance.automation.engine.world import BatchWorld
from relance.automation.explain.failures import failure
from relance.automation.explain.names import Names as Said
from relance.automation.explain.wording import bold, fill
from relance.lib import clock
from relance.lib.kinds import Kind
from relance.records import access, display, fields
from relance.records.snapshot import model_of, title_of
from relance.records.unit_of_work import UnitOfWork
from relance.web.automations.asks import Unreadable
from relance.web.automations.calculating import CalculationForm

_VALUE: TypeAdapter[Any] = TypeAdapter(Value)


@dataclass(frozen=True, slots=True)
class Result:
    """What came out. ``good`` is false where there is none; ``text`` says why."""

    text: SafeString
    good: bool


@dataclass
class Sampler:
    """Works calculations out for one person, on one record; without such a record there are no results."""

    record_type: str
    actor: Actor
    said: Said
    _scope: Scope | None = field(init=False)

    def __post_init__(self) -> None:
        uow = UnitOfWork()
        visible = model_of(self.record_type).objects.filter(access.visible(self.actor))  # type: ignore[attr-defined]
        newest = visible.order_by("-pk").values_list("pk", flat=True).first()
        record = None if newest is None else uow.get(self.record_type, newest)
        self._scope = None
        if record is None:
            return
        world = BatchWorld(uow)
        world.owner = self.actor
        now, zone = clock.now(), uow.configuration.directory.company.timezone
        self._scope = Scope(
            record_type=self.record_type, record=record, world=world, owner_id=self.actor.user_id or 0, now=now,
            today=now.astimezone(ZoneInfo(zone)).date(), zone=zone, actor_id=self.actor.user_id,
            actor_teams=self.actor.team_ids,
        )  # fmt: skip

    def result(self, form: CalculationForm, target: fields.Field, *, rounded: bool) -> Result | None:
        """What a calculation gives for a field; nothing while it is not complete.

        Args:
            rounded: as it would be put into the field, not as it is compared with it.
        """
        if self._scope is None:
            return None
        try:
            # What is typed is told from what is wrong elsewhere; here nothing is said about it.
            value = _VALUE.validate_python(form.read())
        except (Unreadable, ValidationError):
            return None
        record = title_of(self._scope.record)
        try:
            shown = self._shown(value, target, rounded=rounded)
        except ValueProblem as problem:
            stored = {"code": problem.code, "params": problem.params}
            text = fill(_("With “%(record)s”: %(why)s"), record=record, why=failure(stored, self.said).why)
            return Result(text, good=False)
        return Result(
            fill(_("For example, with “%(record)s”: %(value)s"), record=record, value=bold(shown)), good=True
        )

    def _shown(self, value: Any, target: fields.Field, *, rounded: bool) -> str:
        assert self._scope is not None
        if isinstance(value, FromFormula) and target.kind is Kind.NUMBER and not rounded:
            amount = calculate(value, self._scope, fields)
            if amount.currency is None:
                return display.number(amount.number.normalize())
        formatter = formatter_for((get_language() or "en").partition("-")[0])
        plain = resolve(value, fields.FieldRef((), target), self._scope, fields, formatter)
        return self.said.shown(target, plain)


def work_out(
    calculations: Iterable[tuple[CalculationForm, fields.Field]],
    record_type: str,
    actor: Actor,
    said: Said,
    *,
    rounded: bool,
) -> None:
    """Give each calculation of a panel its result; without any, nothing is read."""
    sampler: Sampler | None = None
    for form, target in calculations:
        sampler = sampler or Sampler(record_type, actor, said)
        form.result = sampler.result(form, target, rounded=rounded)
