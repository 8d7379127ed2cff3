"""What the documents of templates are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from relance.automation.templates.here import Here

Block = dict[str, Any]
Expression = dict[str, Any]


def document(
    here: Here,
    trigger: str,
    params: dict[str, Any],
    steps: Iterable[Block],
    scope: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A document; its steps get their ids here."""
    return {
        "schema": 1,
        "trigger": {"type": trigger, "params": params},
        "origins": ["user"],
        "scope": scope or here.scope(),
        "steps": [{"id": f"b{place}", **step} for place, step in enumerate(steps, 1)],
    }


def audience(chosen: str) -> dict[str, Any]:
    """The scope that a choice of ``Here.audiences`` stands for."""
    kind, _colon, id = chosen.partition(":")
    return {"kind": f"{kind}s", "ids": [int(id)]} if id else {"kind": kind, "ids": []}


def only_if(*rows: dict[str, Any]) -> Block:
    """A condition whose rows must all hold."""
    return {"kind": "condition", "groups": [{"rows": list(rows)}]}


def row(field: str, op: str, value: Any = None) -> dict[str, Any]:
    """One row of a condition."""
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def act(action: str, **params: Any) -> Block:
    """An action."""
    return {"kind": "action", "type": action, "params": params}


def activity(here: Here, subject: str, type: str, days: int, owner: Expression | None = None) -> Block:
    """Plan an activity so many days from the run, linked to the triggering record; its owner does it by default."""
    values = {
        "subject": text(subject),
        "type": fixed(type),
        "due_date": {"from": "today", "days": days},
        "owner": owner or same_owner(here),
    }
    return act("record.create", record="activity", link=True, values=values)


def fixed(value: Any) -> Expression:
    """Always this value."""
    return {"from": "fixed", "value": value}


def text(template: str) -> Expression:
    """A text with placeholders."""
    return {"from": "text", "template": template}


def same_owner(here: Here) -> Expression:
    """Whoever owns the triggering record; nobody does: whoever built it."""
    return {"from": "field", "path": "owner", "fallback": here.actor.user_id}
