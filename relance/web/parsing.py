"""From what people type to plain values, in the conventions of their language."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from relance.lib.money import exponent, from_major, is_currency
from relance.records.display import currency_sign, locale

_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,6})?\Z", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+\Z|-?\d{1,3}(\.\d{3})+\Z", re.ASCII)
_SPACES = re.compile(r"[\s'’_\u00a0\u202f\u2009]")


class Unreadable(ValueError):
    """Text that is not what the input asks for; the message is for the person who typed it."""


def key(typed: str) -> int | None:
    """A primary key out of an address or a form; ``None`` when it is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 and int(typed) else None


def printable(text: str) -> str:
    """Without what no stored text contains; PostgreSQL refuses a NUL even in a question."""
    return "".join(character for character in text if character.isprintable())


def decimal(typed: str) -> Decimal:
    """A number as typed: "1,000.50", "1 000,50", "1000.5".

    A single separator that could be either follows the language, unless the digits after it decide.

    Raises:
        Unreadable: it is no number.
    """
    text = _SPACES.sub("", typed).replace("−", "-").rstrip("%")
    marks = [character for character in text if character in ",."]
    point = ""
    if len(set(marks)) == 2:
        point = marks[-1]
    elif len(marks) == 1:
        mine = locale().number_symbols["latn"]["decimal"] if "latn" in locale().number_symbols else "."
        groups_of_three = re.fullmatch(r"-?\d{1,3}[.,]\d{3}", text) is not None
        point = marks[0] if marks[0] == mine or not groups_of_three else ""
    head, tail = text.rpartition(point)[::2] if point else (text, "")
    grouped = any(character in ",." for character in head)
    bare = f"{re.sub('[.,]', '', head)}.{tail}" if point else re.sub("[.,]", "", head)
    if not _NUMBER.match(bare) or (point and point in head) or (grouped and not _GROUPED.match(head)):
        raise Unreadable(_("This is not a number."))
    return Decimal(bare)


def number(typed: str) -> int:
    """A whole number as typed.

    Raises:
        Unreadable: it is none.
    """
    value = decimal(typed)
    if value != value.to_integral_value():
        raise Unreadable(_("This must be a whole number."))
    return int(value)


def money(typed: str, currency: str) -> dict[str, object]:
    """An amount as typed, in a currency; its sign or code may stand beside it.

    Raises:
        Unreadable: it is no amount, or finer than the currency allows.
    """
    if not is_currency(currency):
        raise Unreadable(_("Please choose a currency."))
    bare = re.sub(rf"{re.escape(currency_sign(currency))}|{currency}|[€£$¥]", "", typed)
    try:
        units = decimal(bare)
    except Unreadable:
        raise Unreadable(_("This is not an amount.")) from None
    if units.scaleb(exponent(currency)) % 1:
        raise Unreadable(_("This has more decimals than the currency allows."))
    return dict(from_major(units, currency))


def instant(typed: str) -> str:
    """A date and time as the browser sends them ("2025-11-24T14:20"), in the reader's time zone, as a plain moment.

    Raises:
        Unreadable: it is none.
    """
    try:
        moment = datetime.fromisoformat(typed)
        if moment.tzinfo is None:
            moment = timezone.make_aware(moment)
        return moment.astimezone(timezone.get_fixed_timezone(0)).isoformat()
    except (ValueError, OverflowError):
        raise Unreadable(_("This is not a date and time.")) from None
