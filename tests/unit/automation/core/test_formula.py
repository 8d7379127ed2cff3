"""Formulas against results worked out by hand, and against Python's own fractions."""

from __future__ import annotations

import ast
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.automation.core.calculated import FromFormula, ValueProblem, in_kind
from relance.automation.core.formula import (
    Amount,
    CalculationError,
    Calculator,
    FormulaError,
    gives_money,
    parse_formula,
    paths_of,
)
from relance.automation.core.paths import PlainField
from relance.automation.core.values import resolve, value_fault
from relance.lib.kinds import Kind
from tests.unit.automation.core.samples import CATALOGUE, scope
from tests.unit.automation.core.test_placeholders import PlainFormatter

NUMBER = PlainField("count", Kind.NUMBER)
MONEY = PlainField("value", Kind.MONEY)
RATES = {"USD": Decimal("0.8"), "JPY": Decimal("0.005")}


def result(formula: str, **held: Amount | int) -> Amount:
    values = {key: each if isinstance(each, Amount) else Amount(Decimal(each)) for key, each in held.items()}
    return Calculator(values, "EUR", RATES.get).result(parse_formula(formula))


def euros(units: str) -> Amount:
    return Amount(Decimal(units), "EUR")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 2", "5"),
        ("-3 * -2", "6"),
        ("2 - -3", "5"),
        ("200 * 15%", "30"),
        ("15 %", "0.15"),
        ("1 / 3 * 3", "1"),
        ("min(4, 2, 9)", "2"),
        ("max(4; 2; 9)", "9"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(1 / 3, 2)", "0.33"),
        ("abs(2 - 5)", "3"),
        ("6 × 7 ÷ 2 − 1", "20"),
        ("a.b * 2", "8"),
    ],
)
def test_results_worked_out_by_hand(formula: str, expected: str) -> None:
    values = {"a.b": Amount(Decimal(4))}
    found = Calculator(values, "EUR", RATES.get).result(parse_formula(formula))
    assert found.number == Decimal(expected) and found.currency is None


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("value * 10%", euros("123.46")),  # 123.455, rounded as a cashier does
        ("value + 500", euros("1734.55")),
        ("500 + value", euros("1734.55")),
        ("value / 2", euros("617.28")),  # 617.275
        ("value + dollars", euros("1314.55")),  # 100 dollars are 80 euros
        ("dollars + value", Amount(Decimal("1643.19"), "USD")),  # 100 + 1234.55 / 0.8 = 1643.1875
        ("value / dollars", Amount(Decimal("15.431875"))),
        ("max(value, dollars, 2000)", euros("2000")),
        ("min(value, dollars)", euros("80")),
        ("yen * 3", Amount(Decimal("3000"), "JPY")),
        ("yen / 3", Amount(Decimal("333"), "JPY")),  # there is no smaller coin
        ("round(value)", euros("1235")),
        ("abs(dollars - value)", Amount(Decimal("1443.19"), "USD")),
        ("-value", euros("-1234.55")),
    ],
)
def test_money_keeps_its_currency_and_is_converted(formula: str, expected: Amount) -> None:
    found = result(
        formula,
        value=euros("1234.55"),
        dollars=Amount(Decimal(100), "USD"),
        yen=Amount(Decimal(1000), "JPY"),
    )
    assert found == expected


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("value * value", "money_times_money"),
        ("5 / value", "number_by_money"),
        ("value / (count - count)", "division_by_zero"),
        ("0 / 0", "division_by_zero"),
        ("value + francs", "no_rate"),
        ("999999999999999 * 999999999999999", "too_large"),
    ],
)
def test_what_has_no_result_says_why(formula: str, code: str) -> None:
    with pytest.raises(CalculationError) as error:
        result(formula, value=euros("5"), count=3, francs=Amount(Decimal(5), "CHF"))
    assert error.value.code == code


@pytest.mark.parametrize(
    ("formula", "code", "position"),
    [
        ("", "unfinished", 0),
        ("1 +", "unfinished", 3),
        ("(1 + 2", "unfinished", 6),
        ("1 2", "unexpected", 2),
        ("value ** 2", "unexpected", 7),
        ("value & 1", "unexpected", 6),
        ("__import__(1)", "unknown_function", 0),
        ("sum(1, 2)", "unknown_function", 0),
        ("abs(1, 2)", "arguments", 0),
        ("round(1, value)", "decimals", 0),
        ("1 % 2", "unexpected", 4),
        ("value.", "unexpected", 5),
        ("1" * 501, "too_long", 500),
        ("(" * 30 + "1" + ")" * 30, "too_deep", 20),
        ("+".join("1" * 120), "too_long", 100),
    ],
)
def test_what_cannot_be_read_is_named_at_its_place(formula: str, code: str, position: int) -> None:
    with pytest.raises(FormulaError) as error:
        parse_formula(formula)
    assert (error.value.code, error.value.position) == (code, position)


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_an_error(text: str) -> None:
    with suppress(FormulaError):
        parse_formula(text)


sums = st.recursive(
    st.integers(0, 99).map(str),
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from("+-*"), parts).map(" ".join).map("({})".format),
        parts.map("-{}".format),
    ),
    max_leaves=12,
)


@given(sums)
def test_sums_come_out_as_in_python(formula: str) -> None:
    expected = Fraction(eval(compile(ast.parse(formula, mode="eval"), "sum", "eval")))
    if abs(expected) <= 10**20:
        try:
            assert Fraction(result(formula).number) == expected
        except FormulaError as error:
            assert error.code in {"too_deep", "too_long"}
        except CalculationError as error:
            assert error.code == "too_large"


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_a_part_of_an_amount_times_its_divisor_is_the_amount(cents: int, divisor: int) -> None:
    value = Amount(Decimal(cents).scaleb(-2), "EUR")
    assert result(f"value / {divisor} * {divisor}", value=value) == Amount(value.number, "EUR")


def test_the_paths_a_formula_reads() -> None:
    assert paths_of(parse_formula("max(value, -organization.revenue) * value / (a.b.c + 1)")) == (
        "value",
        "organization.revenue",
        "a.b.c",
    )


@pytest.mark.parametrize(
    ("formula", "money"),
    [
        ("v * 2", True),
        ("v / v", False),
        ("v / v * v", True),
        ("max(1, v)", True),
        ("2 + n", False),
        ("round(v)", True),
    ],
)
def test_whether_a_formula_gives_money_is_known_without_a_record(formula: str, money: bool) -> None:
    assert gives_money(parse_formula(formula), {"v": True, "n": False}.__getitem__) is money


def formula(text: str, **defaults: object) -> FromFormula:
    document = {
        "from": "formula",
        "formula": text,
        "defaults": {key.replace("__", "."): value for key, value in defaults.items()},
    }
    return FromFormula.model_validate(document)


def worked_out(what: FromFormula, target: PlainField = NUMBER, **record: object) -> object:
    return resolve(what, target, scope(record), CATALOGUE, PlainFormatter())


def test_a_field_gets_the_result() -> None:
    assert worked_out(formula("count * 2.5"), count=3) == 8  # 7.5
    assert worked_out(formula("count * 2.5"), count=-3) == -8
    value = {"amount": 100_000, "currency": "USD"}
    assert worked_out(formula("value * 110%"), MONEY, value=value) == {"amount": 110_000, "currency": "USD"}
    # A mere number is in the company's currency.
    assert worked_out(formula("count * 100"), MONEY, count=3) == {"amount": 30_000, "currency": "EUR"}


def test_an_empty_source_has_no_result_unless_it_has_a_default() -> None:
    with pytest.raises(ValueProblem) as error:
        worked_out(formula("count + 1"))
    assert (error.value.code, error.value.params) == ("empty", {"path": "count"})
    assert worked_out(formula("count + 1", count=0)) == 1
    assert worked_out(formula("count + 1", count=0.5)) == 2  # 1.5
    money = {"amount": 5_000, "currency": "EUR"}
    assert worked_out(formula("value * 2", value=money), MONEY) == {"amount": 10_000, "currency": "EUR"}


def test_what_a_record_holds_is_never_too_much() -> None:
    with pytest.raises(ValueProblem, match="too_large"):
        worked_out(formula("count * count"), count=2**53 - 1)
    with pytest.raises(ValueProblem, match="formula_gives_money"):
        in_kind(euros("3"), Kind.NUMBER, "EUR")


@pytest.mark.parametrize(
    ("value", "target", "code", "at"),
    [
        (formula("count + nothing"), NUMBER, "unknown_field", ("formula",)),
        (formula("count + title"), NUMBER, "not_a_number", ("formula",)),
        (formula("value + 1"), NUMBER, "formula_gives_money", ("formula",)),
        (formula("value * value"), MONEY, "money_times_money", ("formula",)),
        (formula("count", count="x"), NUMBER, "not_an_amount", ("defaults", "count")),
        (formula("count", count={"amount": 1, "currency": "EUR"}), NUMBER, "not_an_amount", ("defaults", "count")),
        (formula("count", value=1), NUMBER, "value_unexpected", ("defaults", "value")),
        (formula("1"), PlainField("title", Kind.TEXT), "kind_mismatch", ("from",)),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_found_when_it_is_written(
    value: FromFormula, target: PlainField, code: str, at: tuple[str, ...]
) -> None:
    fault = value_fault(value, target, "deal", CATALOGUE)
    assert fault is not None and (fault.code, fault.at) == (code, at)
