"""Values that are worked out: formulas of numbers and money, and dates reached from another date.

Used where an action sets a field (``core.values``) and where a condition compares (``core.against``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic_core import PydanticCustomError

from relance.automation.core.comparing import is_empty, zone_of
from relance.automation.core.dating import MAX_MOVES, DateOutOfRange, Move, moved
from relance.automation.core.formula import (
    MAX_FORMULA,
    Amount,
    CalculationError,
    Calculator,
    FormulaError,
    gives_money,
    parse_formula,
    paths_of,
)
from relance.automation.core.paths import Catalogue, UnknownField, locate
from relance.automation.core.scope import HIDDEN, Scope
from relance.lib.kinds import Kind
from relance.lib.money import Money, exponent, from_major, is_currency, to_major
from relance.lib.shapes import MAX_NUMBER, Fault

# A date-time made of a day alone falls into the morning.
MORNING = time(9, 0)
AMOUNTS = frozenset({Kind.NUMBER, Kind.MONEY})
DAYS = frozenset({Kind.DATE, Kind.DATETIME})
#: What a date can start from, beside the path of a field.
STARTS = ("today", "now")


class ValueProblem(ValueError):
    """A value that could not be had at run time.

    ``code``: "empty", "empty_placeholder", "hidden", "broken", "no_actor", "kind_mismatch", "not_a_choice",
    "division_by_zero", "too_large", "no_rate", "date_out_of_range", …; ``params`` hold the path where there is one.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params


class Expression(BaseModel):
    """The base of all value expressions."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)


class WithFallback(Expression):
    """An expression that may say what to take when there is nothing; a fallback of null is not the same as none."""

    fallback: JsonValue = None

    @property
    def has_fallback(self) -> bool:
        return "fallback" in self.model_fields_set

    @model_serializer(mode="wrap")
    def _without_fallback(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        document: dict[str, Any] = dump(self)
        if not self.has_fallback:
            document.pop("fallback", None)
        return document


def _readable(formula: str) -> str:
    try:
        parse_formula(formula)
    except FormulaError as error:
        params = {"reason": error.code, "position": error.position, "word": error.word}
        raise PydanticCustomError("bad_formula", "{reason} at {position}", params) from error
    return formula


class FromFormula(Expression):
    """A calculation with numbers and money (``core.formula``).

    ``defaults`` hold what an empty source counts as, by its path: a number, or money. Without one, there is no result.
    """

    source: Literal["formula"] = Field(alias="from")
    formula: Annotated[str, Field(min_length=1, max_length=MAX_FORMULA), AfterValidator(_readable)]
    defaults: Annotated[dict[str, JsonValue], Field(max_length=50)] = Field(default_factory=dict)

    @property
    def paths(self) -> tuple[str, ...]:
        """What it reads."""
        return paths_of(parse_formula(self.formula))


class FromDate(WithFallback):
    """A date, and moves from there (``core.dating``).

    What starts from a moment keeps its time of day; in a date-time, what starts from a day falls at nine. When the
    field it starts from is empty the step fails, unless there is a fallback; one of null empties the field.
    """

    source: Literal["date"] = Field(alias="from")
    start: Annotated[str, Field(min_length=1, max_length=200)] = "today"
    moves: Annotated[tuple[Move, ...], Field(max_length=MAX_MOVES)] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """What it reads."""
        return () if self.start in STARTS else (self.start,)


# ---- Formulas -------------------------------------------------------------------------------------------


def formula_fault(value: FromFormula, kind: Kind, record_type: str, catalogue: Catalogue) -> Fault | None:
    """What keeps a formula from being worked out for a field of this kind."""
    kinds: dict[str, Kind] = {}
    for path in value.paths:
        try:
            kinds[path] = locate(record_type, path, catalogue).field.kind
        except UnknownField:
            return Fault("unknown_field", {"path": path}, at=("formula",))
        if kinds[path] not in AMOUNTS:
            return Fault("not_a_number", {"path": path}, at=("formula",))
    for path, default in value.defaults.items():
        if path not in kinds:
            return Fault("value_unexpected", at=("defaults", path))
        if _amount_of(default) is None or (isinstance(default, dict) and kinds[path] is not Kind.MONEY):
            return Fault("not_an_amount", {"path": path}, at=("defaults", path))
    if kind not in AMOUNTS:
        return Fault("kind_mismatch", {"source": "formula", "target": kind.value}, at=("from",))
    try:
        money = gives_money(parse_formula(value.formula), lambda path: kinds[path] is Kind.MONEY)
    except CalculationError as error:
        return Fault(error.code, at=("formula",))
    return Fault("formula_gives_money", at=("formula",)) if money and kind is Kind.NUMBER else None


def calculate(value: FromFormula, scope: Scope, catalogue: Catalogue) -> Amount:
    """The result of a formula.

    Raises:
        ValueProblem: there is none.
    """
    held: dict[str, Amount] = {}
    for path in value.paths:
        plain = _read(path, scope, catalogue)
        if is_empty(plain):
            if path not in value.defaults:
                raise ValueProblem("empty", path=path)
            plain = value.defaults[path]
        amount = _amount_of(plain)
        if amount is None:
            raise ValueProblem("kind_mismatch", path=path)
        held[path] = amount
    try:
        return Calculator(held, scope.world.currency, scope.world.rate).result(parse_formula(value.formula))
    except CalculationError as error:
        params = {"currency": error.detail} if error.code == "no_rate" else {"formula": value.formula}
        raise ValueProblem(error.code, **params) from error


def in_kind(amount: Amount, kind: Kind, currency: str) -> int | Money:
    """The plain value of a result for a field: a whole number, rounded commercially, or money.

    Args:
        currency: of a result that is a mere number and becomes money.

    Raises:
        ValueProblem: it is too large, or money that would have to become a number.
    """
    if kind is Kind.NUMBER and amount.currency:
        raise ValueProblem("formula_gives_money")
    to = amount.currency or currency
    units = amount.number.quantize(
        Decimal(1).scaleb(-exponent(to) if kind is Kind.MONEY else 0), ROUND_HALF_UP
    )
    if kind is Kind.NUMBER:
        if abs(units) > MAX_NUMBER:
            raise ValueProblem("too_large")
        return int(units)
    money = from_major(units, to)
    if abs(money["amount"]) > MAX_NUMBER:
        raise ValueProblem("too_large")
    return money


def _amount_of(plain: Any) -> Amount | None:
    """A plain number or money as an amount; none for anything else."""
    if isinstance(plain, bool):
        return None
    if isinstance(plain, int | float):
        return Amount(Decimal(str(plain))) if abs(plain) <= MAX_NUMBER else None
    if isinstance(plain, dict) and set(plain) == {"amount", "currency"}:
        amount, currency = plain["amount"], plain["currency"]
        if type(amount) is int and isinstance(currency, str) and is_currency(currency):
            return Amount(to_major({"amount": amount, "currency": currency}), currency)
    return None


# ---- Dates ----------------------------------------------------------------------------------------------


def date_fault(value: FromDate, kind: Kind, record_type: str, catalogue: Catalogue) -> Fault | None:
    """What keeps a date from being worked out for a field of this kind; the fallback is not looked at."""
    for path in value.paths:
        try:
            start = locate(record_type, path, catalogue).field.kind
        except UnknownField:
            return Fault("unknown_field", {"path": path}, at=("start",))
        if start not in DAYS:
            return Fault("not_a_date_field", {"path": path}, at=("start",))
    if kind not in DAYS:
        return Fault("kind_mismatch", {"source": "date", "target": kind.value}, at=("from",))
    return None


def reached(value: FromDate, scope: Scope, catalogue: Catalogue) -> str | None:
    """The date that a value leads to: a plain date, or a plain date-time where it starts from a moment.

    Nothing when the field it starts from is empty.

    Raises:
        ValueProblem: it may not be seen, is gone, or lies outside the calendar.
    """
    day, at = scope.today, None
    if value.start == "now":
        at = scope.now.astimezone(zone_of(scope.zone))
    elif value.start != "today":
        plain = _read(value.start, scope, catalogue)
        if is_empty(plain):
            return None
        if len(plain) == 10:
            day = date.fromisoformat(plain)
        else:
            at = datetime.fromisoformat(plain).astimezone(zone_of(scope.zone))
    try:
        day = moved(day if at is None else at.date(), value.moves)
    except DateOutOfRange as error:
        raise ValueProblem("date_out_of_range") from error
    if at is None:
        return day.isoformat()
    if day == at.date():
        return _plain(at)
    # A local time that does not exist then moves forward, one that exists twice is the first.
    return _plain(datetime.combine(day, at.time(), tzinfo=zone_of(scope.zone)))


def morning(day: str, scope: Scope) -> str:
    """Nine o'clock of a plain date on the company's clock, as a plain date-time."""
    return _plain(datetime.combine(date.fromisoformat(day), MORNING, tzinfo=zone_of(scope.zone)))


def _plain(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _read(path: str, scope: Scope, catalogue: Catalogue) -> Any:
    try:
        plain = locate(scope.record_type, path, catalogue).read(scope)
    except UnknownField as error:
        raise ValueProblem("broken", path=path) from error
    if plain is HIDDEN:
        raise ValueProblem("hidden", path=path)
    return plain


def read_paths(expression: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """What an expression reads, each with its place in it."""
    if isinstance(expression, FromFormula):
        yield from ((("formula",), path) for path in expression.paths)
    elif isinstance(expression, FromDate):
        yield from ((("start",), path) for path in expression.paths)
