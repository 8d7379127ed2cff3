"""Records as plain dictionaries: the one shape that events, conditions, placeholders and the API share.

Values are JSON-compatible (``lib.kinds`` lists the shape of each kind). The hot path reads and writes rows through
plain cursors, so this module alone knows how each database spells a date, a moment or a list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Model
from pydantic_core import from_json, to_json

from relance.lib.kinds import Kind
from relance.lib.text import digits, fold
from relance.records.fields import Field, fields_of, title_key

Snapshot = dict[str, Any]
Codec = Callable[[Any], Any]

#: Kept by the UnitOfWork, beside the fields of the catalogue.
SYSTEM_KEYS = ("version", "deleted_at")
_MAX_SEARCH = 2000


def model_of(record_type: str) -> type[Model]:
    """The Django model of a record type."""
    return apps.get_model("records", record_type)


def table_of(record_type: str) -> str:
    """The database table of a record type."""
    return model_of(record_type)._meta.db_table


def _moment_from_sqlite(value: str | None) -> str | None:
    return None if value is None else value.replace(" ", "T") + "+00:00"


def _moment_to_sqlite(value: str | None) -> str | None:
    return None if value is None else value.replace("T", " ").removesuffix("+00:00")


def _moment_from_postgresql(value: Any) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat()


def _iso(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def _json_text(value: Any) -> str:
    return to_json(value).decode()


def _same(value: Any) -> Any:
    return value


def _truth(value: Any) -> bool:
    return bool(value)


def _uuid_to_sqlite(value: str) -> str:
    return UUID(value).hex


def _uuid_text(value: Any) -> str:
    return str(UUID(value)) if isinstance(value, str) else str(value)


def _codecs(field: Field, vendor: str) -> tuple[Codec | None, Codec | None]:
    """How to read and write a field's column where the database's own shape is not the plain one."""
    sqlite = vendor == "sqlite"
    if field.key == "public_id":
        return _uuid_text, (_uuid_to_sqlite if sqlite else None)
    match field.kind:
        case Kind.DATE:
            return (None, None) if sqlite else (_iso, None)
        case Kind.DATETIME:
            return (_moment_from_sqlite, _moment_to_sqlite) if sqlite else (_moment_from_postgresql, None)
        case Kind.MULTI_CHOICE | Kind.EMAILS | Kind.PHONES | Kind.PARTICIPANTS:
            return from_json, _json_text
        case Kind.BOOL:
            return (_truth, None) if sqlite else (None, None)
    return None, None


def as_read(column: str, vendor: str) -> str:
    """SQL for a column with dates or moments, as :attr:`Shape.moment` expects it.

    SQLite keeps them as text, nearly in the plain shape; Django would parse that into objects, which costs more than
    all else about reading a row.
    """
    return f'CAST("{column}" AS TEXT)' if vendor == "sqlite" else f'"{column}"'


class Shape:
    """How the rows of one record type become snapshots and back, on one database."""

    def __init__(self, record_type: str, vendor: str) -> None:
        self.record_type = record_type
        self.fields = fields_of(record_type)
        self.table = table_of(record_type)
        self.columns = ["id", "version", "deleted_at"]
        days = {"deleted_at"}
        moment = _codecs(self.fields["created_at"], vendor)
        #: How a point in time read from this database becomes plain, and how it is written.
        self.moment, self.moment_cell = moment[0] or _same, moment[1] or _same
        self._decode: list[tuple[int, Codec]] = [(2, self.moment)]
        self.writers: dict[str, Codec | None] = {"id": None, "version": None, "deleted_at": moment[1]}
        self._plain: list[tuple[str, int]] = []
        self._money: list[tuple[str, int]] = []
        self.columns_of: dict[str, tuple[str, ...]] = {"version": ("version",), "deleted_at": ("deleted_at",)}
        for key, field in self.fields.items():
            read, write = _codecs(field, vendor)
            place = len(self.columns)
            self.columns_of[key] = field.columns
            for column in field.columns:
                self.columns.append(column)
                self.writers[column] = write
            if field.kind in {Kind.DATE, Kind.DATETIME}:
                days.update(field.columns)
            if read:
                self._decode.append((place, read))
            (self._money if field.kind is Kind.MONEY else self._plain).append((key, place))
        self.texts = [key for key, field in self.fields.items() if field.is_text]
        self.searched = [
            key for key in self.texts if key == title_key(record_type) or key in {"emails", "phones", "city"}
        ]
        # A number is found however it is typed: with its spaces, without them, or by its last digits.
        self.searched += [digits_key(key) for key in self.searched if self.fields[key].kind is Kind.PHONES]
        self.all_columns = [*self.columns, "folded", "search"]
        #: What to select for :meth:`snapshot`.
        self.selected = ", ".join(
            as_read(name, vendor) if name in days else f'"{name}"' for name in self.columns
        )
        self.types = {
            column.column: column.rel_db_type(connection)
            if column.is_relation
            else column.db_type(connection)
            for column in model_of(record_type)._meta.concrete_fields
        }

    def snapshot(self, row: Collection[Any]) -> Snapshot:
        """Turn a row (in the order of :attr:`columns`) into a snapshot."""
        cells = list(row)
        for place, read in self._decode:
            cells[place] = read(cells[place])
        values: Snapshot = {"id": cells[0], "record_type": self.record_type}
        for key, place in self._plain:
            values[key] = cells[place]
        for key, place in self._money:
            amount = cells[place]
            values[key] = None if amount is None else {"amount": amount, "currency": cells[place + 1]}
        values["version"] = cells[1]
        values["deleted_at"] = cells[2]
        return values

    def cells(self, values: Mapping[str, Any], columns: Collection[str]) -> list[Any]:
        """Return what to write into ``columns`` for a snapshot, for this database."""
        flat = dict(values)
        for key, _place in self._money:
            money = flat[key]
            flat[f"{key}_amount"], flat[f"{key}_currency"] = (
                (money["amount"], money["currency"]) if money else (None, None)
            )
        writers = self.writers
        cells = []
        for column in columns:
            if column == "folded" or column == "search":
                folded = flat.get("\0folded")
                if folded is None:
                    folded = flat["\0folded"] = self.folded(values)
                cells.append(_json_text(folded) if column == "folded" else self._search(folded))
                continue
            value = flat[column] if column in flat else flat[column.removesuffix("_id")]
            write = writers[column]
            cells.append(write(value) if write is not None else value)
        return cells

    def folded(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The keys by which the record's texts are compared; empty texts have none.

        E-mails and phones have one a line, since they are compared one by one; phones their digits besides.
        """
        folded: dict[str, str] = {}
        for key in self.texts:
            value = values[key]
            if not value:
                continue
            if isinstance(value, str):
                folded[key] = fold(value)
                continue
            folded[key] = "\n".join(fold(entry["value"]) for entry in value)
            if self.fields[key].kind is Kind.PHONES:
                folded[digits_key(key)] = "\n".join(digits(entry["value"]) for entry in value)
        return folded

    def _search(self, folded: Mapping[str, str]) -> str:
        return " ".join(folded[key] for key in self.searched if key in folded)[:_MAX_SEARCH]

    def is_text(self, key: str) -> bool:
        """Whether a change of this field changes what the record is found by."""
        return key in self.fields and self.fields[key].is_text


def digits_key(key: str) -> str:
    """Among the folded texts, where the digits of a field of phones stand."""
    return f"{key}.digits"


@cache
def _shape(record_type: str, vendor: str) -> Shape:
    return Shape(record_type, vendor)


def shape(record_type: str) -> Shape:
    """The shape of a record type on the database in use."""
    return _shape(record_type, connection.vendor)


def blank(record_type: str) -> Snapshot:
    """A snapshot in which every field is empty."""
    values: Snapshot = {"id": None, "record_type": record_type}
    for key, field in fields_of(record_type).items():
        values[key] = field.empty
    values["version"] = 0
    values["deleted_at"] = None
    return values


def load(record_type: str, ids: Collection[int]) -> dict[int, Snapshot]:
    """Return the records with these ids as snapshots, those in the bin included; unknown ids are left out."""
    if not ids:
        return {}
    form = shape(record_type)
    found: dict[int, Snapshot] = {}
    wanted = list(ids)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'SELECT {form.selected} FROM "{form.table}" WHERE id = ANY(%s)', [wanted])  # noqa: S608 (names come from the catalogue)
            found.update((row[0], form.snapshot(row)) for row in cursor.fetchall())
        else:
            for start in range(0, len(wanted), 500):
                some = wanted[start : start + 500]
                marks = ", ".join(["%s"] * len(some))
                cursor.execute(f'SELECT {form.selected} FROM "{form.table}" WHERE id IN ({marks})', some)  # noqa: S608
                found.update((row[0], form.snapshot(row)) for row in cursor.fetchall())
    return found


def load_one(record_type: str, record_id: int) -> Snapshot | None:
    """Return one record as a snapshot, also from the bin; ``None`` when there is none."""
    return load(record_type, [record_id]).get(record_id)


def title_of(record: Mapping[str, Any]) -> str:
    """What people call this record."""
    return record[title_key(record["record_type"])] or ""
