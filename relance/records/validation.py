"""Whether a value may stand in a field: the same answer for forms, the API, imports and automations."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from babel.numbers import list_currencies
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relance.lib.kinds import Kind
from relance.lib.shapes import participant
from relance.lib.text import TextError, clean
from relance.records.configuration import Configuration
from relance.records.fields import Field

#: Whether the actor sees a record of this type and id that is not in the bin.
Sees = Callable[[str, int], bool]

CONTACT_KINDS = ("work", "home", "mobile", "other")
YEARS = range(1900, 2201)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")
_URL = re.compile(r"https?://[^\s/]+\.[^\s]+\Z", re.IGNORECASE)
_PHONE = re.compile(r"[0-9+()./\- x]{3,40}\Z")
_CURRENCIES = frozenset(list_currencies())


class Refused(ValueError):
    """A value that may not stand in a field; the message is for the person who typed it."""


def check(field: Field, value: Any, configuration: Configuration, sees: Sees) -> Any:
    """Return ``value`` in its plain shape.

    Raises:
        Refused: it may not stand in this field.
    """
    if value is None or value == "" or value == []:
        if field.required:
            raise Refused(_("Please fill this in."))
        return field.empty
    return _CHECKS[field.kind](field, value, configuration, sees)


def _text(field: Field, value: Any, configuration: Configuration, sees: Sees) -> str | None:
    if not isinstance(value, str):
        raise Refused(_("This must be a text."))
    try:
        text = clean(value, max_length=field.max_length, multiline=field.kind is Kind.LONG_TEXT).strip()
    except TextError as error:
        if error.code == "too_long":
            raise Refused(_("At most %(count)d characters, please.") % {"count": field.max_length}) from None
        raise Refused(
            _("This text contains characters that cannot be stored, such as control characters.")
        ) from None
    if not text:
        return check(field, None, configuration, sees)  # type: ignore[no-any-return]
    if field.format == "time" and not _TIME.match(text):
        raise Refused(_("Please write the time as 14:30."))
    if field.format == "url" and not _URL.match(text):
        raise Refused(_("Please write the whole address, starting with https://."))
    return text


def whole(value: Any) -> int:
    """Return a whole number.

    Raises:
        Refused: it is none (True and 1.5 are none either).
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(_("This must be a whole number."))
    return value


def _number(field: Field, value: Any, configuration: Configuration, sees: Sees) -> int:
    number = whole(value)
    if not field.minimum <= number <= field.maximum:
        raise Refused(
            _("This must be between %(minimum)s and %(maximum)s.")
            % {"minimum": field.minimum, "maximum": field.maximum}
        )
    return number


def _money(field: Field, value: Any, configuration: Configuration, sees: Sees) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != {"amount", "currency"}:
        raise Refused(_("This must be an amount with its currency."))
    if not isinstance(value["currency"], str) or value["currency"] not in _CURRENCIES:
        raise Refused(_("There is no currency “%(code)s”.") % {"code": str(value["currency"])[:10]})
    amount = whole(value["amount"])
    if abs(amount) > field.maximum:
        raise Refused(_("This amount is too large."))
    return {"amount": amount, "currency": value["currency"]}


def _date(field: Field, value: Any, configuration: Configuration, sees: Sees) -> str:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise Refused(_("This is not a date."))
    if day.year not in YEARS:
        raise Refused(_("Dates must lie between 1900 and 2200."))
    return day.isoformat()


def _moment(field: Field, value: Any, configuration: Configuration, sees: Sees) -> str:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(_("This is not a point in time."))
    if moment.year not in YEARS or not 1900 < moment.year < 2200:
        raise Refused(_("Dates must lie between 1900 and 2200."))
    return moment.astimezone(UTC).isoformat()


def _bool(field: Field, value: Any, configuration: Configuration, sees: Sees) -> bool:
    if not isinstance(value, bool):
        raise Refused(_("This must be yes or no."))
    return value


def _choice(field: Field, value: Any, configuration: Configuration, sees: Sees) -> str:
    if not isinstance(value, str) or all(choice.value != value for choice in field.choices):
        raise Refused(_("Please choose one of the values offered."))
    return value


def _among(known: Callable[[Configuration], Any]) -> Callable[[Field, Any, Configuration, Sees], int]:
    def look_up(field: Field, value: Any, configuration: Configuration, sees: Sees) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value not in known(configuration):
            raise Refused(_("Please choose one of the values offered."))
        return value

    return look_up


def _user(field: Field, value: Any, configuration: Configuration, sees: Sees) -> int:
    person = (
        configuration.directory.actors.get(value)
        if isinstance(value, int) and not isinstance(value, bool)
        else None
    )
    if person is None:
        raise Refused(_("There is no such colleague."))
    return int(value)


def _link(field: Field, value: Any, configuration: Configuration, sees: Sees) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise Refused(_("Please choose one of the records offered."))
    if not sees(str(field.target), value):
        raise Refused(_("This record does not exist (any more), or you may not see it."))
    return value


def _labels(field: Field, value: Any, configuration: Configuration, sees: Sees) -> list[int]:
    if not isinstance(value, list) or len(value) > field.max_length:
        raise Refused(_("This must be a list of labels."))
    for label in value:
        if isinstance(label, bool) or not isinstance(label, int) or label not in configuration.labels:
            raise Refused(_("There is no such label."))
    return sorted(set(value))


def _contacts(field: Field, value: Any, configuration: Configuration, sees: Sees) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise Refused(_("This must be a list."))
    if len(value) > field.max_length:
        raise Refused(
            ngettext(
                "At most %(count)d entry, please.", "At most %(count)d entries, please.", field.max_length
            )
            % {"count": field.max_length}
        )
    entries: list[dict[str, Any]] = []
    for entry in value:
        if (
            not isinstance(entry, dict)
            or not set(entry) <= {"value", "kind", "primary"}
            or "value" not in entry
        ):
            raise Refused(_("Each entry needs a value, and may have a kind and be the primary one."))
        text = _contact_value(field, entry["value"])
        kind = entry.get("kind", "work")
        if kind not in CONTACT_KINDS:
            raise Refused(_("Please choose one of the values offered."))
        if all(known["value"] != text for known in entries):
            entries.append({"value": text, "kind": kind, "primary": entry.get("primary") is True})
    primary = next((place for place, entry in enumerate(entries) if entry["primary"]), 0)
    for place, entry in enumerate(entries):
        entry["primary"] = place == primary
    return entries


def _contact_value(field: Field, value: Any) -> str:
    try:
        text = clean(value, max_length=254).strip() if isinstance(value, str) else ""
    except TextError:
        text = ""
    if field.kind is Kind.EMAILS:
        try:
            validate_email(text)
        except ValidationError:
            raise Refused(_("“%(text)s” is not an e-mail address.") % {"text": text[:80]}) from None
        return text
    if not _PHONE.match(text):
        raise Refused(_("“%(text)s” is not a phone number.") % {"text": text[:80]})
    return text


def _participants(field: Field, value: Any, configuration: Configuration, sees: Sees) -> list[str]:
    if not isinstance(value, list) or len(value) > field.max_length:
        raise Refused(
            _("At most %(count)d participants, please.") % {"count": field.max_length}
            if isinstance(value, list)
            else _("This must be a list of participants.")
        )
    for entry in value:
        try:
            kind, number = participant(entry) if isinstance(entry, str) else ("", 0)
        except ValueError:
            kind = ""
        if kind == "user":
            _user(field, number, configuration, sees)
        elif kind == "person":
            if not sees("person", number):
                raise Refused(_("One of these people does not exist (any more), or you may not see them."))
        else:
            raise Refused(_("Each participant must be a person or a colleague."))
    return sorted(set(value), key=participant)


_CHECKS: dict[Kind, Callable[[Field, Any, Configuration, Sees], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.DATETIME: _moment,
    Kind.BOOL: _bool,
    Kind.CHOICE: _choice,
    Kind.STAGE: _among(lambda configuration: configuration.stages),
    Kind.PIPELINE: _among(lambda configuration: configuration.pipelines),
    Kind.USER: _user,
    Kind.LINK: _link,
    Kind.MULTI_CHOICE: _labels,
    Kind.EMAILS: _contacts,
    Kind.PHONES: _contacts,
    Kind.PARTICIPANTS: _participants,
}
