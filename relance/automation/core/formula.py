"""Small calculations with numbers and money: ``value * 10% + organization.revenue``, ``max(value, 500)``.

The whole language: numbers (``1.5``, ``10%``), paths, ``+ - * /``, brackets, and min, max, round, abs. A text becomes a
tree here and nothing else; what a record contains is never read as a formula. Sums are worked out in decimal figures.

Money and numbers: money times or divided by a number is money; money divided by money is a number; a number added to
money, or compared with it by min and max, counts as so many units of its currency. The result is in the currency of
the first amount from the left, others are converted. Money times money, and a number divided by money, are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache
from typing import Literal

from relance.lib.money import exponent

MAX_FORMULA = 500
MAX_DEPTH = 20
MAX_PARTS = 100
#: What no result, and nothing on the way to it, may exceed.
LARGEST = Decimal(10) ** 21

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP, traps=[DivisionByZero, InvalidOperation, Overflow])
#: Thirds are not exact; what they leave behind is not there.
_FINE = Decimal("1e-12")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]{1,15}(?:\.[0-9]{1,10})?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
    r"|(?P<sign>[-+*/×÷−%(),;]))"
)
_SAME = {"×": "*", "÷": "/", "−": "-", ";": ","}
_MANY = 10
#: The functions, each with how many arguments it takes at least and at most.
FUNCTIONS = {"min": (2, _MANY), "max": (2, _MANY), "round": (1, 2), "abs": (1, 1)}

Sign = Literal["+", "-", "*", "/"]


class FormulaError(ValueError):
    """A formula that cannot be read.

    Attributes:
        code: "unexpected", "unfinished", "unknown_function", "arguments", "decimals", "too_long" or "too_deep".
        position: of the character where it went wrong.
        word: what stands there.
    """

    def __init__(self, code: str, position: int, word: str = "") -> None:
        super().__init__(f"{code} at {position}")
        self.code = code
        self.position = position
        self.word = word


class CalculationError(ValueError):
    """A formula that has no result. ``code``: "division_by_zero", "too_large", "no_rate" (detail: the currency), …"""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Amount:
    """A number; with a currency, that many units of it."""

    number: Decimal
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    value: Decimal
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """What a path holds."""

    path: str


@dataclass(frozen=True, slots=True)
class Negated:
    """The opposite."""

    part: Part


@dataclass(frozen=True, slots=True)
class Two:
    """Two parts with a sign between them."""

    sign: Sign
    left: Part
    right: Part


@dataclass(frozen=True, slots=True)
class Call:
    """A function of parts."""

    name: str
    parts: tuple[Part, ...]


Part = Number | Read | Negated | Two | Call


#: To how many decimals a result can be rounded.
_DECIMALS = [Number(Decimal(places)) for places in range(11)]


@lru_cache(maxsize=2048)
def parse_formula(text: str) -> Part:
    """The tree of a formula.

    Raises:
        FormulaError: where it cannot be read.
    """
    if len(text) > MAX_FORMULA:
        raise FormulaError("too_long", MAX_FORMULA)
    return _Parser(text).whole()


def paths_of(part: Part) -> tuple[str, ...]:
    """The paths a formula reads, each once, in order."""
    return tuple(dict.fromkeys(_paths(part)))


def _paths(part: Part) -> Iterator[str]:
    match part:
        case Read():
            yield part.path
        case Negated():
            yield from _paths(part.part)
        case Two():
            yield from _paths(part.left)
            yield from _paths(part.right)
        case Call():
            for each in part.parts:
                yield from _paths(each)


def gives_money(part: Part, is_money: Callable[[str], bool]) -> bool:
    """Whether the result is money, told without reading a record.

    Args:
        is_money: whether a path holds money.

    Raises:
        CalculationError: "money_times_money" or "number_by_money".
    """
    match part:
        case Number():
            return False
        case Read():
            return is_money(part.path)
        case Negated():
            return gives_money(part.part, is_money)
        case Call(name="round" | "abs"):
            return gives_money(part.parts[0], is_money)
        case Call():
            found = [gives_money(each, is_money) for each in part.parts]
            return any(found)
    left, right = gives_money(part.left, is_money), gives_money(part.right, is_money)
    if part.sign in "+-":
        return left or right
    if part.sign == "*":
        if left and right:
            raise CalculationError("money_times_money")
        return left or right
    if right and not left:
        raise CalculationError("number_by_money")
    return left and not right


class Calculator:
    """Works formulas out.

    Args:
        values: what the paths hold.
        currency: the company's.
        rate_of: its units for one unit of another currency; None without a rate.
    """

    def __init__(
        self, values: Mapping[str, Amount], currency: str, rate_of: Callable[[str], Decimal | None]
    ) -> None:
        self._values = values
        self._company = currency
        self._rate_of = rate_of

    def result(self, part: Part) -> Amount:
        """The result: money rounded commercially to its smallest unit, a number to twelve decimals.

        Raises:
            CalculationError: there is none.
        """
        found = self._of(part)
        step = _FINE if found.currency is None else Decimal(1).scaleb(-exponent(found.currency))
        return Amount(found.number.quantize(step, context=_WIDE), found.currency)

    def _of(self, part: Part) -> Amount:
        try:
            found = self._worked_out(part)
        except (DivisionByZero, InvalidOperation) as error:
            raise CalculationError("division_by_zero") from error
        except Overflow as error:
            raise CalculationError("too_large") from error
        if abs(found.number) > LARGEST:
            raise CalculationError("too_large")
        return found

    def _worked_out(self, part: Part) -> Amount:
        match part:
            case Number():
                return Amount(part.value.scaleb(-2) if part.percent else part.value)
            case Read():
                return self._values[part.path]
            case Negated():
                found = self._of(part.part)
                return Amount(-found.number, found.currency)
            case Call():
                return self._called(part.name, [self._of(each) for each in part.parts])
        left, right = self._of(part.left), self._of(part.right)
        match part.sign:
            case "+" | "-":
                one, other = self._alike([left, right])
                number = (
                    _WIDE.add(one.number, other.number)
                    if part.sign == "+"
                    else _WIDE.subtract(one.number, other.number)
                )
                return Amount(number, one.currency)
            case "*":
                if left.currency and right.currency:
                    raise CalculationError("money_times_money")
                return Amount(_WIDE.multiply(left.number, right.number), left.currency or right.currency)
        if right.currency and not left.currency:
            raise CalculationError("number_by_money")
        if left.currency and right.currency:
            left, right = self._alike([left, right])
            return Amount(_WIDE.divide(left.number, right.number))
        return Amount(_WIDE.divide(left.number, right.number), left.currency)

    def _called(self, name: str, given: list[Amount]) -> Amount:
        if name in ("min", "max"):
            choose = min if name == "min" else max
            return choose(self._alike(given), key=lambda each: each.number)
        first = given[0]
        if name == "abs":
            return Amount(abs(first.number), first.currency)
        places = int(given[1].number) if len(given) > 1 else 0
        return Amount(first.number.quantize(Decimal(1).scaleb(-places), context=_WIDE), first.currency)

    def _alike(self, given: list[Amount]) -> list[Amount]:
        """The same amounts in the currency of the first that has one; mere numbers count as units of it."""
        currency = next((each.currency for each in given if each.currency), None)
        if currency is None:
            return given
        return [Amount(self._in(each, currency), currency) for each in given]

    def _in(self, amount: Amount, currency: str) -> Decimal:
        if amount.currency is None or amount.currency == currency:
            return amount.number
        return _WIDE.divide(_WIDE.multiply(amount.number, self._rate(amount.currency)), self._rate(currency))

    def _rate(self, currency: str) -> Decimal:
        if currency == self._company:
            return Decimal(1)
        rate = self._rate_of(currency)
        if rate is None or not rate.is_finite() or rate <= 0:
            raise CalculationError("no_rate", currency)
        return rate


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a formula. ``kind``: "number", "name", "sign" or "end"."""

    kind: str
    text: str
    position: int


def tokens(text: str) -> Iterator[Token]:
    """The words of a formula, the last one its end.

    Raises:
        FormulaError: at a character that belongs to none.
    """
    at = 0
    while match := _TOKEN.match(text, at):
        kind = str(match.lastgroup)
        yield Token(kind, _SAME.get(match[kind], match[kind]), match.start(kind))
        at = match.end()
    rest = text[at:]
    if rest.strip():
        place = at + len(rest) - len(rest.lstrip())
        raise FormulaError("unexpected", place, text[place : place + 20].split()[0])
    yield Token("end", "", len(text))


class _Parser:
    """Goes through the words once, from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = list(tokens(text))
        self._at = 0
        self._parts = 0
        self._depth = 0

    def whole(self) -> Part:
        part = self._sum()
        if self._next.kind != "end":
            raise self._unexpected()
        return part

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self, *signs: str) -> str:
        """The next sign, if it is one of these, and go on after it; else nothing."""
        token = self._next
        if token.kind == "sign" and token.text in signs:
            self._at += 1
            return token.text
        return ""

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise self._unexpected()

    def _unexpected(self) -> FormulaError:
        token = self._next
        if token.kind == "end":
            return FormulaError("unfinished", token.position)
        return FormulaError("unexpected", token.position, token.text)

    def _count(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise FormulaError("too_long", self._next.position)

    def _sum(self) -> Part:
        part = self._product()
        while sign := self._take("+", "-"):
            self._count()
            part = Two("+" if sign == "+" else "-", part, self._product())
        return part

    def _product(self) -> Part:
        part = self._factor()
        while sign := self._take("*", "/"):
            self._count()
            part = Two("*" if sign == "*" else "/", part, self._factor())
        return part

    def _factor(self) -> Part:
        self._count()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FormulaError("too_deep", self._next.position)
        part = self._single()
        self._depth -= 1
        return part

    def _single(self) -> Part:
        if self._take("-"):
            return Negated(self._factor())
        if self._take("("):
            part = self._sum()
            self._expect(")")
            return part
        token = self._next
        if token.kind == "number":
            self._at += 1
            return Number(Decimal(token.text), percent=bool(self._take("%")))
        if token.kind != "name":
            raise self._unexpected()
        self._at += 1
        if not self._take("("):
            return Read(token.text)
        if token.text not in FUNCTIONS:
            raise FormulaError("unknown_function", token.position, token.text)
        return self._call(token)

    def _call(self, name: Token) -> Part:
        parts = [self._sum()]
        while self._take(","):
            parts.append(self._sum())
        self._expect(")")
        least, most = FUNCTIONS[name.text]
        if not least <= len(parts) <= most:
            raise FormulaError("arguments", name.position, name.text)
        if name.text == "round" and len(parts) == 2 and parts[1] not in _DECIMALS:
            raise FormulaError("decimals", name.position, name.text)
        return Call(name.text, tuple(parts))
