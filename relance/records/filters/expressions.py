"""What the ORM has no words for, in the SQL of either database.

Keys and columns come from the catalogue of fields; all values travel as parameters.
"""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Func, IntegerField, TextField
from django.db.models.expressions import OrderBy
from pydantic_core import to_json

from relance.lib.kinds import Kind
from relance.records.fields import UnknownField, resolve

Sql = tuple[str, tuple[Any, ...]]


class FoldedText(Func):
    """The key by which a text field is compared: no case, no accents. NULL when the field is empty.

    Args:
        key: of the field, or another one of the ``folded`` texts.
        column: where they are; that of a parent for a sort by its text.
    """

    output_field = TextField()

    def __init__(self, key: str, column: str = "folded") -> None:
        super().__init__(F(column))
        self.key = key

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Sql:
        sql, parameters = compiler.compile(self.source_expressions[0])
        return f"JSON_EXTRACT({sql}, %s)", (*parameters, f'$."{self.key}"')

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Sql:
        sql, parameters = compiler.compile(self.source_expressions[0])
        return f"({sql} ->> %s)", (*parameters, self.key)


class SortText(FoldedText):
    """A folded text in the order of its characters' numbers, as SQLite and Python have it.

    Folded texts have neither case nor accents, so that it is close to the alphabet, and the same everywhere; the
    collation of a PostgreSQL database depends on the machine it was made on.
    """

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Sql:
        sql, parameters = super().as_postgresql(compiler, connection)
        return f'{sql} COLLATE "C"', parameters


class HasOption(Func):
    """Whether a JSON list of ids, or of participants, contains one."""

    output_field = BooleanField()

    def __init__(self, column: str, option: int | str) -> None:
        super().__init__(F(column))
        self.option = option

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Sql:
        sql, parameters = compiler.compile(self.source_expressions[0])
        entries = f"JSON_EACH({sql}) AS entry"
        found = f"EXISTS (SELECT 1 FROM {entries} WHERE entry.value = %s)"  # noqa: S608 (names a column)
        return found, (*parameters, self.option)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Sql:
        sql, parameters = compiler.compile(self.source_expressions[0])
        return f"({sql} @> %s::jsonb)", (*parameters, to_json([self.option]).decode())


class ListLength(Func):
    """The number of entries of a JSON list."""

    output_field = IntegerField()
    function = "JSON_ARRAY_LENGTH"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **context)


def order_by_text(record_type: str, path: str, *, descending: bool = False) -> OrderBy:
    """How to sort records by a text, alike on every database; empty ones come last both ways.

    Args:
        path: a text field of the record ("title") or of a record it links to ("organization.name").

    Raises:
        UnknownField: there is no such field, or it is no text.
    """
    found = resolve(record_type, path)
    if found.kind not in {Kind.TEXT, Kind.LONG_TEXT, Kind.EMAILS, Kind.PHONES}:
        raise UnknownField(f"{record_type}.{path}")
    column = "__".join([*(link for link, _record_type in found.parents), "folded"])
    return OrderBy(SortText(found.key, column), descending=descending, nulls_last=True)
