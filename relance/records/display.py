"""Values as people read them, in the active language: money, dates, and the names of what ids stand for.

British conventions stand for English; our dates say the month in letters and leave no doubt either way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext

from relance.lib.kinds import Kind
from relance.lib.money import exponent, to_major
from relance.lib.shapes import participant
from relance.records.configuration import Configuration
from relance.records.fields import Field

#: What a record of this type and id is called; none when it is gone or the reader may not see it.
RecordNames = Callable[[str, int], str | None]

_LOCALES = {"en": "en_GB", "fr": "fr_FR"}
#: Signs that nobody here takes for another currency, so that "£GB" or "JP¥" would only puzzle. Dollars keep their
#: country: there are many.
_PLAIN_SIGNS = {"GBP": "£", "JPY": "¥"}


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language.partition("-")[0], "en_GB"))


def locale() -> Locale:
    """The conventions of the active language."""
    return _locale(get_language() or "en")


def number(value: int | Decimal) -> str:
    """1204 as "1,204" or "1 204"."""
    return format_decimal(value, locale=locale())


def percent(value: int) -> str:
    """50 as "50%" or "50 %"."""
    return format_percent(Decimal(value) / 100, locale=locale())


def money(value: Any) -> str:
    """{"amount": 100000, "currency": "EUR"} as "€1,000" or "1 000 €"; cents only where there are some."""
    units = to_major(value)
    currency = value["currency"]
    pattern = locale().currency_formats["standard"].pattern
    bare = bool(exponent(currency)) and units == units.to_integral_value()
    if bare:
        pattern = pattern.replace(".00", "")
    text = format_currency(units, currency, format=pattern, locale=locale(), currency_digits=not bare)
    sign = currency_sign(currency)
    # Letters are kept apart from the figures, as the CLDR wants it ("CHF 1,000") and Babel does not do it.
    apart = "\xa0" if sign[-1].isalpha() and "¤#" in pattern else ""
    return text.replace(get_currency_symbol(currency, locale=locale()), sign + apart)


def currency_sign(currency: str) -> str:
    """How a currency is written beside an amount: "€", "£", "US$" or "$US", "CHF"."""
    return _PLAIN_SIGNS.get(currency) or get_currency_symbol(currency, locale=locale())


def to_date(value: date | datetime | str) -> date:
    """A date out of a date, an instant (in the reader's time zone) or their plain text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if value.tzinfo else value.date()
    return value


def to_instant(value: datetime | str) -> datetime:
    """An aware instant in the reader's time zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return timezone.localtime(value if value.tzinfo else value.replace(tzinfo=UTC))


def day(value: date | datetime | str) -> str:
    """A date: "24 Nov 2025"."""
    return format_date(to_date(value), "medium", locale=locale())


def time(value: datetime | str) -> str:
    """The time of day of an instant, in the reader's time zone: "14:20"."""
    return format_time(to_instant(value).time(), "short", locale=locale())


def instant(value: datetime | str) -> str:
    """A date and time in the reader's time zone: "24 Nov 2025, 14:20"."""
    return moment(to_instant(value))


def moment(local: datetime) -> str:
    """A date and time that is in the right zone already."""
    return gettext("%(date)s, %(time)s") % {
        "date": format_date(local.date(), "medium", locale=locale()),
        "time": format_time(local.time(), "short", locale=locale()),
    }


def truth(value: bool) -> str:
    """ "yes" or "no"."""
    return pgettext("value", "yes") if value else pgettext("value", "no")


def choice(field: Field, value: str) -> str:
    """The name of a choice; the value itself when it is not offered any more."""
    return next((str(choice.label) for choice in field.choices if choice.value == value), value)


def display(field: Field, value: Any, configuration: Configuration, names: RecordNames) -> str:
    """A plain value as people read it; "" when it is empty. Not escaped.

    Args:
        field: what the value belongs to.
        configuration: knows users, stages, pipelines and labels.
        names: knows records.
    """
    if value is None or value == "" or value == []:
        return ""
    match field.kind:
        case Kind.NUMBER:
            return percent(value) if field.key == "probability" else number(value)
        case Kind.MONEY:
            return money(value)
        case Kind.DATE:
            return day(value)
        case Kind.DATETIME:
            # A condition may compare an instant with a date.
            return day(value) if len(value) == 10 else instant(value)
        case Kind.BOOL:
            return truth(value)
        case Kind.CHOICE:
            return choice(field, str(value))
        case Kind.USER | Kind.STAGE | Kind.PIPELINE:
            return name_of(field.kind.value, value, configuration) or gettext("(deleted)")
        case Kind.LINK:
            return names(str(field.target), value) or gettext("(deleted or not visible)")
        case Kind.MULTI_CHOICE:
            labels = value if isinstance(value, list) else [value]
            return ", ".join(
                name_of("label", label, configuration) or gettext("(deleted)") for label in labels
            )
        case Kind.EMAILS | Kind.PHONES:
            return ", ".join(entry["value"] for entry in value)
        case Kind.PARTICIPANTS:
            return ", ".join(_participant(entry, configuration, names) for entry in value)
    return str(value)


def _participant(entry: str, configuration: Configuration, names: RecordNames) -> str:
    kind, id = participant(entry)
    name = name_of(kind, id, configuration) if kind == "user" else names(kind, id)
    return name or gettext("(deleted or not visible)")


def name_of(what: str, id: int, configuration: Configuration) -> str | None:
    """The name of a "user", "team", "stage", "pipeline" or "label"; none when there is none."""
    match what:
        case "user":
            actor = configuration.directory.actors.get(id)
            return actor.name if actor else None
        case "team":
            return configuration.directory.teams.get(id)
        case "stage":
            stage = configuration.stages.get(id)
            return stage.name if stage else None
        case "pipeline":
            return configuration.pipelines.get(id)
        case "label":
            label = configuration.labels.get(id)
            return label[0] if label else None
    raise ValueError(what)
