"""The language of conditions, compiled to SQL: which records of a type meet a condition *now*.

The same groups of rows that an automation asks of one event, asked of all records at once: for lists, counts
("matches 37 of 1,204 now") and saved views. Both answer alike on SQLite and PostgreSQL, down to accents, empty values,
rounding and days of the local calendar; ``tests/contracts/test_operators.py`` holds them to it.

A row is true, false or unknown, and only records for which the whole condition is **true** are found. So what is found
must not be negated (``exclude``): that would count the unknown among the opposite.
"""

from relance.records.filters.compiling import matching
from relance.records.filters.expressions import order_by_text
from relance.records.filters.reading import FilterError

__all__ = ["FilterError", "matching", "order_by_text"]
