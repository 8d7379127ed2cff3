"""How pages alone put things: sums in whole units, what stands in an input, and times by how near they are.

How values look everywhere is said in ``relance.records.display``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_skeleton, format_timedelta
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import gettext

from relance.lib import clock
from relance.lib.money import Money, exponent, from_major, to_major
from relance.records.display import day, locale, money, time, to_date, to_instant


def round_money(value: Money) -> str:
    """An amount in whole units, as sums are told."""
    return money(from_major(Decimal(round(to_major(value))), value["currency"]))


def amount(value: Money) -> str:
    """An amount without its currency, as it stands in an input: "12,500.50"."""
    units = to_major(value)
    digits = 0 if units == units.to_integral_value() else exponent(value["currency"])
    return format_decimal(units, format="#,##0" + ("." + "0" * digits if digits else ""), locale=locale())


def today() -> date:
    """The reader's date."""
    return timezone.localtime(clock.now()).date()


def short_day(value: date | datetime | str) -> str:
    """A date as near dates are said: "Tue 25", "2 Dec", "14 Mar 2027"."""
    when = to_date(value)
    distance = (when - today()).days
    if 0 <= distance < 7:
        return format_skeleton("EEEd", when, locale=locale()).replace(",", "")
    if when.year == today().year or abs(distance) < 60:
        return format_skeleton("MMMd", when, locale=locale())
    return day(when)


def long_day(value: date) -> str:
    """A date with its weekday: "Monday 2 March 2026"."""
    return format_date(value, "full", locale=locale())


def moment(value: datetime | str) -> str:
    """When something happened, as a colleague would say it: "14:20", "yesterday 9:05", "18 Nov, 14:20"."""
    distance = (today() - to_date(value)).days
    if distance == 0:
        return time(value)
    if distance == 1:
        return gettext("yesterday %(time)s") % {"time": time(value)}
    return gettext("%(date)s, %(time)s") % {"date": short_day(value), "time": time(value)}


def duration(minutes: int) -> str:
    """A stretch of time: "45 min", "3 h", "3 h 20"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min") % {"minutes": rest}
    values = {"hours": format_decimal(hours, locale=locale()), "minutes": f"{rest:02}"}
    return (gettext("%(hours)s h %(minutes)s") if rest else gettext("%(hours)s h")) % values


def ago(value: datetime | str) -> str:
    """How long ago: "4 min ago"; in the future "in 2 hr"."""
    delta = to_instant(value) - clock.now()
    if abs(delta) < timedelta(seconds=45):
        return gettext("just now")
    return format_timedelta(delta, add_direction=True, format="short", locale=locale())


def day_in_words(value: date | str) -> str:
    """A day in words when it is near, else its date: "yesterday", "2 days ago", "today", "Tue 25"."""
    when = to_date(value)
    distance = (when - today()).days
    if distance == 0:
        return gettext("today")
    if distance == -1:
        return gettext("yesterday")
    if -14 < distance < 0:
        return format_timedelta(
            timedelta(days=distance), granularity="day", threshold=99, add_direction=True, locale=locale()
        )
    return short_day(when)
