"""What happened lately, told by hand, so that every outcome of a run can be seen whatever the dice say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from relance.commands.demo.board import TRY_FIRST, TRY_FIRST_PATH
from relance.commands.demo.company import Office
from relance.commands.demo.days import Days
from relance.commands.demo.deals import Deal
from relance.commands.demo.diary import Diary, Ref
from relance.events.models import Origin
from relance.records import deals as verbs
from relance.records.unit_of_work import Change


def shape(deals: dict[str, Deal], days: Days) -> None:
    """Give some of the deals told by hand the life the story needs, before anything is written."""
    deals[TRY_FIRST].path = [(stage, days.at(ago)) for stage, ago in TRY_FIRST_PATH]
    _last(deals["Nouvelle terrasse"], "Proposal sent", days.minutes_ago(9))
    _last(deals["Group contract, 6 hotels"], "Negotiation", days.minutes_ago(76))
    created = deals["Deuxième boutique"]
    created.amount = 12400
    created.path = [("Qualified", days.minutes_ago(52))]
    won = deals["Clubhouse refit"]
    won.path.append(("Contract sent", days.at(0.7)))
    won.end, won.next = ("won", days.minutes_ago(34), ""), None
    small = deals["Location, 3 mois"]
    small.amount = 820
    _last(small, "Proposal sent", days.at(0.55))


def tell(deals: dict[str, Deal], office: Office, days: Days, diary: Diary) -> None:
    """Write into the diary what else people did."""
    # Tom's rule answers a close date with 90 %, Claire's answers 90 % with a close date: the second time is refused.
    _update(diary, days.at(6.4), "priya", deals["Barista school equipment"], {"expected_close": days.due(-3)})
    _update(diary, days.at(2.45), "owen", deals["Treatment rooms and café"], {"expected_close": days.due(3)})
    _update(
        diary, days.at(4.2), "tom", deals["Service contract, 12 machines"], {"expected_close": days.due(60)}
    )
    _update(diary, days.at(2.1), "ines", deals["Leasing, 8 machines"], {"probability": 80})
    _update(
        diary,
        days.at(1.15),
        "claire",
        deals["Accord-cadre groupe"],
        {"value": {"amount": 6150000, "currency": "EUR"}},
    )
    _duplicate(diary, days, office)
    # Their contact asked for calls only: the mail that thanks for the order cannot be written, and says why.
    member = deals["Clubhouse refit"].person
    if member is not None:
        diary.add(days.at(0.9), "owen", lambda change: change.update("person", member.ref.id, {"emails": []}))


def _last(deal: Deal, stage: str, at: datetime) -> None:
    """Let a deal come to another stage at last."""
    deal.path.append((stage, at))


def _update(diary: Diary, at: datetime, who: str, deal: Deal, values: dict[str, Any]) -> None:
    diary.add(at, who, lambda change: change.update("deal", deal.ref.id, values))


def _duplicate(diary: Diary, days: Days, office: Office) -> None:
    """A deal entered twice, and one of the two thrown away, so that the bin is not empty."""
    twin = Ref()

    def enter(change: Change) -> None:
        twin.set(
            change.create(
                "deal",
                {
                    "title": "Kitchenette 3e étage (doublon)",
                    "value": {"amount": 410000, "currency": "EUR"},
                    "stage": office.stages["Qualified"],
                },
            )
        )

    diary.add(days.at(5.9), "hugo", enter, Origin.USER)
    diary.add(days.at(5.85), "hugo", lambda change: verbs.lose(change, twin.id, "Doublon"))
    diary.add(days.at(5.8), "hugo", lambda change: change.delete("deal", twin.id))
