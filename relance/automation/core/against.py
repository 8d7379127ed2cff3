"""Comparing a field with something that is only known when asked: another field, a formula, a date worked out.

A row of a condition may hold ``against`` in place of a value: one expression, two for "between". What is read are both
sides together; when the other one is empty the row is known not to be met, and says which field was empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from relance.automation.core.calculated import (
    AMOUNTS,
    DAYS,
    ValueProblem,
    calculate,
    date_fault,
    formula_fault,
    in_kind,
    reached,
)
from relance.automation.core.comparing import Answer, Reason, Test, is_empty, local_date
from relance.automation.core.formula import Amount
from relance.automation.core.paths import Catalogue, FieldRef, UnknownField, locate
from relance.automation.core.scope import HIDDEN, Scope
from relance.automation.core.values import FromDate, FromField, FromFormula
from relance.automation.core.verdicts import Because
from relance.lib.kinds import Kind
from relance.lib.shapes import Fault, Shape

if TYPE_CHECKING:
    from relance.automation.core.operators import Operator

Against = FromField | FromFormula | FromDate
_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})
_SHAPES = frozenset({Shape.ONE, Shape.TEXT, Shape.AMOUNT, Shape.RANGE})
_KINDS = AMOUNTS | DAYS | _TEXTS | {Kind.CHOICE, Kind.USER, Kind.LINK, Kind.STAGE, Kind.PIPELINE}
_CONTACTS = frozenset({Kind.EMAILS, Kind.PHONES})
#: Why the other side is not known. What is missing from here is a calculation that has no result.
_UNKNOWN = {"hidden": Because.HIDDEN, "broken": Because.BROKEN, "no_rate": Because.NO_RATE}


class Sides(NamedTuple):
    """Both sides of a comparison.

    Attributes:
        own: what the row's field holds; of a question about a change, before and after.
        others: what it is compared with, ready for the operator; two for "between".
        shown: the same for the trace.
        problem: why there is no other side.
    """

    own: Any
    others: tuple[Any, ...]
    shown: tuple[Any, ...]
    problem: Reason | None

    def seen(self) -> list[Any]:
        """Both sides as a trace keeps them: the own value first."""
        return [None if self.own is HIDDEN else self.own, *self.shown]


def takes_another(kind: Kind, operator: Operator) -> bool:
    """Whether a field of this kind can be compared with another one, or with a calculation, by this operator."""
    if operator.shape not in _SHAPES:
        return False
    return kind in _KINDS or (kind in _CONTACTS and operator.shape is Shape.TEXT)


def compares(own: FieldRef, other: FieldRef) -> bool:
    """Whether what two fields hold can be compared."""
    if own.kind in _TEXTS | _CONTACTS:
        return other.kind in _TEXTS
    if own.kind in DAYS:
        return other.kind in DAYS
    if own.kind is not other.kind:
        return False
    if own.kind is Kind.LINK:
        return own.target == other.target
    if own.kind is Kind.CHOICE and own.choices and other.choices:
        return not set(own.choices).isdisjoint(other.choices)
    return True


def against_fault(
    against: Sequence[Against], operator: Operator, own: FieldRef, record_type: str, catalogue: Catalogue
) -> Fault | None:
    """What keeps a field from being compared with these; ``at`` begins with "against"."""
    if not takes_another(own.kind, operator):
        return Fault("value_unexpected", at=("against",))
    wanted = 2 if operator.shape is Shape.RANGE else 1
    if len(against) != wanted:
        return Fault(
            "value_missing" if len(against) < wanted else "value_unexpected",
            at=("against", min(wanted, len(against))),
        )
    for number, expression in enumerate(against):
        if fault := _fault(expression, own, record_type, catalogue):
            return fault.under("against", number)
    return None


def _fault(expression: Against, own: FieldRef, record_type: str, catalogue: Catalogue) -> Fault | None:
    match expression:
        case FromFormula():
            return formula_fault(expression, own.kind, record_type, catalogue)
        case FromDate():
            fault = date_fault(expression, own.kind, record_type, catalogue)
            return fault or _fallback_fault(expression)
    try:
        other = locate(record_type, expression.path, catalogue).field
    except UnknownField:
        return Fault("unknown_field", {"path": expression.path}, at=("path",))
    if not compares(own, other):
        params = {"source": other.kind.value, "target": own.kind.value}
        return Fault("kind_mismatch", params, at=("path",))
    return _fallback_fault(expression)


def _fallback_fault(expression: FromField | FromDate) -> Fault | None:
    # To compare with a fixed value there is a row of its own.
    return Fault("value_unexpected", at=("fallback",)) if expression.has_fallback else None


def read_both(
    against: Sequence[Against],
    own: FieldRef,
    read: Callable[[Scope], Any],
    record_type: str,
    catalogue: Catalogue,
    *,
    change: bool,
) -> Callable[[Scope], Sides | None]:
    """What reads both sides of a row; nothing where a change is asked about and there was none."""
    sides = [_reader(expression, own, record_type, catalogue) for expression in against]

    def both(scope: Scope) -> Sides | None:
        value = read(scope)
        if change and value is None:
            return None
        others: list[Any] = []
        shown: list[Any] = []
        problem: Reason | None = None
        for side in sides:
            try:
                other, plain = side(value[1] if change else value, scope)
            except ValueProblem as error:
                other = plain = None
                problem = problem or _reason(error)
            others.append(other)
            shown.append(plain)
        return Sides(value, tuple(others), tuple(shown), problem)

    return both


def test_both(operator: Operator, kind: Kind, parent: str | None) -> Test:
    """The test of a row with another side, asked about ``Sides``."""
    ranged = operator.shape is Shape.RANGE

    def test(sides: Sides, scope: Scope) -> Answer:
        own, problem = sides.own, sides.problem
        if own is HIDDEN:
            return Reason(None, Because.HIDDEN, parent)
        empty = is_empty(own)
        if empty and not operator.when_empty:
            return Reason(False, Because.EMPTY)
        if problem is not None:
            return problem
        if empty:
            return True
        operand = list(sides.others) if ranged else sides.others[0]
        return operator.bind(kind, operand, None)(own, scope)

    return test


# other(own value, scope): the value for the operator, and as a trace shows it
_Reader = Callable[[Any, Scope], tuple[Any, Any]]


def _reader(expression: Against, own: FieldRef, record_type: str, catalogue: Catalogue) -> _Reader:
    if isinstance(expression, FromFormula):
        return lambda value, scope: _of_formula(
            calculate(expression, scope, catalogue), own.kind, value, scope
        )
    if isinstance(expression, FromDate):

        def of_date(value: Any, scope: Scope) -> tuple[Any, Any]:
            plain = reached(expression, scope, catalogue)
            if plain is None:
                raise ValueProblem("empty", path=expression.start)
            return _as_day(plain, own.kind, scope)

        return of_date
    source = locate(record_type, expression.path, catalogue)

    def of_field(value: Any, scope: Scope) -> tuple[Any, Any]:
        plain = source.read(scope)
        if plain is HIDDEN:
            raise ValueProblem("hidden", path=expression.path)
        if is_empty(plain):
            raise ValueProblem("empty", path=expression.path)
        return _as_day(plain, own.kind, scope) if own.kind in DAYS else (plain, plain)

    return of_field


def _of_formula(amount: Amount, kind: Kind, value: Any, scope: Scope) -> tuple[Any, Any]:
    if kind is Kind.MONEY:
        # A mere number counts as so many units of the amount it is compared with.
        currency = value["currency"] if isinstance(value, dict) else scope.world.currency
        money = in_kind(amount, kind, currency)
        return money, money
    if amount.currency:
        raise ValueProblem("formula_gives_money")
    whole = amount.number.to_integral_value()
    if amount.number == whole:
        return int(whole), int(whole)
    return amount.number, f"{amount.number.normalize():f}"


def _as_day(plain: str, kind: Kind, scope: Scope) -> tuple[Any, Any]:
    if kind is Kind.DATE and len(plain) > 10:
        plain = local_date(plain, scope).isoformat()
    return plain, plain


def _reason(error: ValueProblem) -> Reason:
    if error.code == "empty":
        return Reason(False, Because.EMPTY, error.params["path"])
    because = _UNKNOWN.get(error.code)
    if because is None:
        return Reason(None, Because.NO_RESULT, error.code)
    detail = error.params.get("currency") or error.params.get("path")
    return Reason(None, because, detail)


def paths_against(against: Sequence[Against]) -> Iterator[str]:
    """What the other side reads."""
    for expression in against:
        if isinstance(expression, FromField):
            yield expression.path
        else:
            yield from expression.paths
