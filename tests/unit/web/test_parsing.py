"""What people type, in both languages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from relance.records import display
from relance.web import formats, parsing


@pytest.mark.parametrize(
    ("language", "typed", "expected"),
    [
        ("en", "1000", "1000"),
        ("en", "1,000", "1000"),
        ("en", "1,000,000", "1000000"),
        ("en", "1,000.50", "1000.50"),
        ("en", "10,5", "10.5"),
        ("en", " 1 000.5 ", "1000.5"),
        ("en", "-3", "-3"),
        ("en", "50%", "50"),
        ("fr", "1 000,50", "1000.50"),
        ("fr", "1\u202f000", "1000"),
        ("fr", "1.000,50", "1000.50"),
        ("fr", "1000.5", "1000.5"),
        ("fr", "1,000", "1.000"),
    ],
)
def test_a_number_is_read_as_its_language_writes_it(language: str, typed: str, expected: str) -> None:
    with translation.override(language):
        assert parsing.decimal(typed) == Decimal(expected)


@pytest.mark.parametrize(
    "typed", ["", "x", "1e5", "NaN", "1..2", "1,2,3", "--1", "٣", "9" * 30, "0x10", "1.2.3,4"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with translation.override("en"), pytest.raises(parsing.Unreadable):
        parsing.decimal(typed)


def test_an_amount_keeps_to_the_decimals_of_its_currency() -> None:
    with translation.override("en"):
        assert parsing.money("€1,000.50", "EUR") == {"amount": 100050, "currency": "EUR"}
        assert parsing.money("1200", "JPY") == {"amount": 1200, "currency": "JPY"}
        for typed, currency in (("1.005", "EUR"), ("1.5", "JPY"), ("1", "XXX1"), ("1", "")):
            with pytest.raises(parsing.Unreadable):
                parsing.money(typed, currency)


@pytest.mark.parametrize("typed", ["", "0", "-1", "1.0", "٣", "9" * 19, "x"])
def test_what_is_no_key_is_none(typed: str) -> None:
    assert parsing.key(typed) is None


def test_an_amount_is_written_in_an_input_as_its_reader_writes_it() -> None:
    with translation.override("en"):
        assert formats.amount({"amount": 1250050, "currency": "EUR"}) == "12,500.50"
    with translation.override("fr"):
        assert formats.amount({"amount": 1250050, "currency": "EUR"}) == "12\u202f500,50"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("currency", ["EUR", "GBP", "JPY", "USD", "CAD", "CHF", "KWD"])
def test_what_is_shown_can_be_typed_again(language: str, currency: str) -> None:
    money = {"amount": 1234000, "currency": currency}
    with translation.override(language):
        assert parsing.money(display.money(money), currency) == money


def test_what_an_input_shows_can_be_read_again() -> None:
    for language in ("en", "fr"):
        with translation.override(language):
            for amount in (0, 1, 99, 100, 123456789, -1250050):
                money = {"amount": amount, "currency": "EUR"}
                assert parsing.money(formats.amount(money), "EUR") == money
