"""The rule "records are written by the UnitOfWork" finds what goes around it, and nothing else."""

from __future__ import annotations

import pytest

from tools.house_rules import record_writes

BROKEN = [
    "Deal.objects.filter(id=1).update(title='x')",
    "Deal.everything.all()[0].delete()",
    "Person.objects.bulk_create([])",
    "def f():\n    deal = Deal.objects.get(id=1)\n    deal.title = 'x'\n    deal.save()",
    "for deal in Deal.objects.all():\n    deal.delete()",
    "def f(lead: Lead):\n    lead.save()",
    "async def f():\n    await Note.objects.acreate(body='x')",
    "cursor.execute('UPDATE records_deal SET title = 1')",
    "cursor.execute('delete from \"records_person\" where id = 1')",
]
FINE = [
    "change.update('deal', 1, {'title': 'x'})",
    "Deal.objects.filter(id=1).exists()",
    "User.objects.create(name='x')",
    "def f():\n    deal = Deal.objects.get(id=1)\ndef g(deal):\n    deal.save()",
    "cursor.execute('SELECT title FROM records_deal')",
    "settings.update(Deal=1)",
]


@pytest.mark.parametrize("source", BROKEN)
def test_a_write_around_the_unit_of_work_is_found(source):
    assert len(list(record_writes(source, "x.py"))) == 1


@pytest.mark.parametrize("source", FINE)
def test_nothing_else_is_found(source):
    assert list(record_writes(source, "x.py")) == []
