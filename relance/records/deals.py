"""What is done with deals, in the words people use."""

from __future__ import annotations

from relance.records.unit_of_work import Change

#: What a copy of a deal has of it.
_COPIED = ("title", "value", "person", "organization", "source", "labels", "expected_close", "owner")


def move_stage(change: Change, deal_id: int, stage_id: int, *, version: int | None = None) -> None:
    """Move a deal to a stage, of its own or another pipeline."""
    change.update("deal", deal_id, {"stage": stage_id}, version=version)


def win(change: Change, deal_id: int, *, version: int | None = None) -> None:
    """Mark a deal as won."""
    change.update("deal", deal_id, {"status": "won"}, version=version)


def lose(change: Change, deal_id: int, reason: str | None = None, *, version: int | None = None) -> None:
    """Mark a deal as lost.

    Args:
        reason: why, in the words of who lost it.
    """
    change.update("deal", deal_id, {"status": "lost", "lost_reason": reason}, version=version)


def reopen(change: Change, deal_id: int, *, version: int | None = None) -> None:
    """Open a won or lost deal again, in the stage where it stood."""
    change.update("deal", deal_id, {"status": "open"}, version=version)


def copy(change: Change, deal_id: int, stage_id: int) -> int:
    """Make an open deal like this one in another stage, of its own or another pipeline; return its id."""
    deal = change.get("deal", deal_id)
    return change.create("deal", {"stage": stage_id}, kept={key: deal[key] for key in _COPIED})
