"""The one table of ``lib``: counters for primary keys on SQLite."""

from __future__ import annotations

from django.db import models


class Sequence(models.Model):
    """The next free primary key of a table on SQLite, which has no sequences of its own."""

    table = models.CharField(max_length=100, primary_key=True)
    next = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.table} {self.next}"
