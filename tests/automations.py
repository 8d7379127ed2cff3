"""Automations put into service without the editor, for tests, crash loops and benchmarks.

Import it only where Django is set up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relance.accounts.models import User
from relance.automation.models import Automation, Catalogue, LiveSpan, Version
from relance.lib import clock

Step = dict[str, Any]


def fixed(value: Any) -> dict[str, Any]:
    """A value expression that is always the same."""
    return {"from": "fixed", "value": value}


def text(template: str) -> dict[str, Any]:
    """A value expression that is a text with placeholders."""
    return {"from": "text", "template": template}


def row(field: str, op: str, value: Any = None) -> dict[str, Any]:
    """A row of a condition."""
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def only_if(field: str, op: str, value: Any = None) -> Step:
    """A condition step with one row."""
    return {"kind": "condition", "groups": [{"rows": [row(field, op, value)]}]}


def path(*steps: Step, when: Sequence[dict[str, Any]] = (), name: str = "") -> dict[str, Any]:
    """A path of a branch, taken where all these rows hold."""
    return {"name": name, "groups": [{"rows": list(when)}] if when else [], "steps": list(steps)}


def branch(mode: str, *paths: dict[str, Any], otherwise: Sequence[Step] = ()) -> Step:
    """A branch step; ``mode`` is "first" or "all"."""
    return {"kind": "branch", "mode": mode, "paths": list(paths), "otherwise": {"steps": list(otherwise)}}


def numbered(steps: Sequence[Step]) -> list[Step]:
    """The steps with an id for each that has none, and for each path: b1, b2 … and p1, p2 … from the top down."""
    counts = {"b": 0, "p": 0}

    def fresh(prefix: str) -> str:
        counts[prefix] += 1
        return f"{prefix}{counts[prefix]}"

    def given(steps: Sequence[Step]) -> list[Step]:
        return [inside({"id": fresh("b"), **step}) for step in steps]

    def inside(step: Step) -> Step:
        if step["kind"] != "branch":
            return step
        paths = [{"id": fresh("p"), **each, "steps": given(each["steps"])} for each in step["paths"]]
        return {**step, "paths": paths, "otherwise": {"steps": given(step["otherwise"]["steps"])}}

    return given(steps)


def do(action: str, **params: Any) -> Step:
    """An action step."""
    return {"kind": "action", "type": action, "params": params}


def set_field(key: str, value: Any, target: str = "record") -> Step:
    """An update of one field to a fixed value."""
    return do("record.update", target=target, values={key: fixed(value)})


def euros(amount: int) -> dict[str, Any]:
    """Whole euros."""
    return {"amount": amount * 100, "currency": "EUR"}


def planned(
    owner: User,
    on: str,
    steps: Sequence[Step],
    *,
    name: str = "Rate it",
    scope: dict[str, Any] | None = None,
    origins: Sequence[str] = ("user",),
    active: bool = True,
    **params: Any,
) -> Automation:
    """An automation that is not stored yet. ``on`` is a trigger type; ``params`` are the trigger's."""
    now = clock.now()
    document = {
        "schema": 1,
        "trigger": {"type": on, "params": params},
        "origins": list(origins),
        "scope": scope or {"kind": "everyone", "ids": []},
        "steps": numbered(steps),
    }
    return Automation(
        name=name,
        owner=owner,
        draft=document,
        active=active,
        created_at=now,
        updated_at=now,
        audience="everyone",
    )


def put_into_service(automations: Sequence[Automation]) -> None:
    """Store automations, each with a version in service from now on."""
    now = clock.now()
    catalogue, _ = Catalogue.objects.get_or_create(id=1)
    catalogue.revision += 1
    catalogue.save()
    Automation.objects.bulk_create(automations)
    versions = Version.objects.bulk_create(
        Version(automation=made, number=1, document=made.draft, published_at=now, published_by=made.owner)
        for made in automations
    )
    LiveSpan.objects.bulk_create(
        LiveSpan(automation=version.automation, version=version, live_from=now) for version in versions
    )
    for version in versions:
        version.automation.version, version.automation.revision = version, catalogue.revision
    Automation.objects.bulk_update(automations, ["version", "revision"], batch_size=200)


def automation(owner: User, on: str, steps: Sequence[Step], **rest: Any) -> Automation:
    """Put one automation into service from now on; see :func:`planned`."""
    made = planned(owner, on, steps, **rest)
    put_into_service([made])
    return made
