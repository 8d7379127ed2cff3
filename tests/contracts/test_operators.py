"""Every operator answers alike in Python and in SQL.

The same file runs on SQLite and on PostgreSQL, so that Python = SQLite = PostgreSQL: the records that a filter
finds are those for which an automation's condition, asked about each of them, is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.accounts import people
from relance.accounts.models import Company
from relance.accounts.people import Actor
from relance.automation.core.blocks import MAX_GROUPS, MAX_ROWS, Group
from relance.automation.core.conditions import compile_groups
from relance.automation.core.operators import CHANGE_OPERATOR_IDS, OPERATORS
from relance.automation.core.operators import find as find_in_core
from relance.automation.core.scope import Scope
from relance.automation.engine.world import BatchWorld
from relance.lib import clock
from relance.lib.kinds import Kind
from relance.lib.text import fold
from relance.records import configuration, fields, filters
from relance.records.fields import RECORD_TYPES, fields_of, parents_of, resolve
from relance.records.filters import operators as in_sql
from relance.records.filters import reading
from relance.records.snapshot import Snapshot, load, model_of
from relance.records.unit_of_work import UnitOfWork
from tests.contracts.corpus import SETTINGS, TEXTS, Corpus, Setting, build
from tests.contracts.operands import TEXT_OPERANDS
from tests.contracts.operands import operands as operands_of
from tests.settings import RUN

# Also what makes pytest-django prepare a database for the corpus.
pytestmark = pytest.mark.django_db

Groups = Sequence[Mapping[str, Any]]

STATES = [
    (kind, id) for kind in Kind for id, operator in OPERATORS[kind].items() if not operator.needs_change
]
_DATED = frozenset({Kind.DATE, Kind.DATETIME})


def paths_of(record_type: str) -> list[str]:
    """All paths a condition may ask about: own fields, and those one link away or two."""
    ways = [("", record_type)]
    for way, at in ways:
        if way.count(".") < fields.MAX_LINKS:
            ways += [(f"{way}{link}.", target) for link, target in parents_of(at).items()]
    return [f"{way}{key}" for way, at in ways for key in fields_of(at)]


#: Every field of every type, own or one link away or two: (record type, path, kind).
PATHS = [(each, path, resolve(each, path).kind) for each in RECORD_TYPES for path in paths_of(each)]


@pytest.fixture(scope="module")
def corpus(django_db_setup: None, django_db_blocker: Any) -> Iterator[Corpus]:
    """Built once; nothing of it is left behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert RUN[:16] in str(connection.settings_dict["NAME"]), "not a database for tests"
        _forget()
        try:
            yield build()
        finally:
            clock.set_clock(None)
            transaction.set_rollback(True)
            _forget()


def _forget() -> None:
    people.forget()
    configuration.forget()


@contextmanager
def during(setting: Setting) -> Iterator[Oracle]:
    """Ask at another time, in another zone."""
    with transaction.atomic():
        company = Company.get()
        company.timezone = setting.zone
        company.save()
        yield Oracle(setting)
        transaction.set_rollback(True)
    _forget()


class Oracle:
    """Asks each record in Python, as the engine would, and all of them in SQL."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.world = BatchWorld(UnitOfWork())
        self.records: dict[str, list[Snapshot]] = {}

    def records_of(self, record_type: str) -> list[Snapshot]:
        if record_type not in self.records:
            for target in {*parents_of(record_type).values(), "person", "organization"}:
                ids = model_of(target).everything.values_list("pk", flat=True)  # type: ignore[attr-defined]
                self.world._uow.preload(target, list(ids))
            ids = list(model_of(record_type).objects.values_list("pk", flat=True))  # type: ignore[attr-defined]
            self.records[record_type] = list(load(record_type, ids).values())
        return self.records[record_type]

    def in_python(self, record_type: str, groups: Groups, actor: Actor) -> set[int]:
        compiled = compile_groups([Group.model_validate(group) for group in groups], record_type, fields)
        self.world.owner = actor
        found = set()
        for record in self.records_of(record_type):
            assert actor.user_id is not None
            scope = Scope(
                record_type=record_type,
                record=record,
                world=self.world,
                owner_id=actor.user_id,
                now=self.setting.now,
                today=self.setting.today,
                zone=self.setting.zone,
            )
            if compiled.truth(scope) is True:
                found.add(record["id"])
        return found

    def in_sql(self, record_type: str, groups: Groups, actor: Actor) -> set[int]:
        met = filters.matching(record_type, groups, actor=actor, now=self.setting.now)
        return set(model_of(record_type).objects.filter(met).values_list("pk", flat=True))  # type: ignore[attr-defined]

    def agrees(self, record_type: str, groups: Groups, actor: Actor) -> int:
        """Check that both find the same records; how many they are."""
        python, sql = self.in_python(record_type, groups, actor), self.in_sql(record_type, groups, actor)
        if python != sql:
            names = {record["id"]: record for record in self.records_of(record_type)}
            said = "\n".join(
                f"  {'Python' if each in python else 'SQL'} alone finds {names[each]}"
                for each in sorted(python ^ sql)[:5]
            )
            pytest.fail(f"{record_type} {groups} in {self.setting.zone}, asked by {actor.name}:\n{said}")
        return len(python)


def rows(*given: Mapping[str, Any]) -> Groups:
    return [{"rows": list(given)}]


def row(path: str, op: str, operand: Any) -> dict[str, Any]:
    return {"field": path, "op": op} if operand is None else {"field": path, "op": op, "value": operand}


# Records that stand for their kind in the thorough test. An own field, and one of a parent where there is one.
THOROUGH: dict[Kind, tuple[tuple[str, str], ...]] = {
    Kind.TEXT: (
        ("organization", "name"),
        ("person", "job_title"),
        ("activity", "organization.city"),
        ("activity", "person.job_title"),
    ),
    Kind.LONG_TEXT: (("activity", "note"),),
    Kind.CHOICE: (
        ("organization", "rating"),
        ("deal", "source"),
        ("activity", "organization.rating"),
        ("deal", "person.source"),
    ),
    Kind.NUMBER: (
        ("organization", "employees"),
        ("deal", "probability"),
        ("activity", "organization.employees"),
    ),
    Kind.MONEY: (("lead", "value"), ("activity", "lead.value")),
    Kind.DATE: (("deal", "expected_close"), ("activity", "deal.expected_close")),
    Kind.DATETIME: (("deal", "created_at"), ("deal", "won_at"), ("activity", "deal.lost_at")),
    Kind.BOOL: (("activity", "done"), ("lead", "archived"), ("activity", "lead.archived")),
    Kind.USER: (("deal", "owner"), ("deal", "creator"), ("activity", "deal.owner"), ("deal", "person.owner")),
    Kind.LINK: (
        ("deal", "person"),
        ("lead", "organization"),
        ("activity", "deal.organization"),
        ("activity", "person.organization"),
    ),
    Kind.STAGE: (("deal", "stage"), ("activity", "deal.stage")),
    Kind.PIPELINE: (("deal", "pipeline"), ("activity", "deal.pipeline")),
    Kind.MULTI_CHOICE: (("deal", "labels"), ("person", "organization.labels"), ("activity", "lead.labels")),
    Kind.PARTICIPANTS: (("activity", "participants"),),
    Kind.EMAILS: (("person", "emails"), ("activity", "person.emails"), ("deal", "person.emails")),
    Kind.PHONES: (
        ("person", "phones"),
        ("organization", "phones"),
        ("activity", "person.phones"),
        ("lead", "organization.phones"),
    ),
}


@pytest.mark.parametrize(("kind", "op"), STATES)
def test_python_and_sql_find_the_same(corpus: Corpus, kind: Kind, op: str) -> None:
    """Thoroughly: many operands, for those who see everything and for those who do not, in several zones.

    And usefully: with some operand it is true of some records and not of others (but of nobody without an event).
    """
    telling = False
    for setting in SETTINGS.values() if kind in _DATED else (SETTINGS["Paris"],):
        with during(setting) as oracle:
            for record_type, path in THOROUGH[kind]:
                everything = len(oracle.records_of(record_type))
                operands = operands_of(corpus, kind, op, resolve(record_type, path).target)
                if "." in path and len(operands) > 12:
                    operands = operands[::3]  # the operator itself is tried on own fields
                for operand, name in zip(
                    operands * 2 if len(operands) < 3 else operands, cycle(("ana", "claire"))
                ):
                    found = oracle.agrees(record_type, rows(row(path, op, operand)), corpus.actor(name))
                    telling = telling or 0 < found < everything
    assert telling or op == "triggering_user"


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_every_field_can_be_asked_with_every_operator(corpus: Corpus, record_type: str) -> None:
    """Broadly: all fields with one operand each; those one link away with a third of the operators, in turn."""
    with during(SETTINGS["Paris"]) as oracle:
        for number, path in enumerate(paths_of(record_type)):
            field = resolve(record_type, path)
            fitting = [op for kind, op in STATES if kind is field.kind]
            for op in fitting[number % 3 :: 3] if "." in path else fitting:
                operand = operands_of(corpus, field.kind, op, field.target)[0]
                oracle.agrees(record_type, rows(row(path, op, operand)), corpus.actor("ana"))


@pytest.mark.parametrize("name", ["ana", "ben", "claire"])
def test_fields_two_links_away_can_be_asked(corpus: Corpus, name: str) -> None:
    """Whether the first link, the second or neither leads into the bin, to nothing, or to what may not be seen."""
    paths = (
        "deal.organization.rating",
        "deal.organization.name",
        "person.organization.employees",
        "deal.person.emails",
    )
    with during(SETTINGS["Paris"]) as oracle:
        found = 0
        for path in paths:
            field = resolve("activity", path)
            for op in (op for kind, op in STATES if kind is field.kind):
                for operand in operands_of(corpus, field.kind, op, field.target)[:4]:
                    found += oracle.agrees("activity", rows(row(path, op, operand)), corpus.actor(name))
        assert found > 100, "nothing was asked"


def test_each_operator_of_the_core_is_asked(corpus: Corpus) -> None:
    """A new operator, or a new kind, needs a filter and cases in the corpus before it can be used."""
    for kind, op in STATES:
        assert operands_of(corpus, kind, op, "deal"), f"no operands to try {op} of {kind.value} with"
        assert THOROUGH[kind], f"no field to try {kind.value} on"
    for kind in Kind:
        mine = {id: (each.shape, each.when_empty) for id, each in in_sql.OPERATORS[kind].items()}
        core = {
            id: (each.shape, each.when_empty) for id, each in OPERATORS[kind].items() if not each.needs_change
        }
        assert mine == core
        for alias in ("exists", "missing"):
            other, here = find_in_core(kind, alias), in_sql.find(kind, alias)
            assert (other and other.id) == (
                here and next(id for id, each in in_sql.OPERATORS[kind].items() if each is here)
            )
    assert in_sql.CHANGE_OPERATORS == CHANGE_OPERATOR_IDS
    assert (reading.MAX_GROUPS, reading.MAX_ROWS) == (MAX_GROUPS, MAX_ROWS)
    own = {kind for _, path, kind in PATHS if "." not in path}
    away = {kind for _, path, kind in PATHS if "." in path}
    for kind in Kind:
        tried = {"." in path for _, path in THOROUGH[kind]}
        assert tried == {far for far, there in ((False, own), (True, away)) if kind in there}


def test_other_names_of_operators(corpus: Corpus) -> None:
    with during(SETTINGS["Paris"]) as oracle:
        actor = corpus.actor("ana")
        assert oracle.agrees("deal", rows(row("person", "exists", None)), actor) > 0
        assert oracle.agrees("activity", rows(row("person", "missing", None)), actor) > 0


def test_no_groups_are_no_condition(corpus: Corpus) -> None:
    with during(SETTINGS["Paris"]) as oracle:
        everything = len(oracle.records_of("deal"))
        assert oracle.agrees("deal", [], corpus.actor("ana")) == everything
        either = [*rows(row("title", "filled", None)), *rows(row("title", "is", "nothing like it"))]
        assert oracle.agrees("deal", either, corpus.actor("ana")) == everything


def any_row(corpus: Corpus, record_type: str) -> st.SearchStrategy[dict[str, Any]]:
    """A row about any field with any operator and operand."""
    fitting = [
        (path, op, operands_of(corpus, kind, op, resolve(record_type, path).target))
        for each, path, kind in PATHS
        if each == record_type
        for known, op in STATES
        if known is kind
    ]
    return st.sampled_from(fitting).flatmap(
        lambda case: st.sampled_from(case[2]).map(lambda operand: row(case[0], case[1], operand))
    )


@pytest.mark.parametrize("record_type", ["deal", "activity", "person"])
def test_any_groups_find_the_same(corpus: Corpus, record_type: str) -> None:
    """AND inside groups, OR between them, whatever is asked."""
    group = st.lists(any_row(corpus, record_type), min_size=1, max_size=4).map(lambda some: {"rows": some})
    with during(SETTINGS["Paris"]) as oracle:

        @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(groups=st.lists(group, min_size=1, max_size=3), name=st.sampled_from(sorted(corpus.users)))
        def agree(groups: Groups, name: str) -> None:
            oracle.agrees(record_type, groups, corpus.actor(name))

        agree()


@pytest.mark.parametrize(
    ("record_type", "path"),
    [("organization", "name"), ("organization", "city"), ("person", "phones"), ("deal", "organization.name")],
)
@pytest.mark.parametrize("descending", [False, True])
def test_texts_sort_alike(corpus: Corpus, record_type: str, path: str, descending: bool) -> None:
    """By the numbers of the characters of the folded text; empty ones last, both ways."""
    link, _, key = path.rpartition(".")
    model = model_of(record_type)
    order = filters.order_by_text(record_type, path, descending=descending)
    in_order = list(model.objects.order_by(order, "id").values_list("pk", flat=True))  # type: ignore[attr-defined]

    def text(record: Snapshot) -> str | None:
        holder = (
            load(resolve(record_type, path).parents[-1][1], [record[link]]).get(record[link])
            if link
            else record
        )
        value = holder[key] if holder else None
        if isinstance(value, list):
            return "\n".join(fold(entry["value"]) for entry in value) or None
        return None if value is None else fold(value)

    texts = {each: text(record) for each, record in load(record_type, in_order).items()}
    filled = sorted(each for each in in_order if texts[each] is not None)
    empty = sorted(each for each in in_order if texts[each] is None)
    # A stable sort keeps those with the same text in the order of their ids, also when reversed.
    assert in_order == sorted(filled, key=lambda each: texts[each] or "", reverse=descending) + empty


def test_only_texts_can_be_sorted_by_their_text() -> None:
    for path in ("value", "no_such_field", "organization.employees", "organization__name"):
        with pytest.raises(fields.UnknownField):
            filters.order_by_text("deal", path)


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_what_is_stored_is_what_is_folded(corpus: Corpus, record_type: str) -> None:
    """The keys that the database compares are those that Python would make now."""
    model = model_of(record_type)
    stored = dict(model.everything.values_list("pk", "folded"))  # type: ignore[attr-defined]
    for record in load(record_type, list(stored)).values():
        for key, field in fields_of(record_type).items():
            if field.kind in (Kind.TEXT, Kind.LONG_TEXT):
                assert stored[record["id"]].get(key) == (None if record[key] is None else fold(record[key]))


def test_the_search_box_finds_by_the_same_keys(corpus: Corpus) -> None:
    """Each word typed is found wherever Python finds it: the search column folds as conditions do."""
    model = model_of("organization")
    records = load("organization", list(model.objects.values_list("pk", flat=True))).values()  # type: ignore[attr-defined]
    for typed in (*TEXTS, *TEXT_OPERANDS):
        for word in fold(typed).split()[:8]:
            if len(word) > 200:
                continue
            in_sql = set(model.objects.filter(search__contains=word).values_list("pk", flat=True))  # type: ignore[attr-defined]
            in_python = {
                record["id"]
                for record in records
                if any(word in fold(text) for text in (record["name"], record["city"] or ""))
                or any(word in fold(entry["value"]) for entry in record["phones"])
            }
            assert in_sql == in_python, word
