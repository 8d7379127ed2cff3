"""The company in which things crash: two who save, some organizations, and automations whose effects can be counted."""

from __future__ import annotations

from dataclasses import dataclass

from relance.accounts.models import Company, Role, User
from relance.accounts.people import actor_for
from relance.records.models import Pipeline, Stage
from relance.records.unit_of_work import UnitOfWork
from tests.automations import automation, do, only_if, text

#: One of these in a name or a title stands for one event that touched it.
MARK = "+"
STEPS = 4
_LONGEST_NAME = 150


@dataclass(frozen=True)
class Scene:
    """What the processes need to know: ids of users, organizations and automations.

    Attributes:
        greeter: runs for each new deal.
        follower: runs for each change of a deal's probability.
    """

    savers: tuple[int, ...]
    organizations: tuple[int, ...]
    greeter: int
    follower: int


def found(events: int) -> Scene:
    """Write the company into an empty database.

    Args:
        events: how many there are going to be; the names must have room for as many marks.
    """
    Company(id=1, name="Kestrel", currency="EUR").save()
    chief = User.objects.create_user("claire@kestrel.example", name="Claire", role=Role.ADMINISTRATOR)
    savers = tuple(
        User.objects.create_user(f"{name}@kestrel.example", name=name.title(), role=Role.MEMBER).pk
        for name in ("ana", "ben")
    )
    pipeline = Pipeline.objects.create(name="New business")
    for place, name in enumerate(("Qualified", "Proposal sent", "Negotiation"), 1):
        Stage.objects.create(pipeline=pipeline, name=name, position=place, probability=10 * place)
    with UnitOfWork() as uow, uow.change(actor_for(chief), origin="system") as change:
        organizations = tuple(
            change.create("organization", {"name": f"Organization {number} "})
            for number in range(max(20, events // _LONGEST_NAME))
        )
    call = do(
        "record.create", record="activity", link=True, values={"subject": text("Call about {{ title }}")}
    )
    greeter = automation(
        chief,
        "record.created",
        [
            only_if("value", "filled"),
            call,
            do(
                "record.update",
                target="organization",
                values={"name": text("{{ organization.name }}" + MARK)},
            ),
            do("notify", to=["trigger_user"], text="{{ title }} is new"),
        ],
        name="Greet",
        record="deal",
    )
    follower = automation(
        chief,
        "field.changed",
        [
            only_if("probability", "filled"),
            call,
            do("record.update", target="record", values={"title": text("{{ title }}" + MARK)}),
            do("notify", to=["owner"], text="{{ title }} has changed"),
        ],
        name="Follow",
        record="deal",
        field="probability",
    )
    return Scene(savers, organizations, greeter.pk, follower.pk)
