"""How values look, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from relance.records import display


@pytest.mark.parametrize(
    ("currency", "english", "french"),
    [
        ("EUR", "€9,400", "9\u202f400\xa0€"),
        ("GBP", "£9,400", "9\u202f400\xa0£"),
        ("JPY", "¥940,000", "940\u202f000\xa0¥"),
        ("USD", "US$9,400", "9\u202f400\xa0$US"),
        ("CNY", "CN¥9,400", "9\u202f400\xa0CNY"),
        ("CHF", "CHF\xa09,400", "9\u202f400\xa0CHF"),
    ],
)
def test_money_carries_the_sign_its_reader_expects(currency: str, english: str, french: str) -> None:
    value = {"amount": 940000, "currency": currency}
    with translation.override("en"):
        assert display.money(value) == english
    with translation.override("fr"):
        assert display.money(value) == french


def test_cents_are_told_only_where_there_are_some() -> None:
    with translation.override("en"):
        assert display.money({"amount": 100000, "currency": "EUR"}) == "€1,000"
        assert display.money({"amount": -100050, "currency": "GBP"}) == "-£1,000.50"
        assert display.money({"amount": 1500, "currency": "KWD"}) == "KWD\xa01.500"


def test_numbers_and_shares() -> None:
    with translation.override("en"):
        assert (display.number(1204), display.percent(50)) == ("1,204", "50%")
    with translation.override("fr"):
        assert (display.number(1204), display.percent(50)) == ("1\u202f204", "50\xa0%")


def test_an_instant_is_told_in_the_readers_time_zone() -> None:
    instant = datetime(2025, 11, 24, 23, 20, tzinfo=UTC)
    with translation.override("en"), timezone.override("Europe/Paris"):
        assert display.instant(instant) == display.instant(instant.isoformat()) == "25 Nov 2025, 00:20"
        assert display.day(instant) == display.day(instant.isoformat()) == "25 Nov 2025"
        assert display.time(instant) == "00:20"
        assert display.day(date(2025, 11, 24)) == display.day("2025-11-24") == "24 Nov 2025"
