"""The automations of the demo, as the people who built them would have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from relance.automation import publish
from relance.automation.models import Automation
from relance.commands.demo.company import Office
from relance.commands.demo.days import Days
from relance.commands.demo.diary import Diary

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Built:
    """One automation.

    Attributes:
        ago: when it was published, in working days before today.
        off: when it was switched off again; none: it is still on.
    """

    name: str
    description: str
    owner: str
    ago: float
    document: Callable[[Office], Document]
    off: float | None = None


def _document(trigger: str, params: Document, scope: Document, *steps: Document, **more: Any) -> Document:
    numbered = [{"id": f"b{place}", **step} for place, step in enumerate(steps, 1)]
    return {
        "schema": 1, "trigger": {"type": trigger, "params": params}, "origins": ["user"], "scope": scope,
        "steps": numbered, **more,
    }  # fmt: skip


def _if(*rows: Document) -> Document:
    return {"kind": "condition", "groups": [{"rows": list(rows)}]}


def _row(field: str, op: str, value: Any) -> Document:
    return {"field": field, "op": op, "value": value}


def _do(type: str, **params: Any) -> Document:
    return {"kind": "action", "type": type, "params": params}


def _euros(amount: int) -> Document:
    return {"amount": amount * 100, "currency": "EUR"}


def _fixed(value: Any) -> Document:
    return {"from": "fixed", "value": value}


def _text(template: str) -> Document:
    return {"from": "text", "template": template}


_EVERYONE: Document = {"kind": "everyone", "ids": []}
_OWNER: Document = {"from": "field", "path": "owner"}


def _follow_up(office: Office) -> Document:
    return _document(
        "stage.entered", {"stage": office.stages["Proposal sent"]}, _EVERYONE,
        _if(_row("value", "gte", _euros(1000))),
        _do(
            "record.create", record="activity", link=True,
            values={
                "subject": _text('Call {{ person.name | or "the customer" }} about the proposal'),
                "type": _fixed("call"),
                "due_date": {"from": "today", "days": 2},
                "owner": _OWNER,
            },
        ),
    )  # fmt: skip


def _welcome(office: Office) -> Document:
    return _document(
        "deal.won", {}, _EVERYONE,
        _do(
            "notify", to=["owner", f"user:{office.users['claire']}"],
            text='{{ trigger.user }} won “{{ title }}” ({{ value | or "no value" }}). Well done!',
        ),
        _do(
            "record.create", record="activity", link=True,
            values={
                "subject": _text('Plan delivery and training for {{ organization.name | or "the customer" }}'),
                "type": _fixed("task"),
                "due_date": {"from": "today", "days": 1},
                "owner": _OWNER,
                "note": _text("Won by {{ trigger.user }}. Agree a date, book the fitter, send the welcome pack."),
            },
        ),
    )  # fmt: skip


def _rate(office: Office) -> Document:
    return _document(
        "record.created", {"record": "deal"}, {"kind": "teams", "ids": [office.teams["France"]]},
        _if(_row("value", "gt", _euros(10_000))),
        _do("record.update", target="organization", values={"rating": _fixed("A")}),
    )  # fmt: skip


def _fair(office: Office) -> Document:
    return _document(
        "record.created", {"record": "lead"}, {"kind": "me", "ids": []},
        _if(_row("source", "is", "trade_fair")),
        _do(
            "record.create", record="activity", link=True,
            values={
                "subject": _text("Rappeler : {{ title }}"),
                "type": _fixed("call"),
                "due_date": {"from": "today", "days": 2},
                "owner": _OWNER,
            },
        ),
        _if(_row("value", "gte", _euros(5000))),
        _do(
            "notify", to=[f"team:{office.teams['France']}"],
            text="Gros contact du salon : {{ title }} ({{ value }}). Qui connaît ?",
        ),
    )  # fmt: skip


def _closing_soon(office: Office) -> Document:
    return _document(
        "field.changed", {"record": "deal", "field": "expected_close"}, {"kind": "teams", "ids": [office.teams["UK"]]},
        _if(_row("expected_close", "next_days", 14), _row("owner", "in_team", office.teams["UK"])),
        _do("record.update", target="record", values={"probability": _fixed(90)}),
        origins=["user", "automation"],
    )  # fmt: skip


def _nearly_signed(office: Office) -> Document:
    return _document(
        "field.changed", {"record": "deal", "field": "probability"}, _EVERYONE,
        _if(_row("probability", "gte", 90), _row("status", "is", "open")),
        _do("record.update", target="record", values={"expected_close": {"from": "today", "days": 10}}),
        origins=["user", "automation"],
    )  # fmt: skip


def _thank(office: Office) -> Document:
    return _document(
        "deal.won", {}, _EVERYONE,
        _if({"field": "person", "op": "filled"}),
        _do(
            "email.send", to="contact",
            subject="Thank you for your order: {{ title }}",
            body='Dear {{ person.first_name | or "customer" }},\n\n'
            "thank you for choosing Delorme & Finch. We will call you this week to agree a date for delivery and "
            "training.\n\nIf anything is unclear until then, simply answer this e-mail.\n\n"
            "Kind regards,\n{{ owner }}",
        ),
    )  # fmt: skip


AUTOMATIONS = (
    Built(
        "Follow up proposals", "A proposal nobody asks about is a proposal lost.", "claire", 28.4, _follow_up
    ),
    Built(
        "Welcome new customers",
        "So that delivery and training are never forgotten.",
        "claire",
        26.6,
        _welcome,
    ),
    Built(
        "Thank the customer by e-mail",
        "A few warm words on the day they said yes.",
        "claire",
        12.2,
        _thank,
    ),
    Built(
        "Grosse affaire : organisation notée A",
        "Au-dessus de 10 000 €, le client passe en A.",
        "ines",
        24.3,
        _rate,
    ),
    Built(
        "Leads from the trade fair",
        "Salon Horéa: everybody I meet gets a call within two days.",
        "claire",
        8.8,
        _fair,
    ),
    Built(
        "Closing soon is nearly signed",
        "UK: a close date within two weeks means 90 %.",
        "tom",
        10.5,
        _closing_soon,
        1.3,
    ),
    Built(
        "Nearly signed: expect it in ten days",
        "From 90 % on, the forecast should say when.",
        "claire",
        9.6,
        _nearly_signed,
    ),
)


def plan(office: Office, days: Days, diary: Diary) -> None:
    """Write into the diary when each was published, and when one was switched off."""
    for built in AUTOMATIONS:
        made: list[Automation] = []

        def put_into_service(built: Built = built, made: list[Automation] = made) -> None:
            by = office.actor(built.owner)
            made.append(publish.create(by, built.name, built.description, built.document(office)))
            publish.publish(made[0], by)

        def switch_off(built: Built = built, made: list[Automation] = made) -> None:
            publish.switch(made[0], False, office.actor(built.owner))

        diary.decide(days.at(built.ago), put_into_service)
        if built.off is not None:
            diary.decide(days.at(built.off), switch_off)
