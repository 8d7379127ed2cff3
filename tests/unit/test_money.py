from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.lib.money import convert, exponent, from_major, is_currency, least_minor, to_major


def rate_of(currency: str) -> Decimal | None:
    assert currency != "EUR", "the target currency has no rate to itself"
    return {"USD": Decimal("0.9"), "JPY": Decimal("0.00625"), "BAD": Decimal(0)}.get(currency)


@pytest.mark.parametrize(("currency", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_each_currency_has_its_decimals(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize("code", ["eur", "EURO", "ZZZ", "", "€€€", "EU\n"])
def test_other_codes_are_no_currencies(code: str) -> None:
    assert not is_currency(code)
    assert is_currency("EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "converted"),
    [
        (1000, "USD", 900),
        (1, "EUR", 1),
        (-1000, "USD", -900),
        # 0.9 × 5 = 4.5 and 0.9 × 15 = 13.5: a half goes to the even neighbour.
        (5, "USD", 4),
        (15, "USD", 14),
        # Yen have no decimals: 800 yen at 0.00625 are 5 euros.
        (800, "JPY", 500),
        (10**15, "USD", 9 * 10**14),
    ],
)
def test_conversion_rounds_half_to_even(amount: int, currency: str, converted: int) -> None:
    assert convert({"amount": amount, "currency": currency}, "EUR", rate_of) == {
        "amount": converted,
        "currency": "EUR",
    }


@pytest.mark.parametrize("currency", ["CHF", "BAD"])
def test_without_a_usable_rate_there_is_no_conversion(currency: str) -> None:
    assert convert({"amount": 1, "currency": currency}, "EUR", rate_of) is None


@given(st.integers(-(2**63), 2**63), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_units_and_minor_units_go_both_ways(amount: int, currency: str) -> None:
    money = {"amount": amount, "currency": currency}
    assert from_major(to_major(money), currency) == money  # type: ignore[arg-type]


def test_units_are_rounded_to_the_currency() -> None:
    assert from_major(Decimal("12.345"), "EUR") == {"amount": 1234, "currency": "EUR"}
    assert from_major(Decimal("12.5"), "JPY") == {"amount": 12, "currency": "JPY"}


@given(
    st.integers(-(10**15), 10**15),
    st.sampled_from(["EUR", "USD", "JPY", "KWD"]),
    st.decimals(Decimal("0.0000000001"), Decimal("9999999999"), places=10),
)
def test_the_least_amount_that_reaches_a_target(target: int, currency: str, rate: Decimal) -> None:
    least = least_minor(target, currency, "EUR", lambda _: rate)
    assert least is not None
    for amount, reaches in ((least, True), (least - 1, False)):
        converted = convert({"amount": amount, "currency": currency}, "EUR", lambda _: rate)
        assert converted is not None and (converted["amount"] >= target) is reaches


@pytest.mark.parametrize(("target", "least"), [(4, 7), (5, 10), (-4, -9), (-5, -10), (0, -1), (1, 2)])
def test_the_least_amount_when_halves_go_to_the_even_neighbour(target: int, least: int) -> None:
    # 0.5 × 7 = 3.5 becomes 4, but 0.5 × 9 = 4.5 becomes 4 as well.
    assert least_minor(target, "USD", "EUR", lambda _: Decimal("0.5")) == least


def test_without_a_rate_there_is_no_least_amount() -> None:
    assert least_minor(5, "BAD", "EUR", rate_of) is None
    assert least_minor(5, "CHF", "EUR", rate_of) is None
    assert least_minor(5, "EUR", "EUR", rate_of) == 5
