"""What is done with leads, in the words people use."""

from __future__ import annotations

from django.db.models import Q

from relance.records import access
from relance.records.unit_of_work import Change

#: What a deal takes over from its lead.
_TAKEN_OVER = ("title", "value", "person", "organization", "source", "labels", "owner")


def convert(change: Change, lead_id: int, *, stage: int | None = None, version: int | None = None) -> int:
    """Make a deal of a lead and put the lead aside; return the deal's id.

    Lead and deal know of each other. Notes and activities of the lead belong to both, as far as the actor may change
    them. A lead that was converted before stays as it is, unless its deal is in the bin by now.

    Args:
        stage: where the deal begins; none = the first stage of the first pipeline.

    Raises:
        NotFound, Forbidden, Conflict, Invalid: as ``Change.update`` and ``Change.create``.
    """
    lead = change.get("lead", lead_id)
    if lead["deal"] is not None and change.uow.get("deal", lead["deal"]) is not None:
        return int(lead["deal"])
    taken_over = {key: lead[key] for key in _TAKEN_OVER}
    deal_id = change.create(
        "deal", {} if stage is None else {"stage": stage}, kept={**taken_over, "lead": lead_id}
    )
    change.update("lead", lead_id, {"archived": True}, version=version, kept={"deal": deal_id})
    for record_type in ("activity", "note"):
        for each in change.uow.find(
            record_type, Q(lead_id=lead_id), lambda values: values["lead"] == lead_id
        ):
            if each["deal"] is None and access.may(change.actor, "change", each):
                change.update(record_type, each["id"], {}, kept={"deal": deal_id})
    return deal_id
