"""A company and its automations, the way people make them, for tests that read as sentences.

::

    automation(on="deal.updated", when=["value > 1000"], do=[update(rating="A", of="organization")], owner=tom)

``tests.automations`` puts documents into service without asking anybody; here everything goes through ``publish``, with
its checks and rights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relance.accounts.models import Membership, Role, Team, User
from relance.accounts.people import Actor, actor_for
from relance.automation import publish
from relance.automation.models import Automation
from relance.records.models import Pipeline, Stage
from tests.automations import branch, numbered

Block = dict[str, Any]
_SHORT = {"created": "record.created", "updated": "record.updated", "deleted": "record.deleted"}
_SIGNS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=": "is", "!=": "is_not"}


def user(name: str, role: str = Role.MEMBER, *teams: Team, **fields: Any) -> User:
    """Somebody, in these teams."""
    made = User.objects.create_user(f"{name.lower()}@kestrel.example", name=name, role=role, **fields)
    for each in teams:
        Membership.objects.create(team=each, user=made)
    return made


def team(name: str, *members: User) -> Team:
    """A team of these people."""
    made = Team.objects.create(name=name)
    for member in members:
        Membership.objects.create(team=made, user=member)
    return made


def pipeline(name: str, *stages: str) -> list[Stage]:
    """A pipeline; returns its stages in order."""
    made = Pipeline.objects.create(name=name, position=Pipeline.objects.count())
    return [
        Stage.objects.create(pipeline=made, name=stage, position=place, probability=10 * place)
        for place, stage in enumerate(stages, 1)
    ]


def row(text: str, value: Any = None) -> dict[str, Any]:
    """A row of a condition: "value > 1000" in euros, "name is Ann", "rating empty", or "source is" and its value."""
    field, operator, *rest = text.split(maxsplit=2)
    if rest:
        [literal] = rest
        value = int(literal) if literal.isdigit() else literal
        if field.endswith("value"):
            value = {"amount": value * 100, "currency": "EUR"}
    return {"field": field, "op": _SIGNS.get(operator, operator)} | (
        {} if value is None else {"value": value}
    )


def condition(*groups: Sequence[dict[str, Any] | str]) -> Block:
    """A condition step of these groups of rows."""
    rows = ([row(each) if isinstance(each, str) else each for each in group] for group in groups)
    return {"kind": "condition", "groups": [{"rows": found} for found in rows]}


def path(*steps: Block, when: Sequence[dict[str, Any] | str] = (), name: str = "") -> dict[str, Any]:
    """A path of a branch, taken where all these rows hold."""
    groups = condition(when)["groups"] if when else []
    return {"name": name, "groups": groups, "steps": list(steps)}


def first_path(*paths: dict[str, Any], otherwise: Sequence[Block] = ()) -> Block:
    """A branch step that takes the first path that matches."""
    return branch("first", *paths, otherwise=otherwise)


def every_path(*paths: dict[str, Any], otherwise: Sequence[Block] = ()) -> Block:
    """A branch step that takes every path that matches."""
    return branch("all", *paths, otherwise=otherwise)


def act(type: str, **params: Any) -> Block:
    """An action step."""
    return {"kind": "action", "type": type, "params": params}


def update(of: str = "record", **values: Any) -> Block:
    """An action step that sets fields to fixed values."""
    return act(
        "record.update",
        target=of,
        values={key: {"from": "fixed", "value": each} for key, each in values.items()},
    )


def document(
    on: str,
    when: Sequence[dict[str, Any] | str] = (),
    do: Sequence[Block] = (),
    scope: dict[str, Any] | None = None,
    origins: Sequence[str] = ("user",),
    **params: Any,
) -> dict[str, Any]:
    """A document.

    Args:
        on: a trigger type, or "deal.created", "person.updated" and the like.
        when: rows that must all hold.
        do: blocks.
        params: of the trigger.
    """
    record, _dot, event = on.partition(".")
    if record in {"person", "organization", "deal", "lead", "activity"} and event in _SHORT:
        on, params = _SHORT[event], {"record": record, **params}
    steps = [condition(when), *do] if when else list(do)
    return {
        "schema": 1,
        "trigger": {"type": on, "params": params},
        "origins": list(origins),
        "scope": scope or {"kind": "everyone", "ids": []},
        "steps": numbered(steps),
    }


def automation(
    on: str,
    when: Sequence[dict[str, Any] | str] = (),
    do: Sequence[Block] = (),
    *,
    owner: User | Actor,
    name: str = "Rate it",
    published: bool = True,
    **rest: Any,
) -> Automation:
    """An automation of somebody's, in service unless ``published`` is false; ``rest`` as of :func:`document`."""
    by = owner if isinstance(owner, Actor) else actor_for(owner.pk)
    made = publish.create(by, name, document=document(on, when, do, **rest))
    if published:
        publish.publish(made, by)
    return made
