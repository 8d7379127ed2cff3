"""A lead becomes a deal."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Body, Router
from pydantic import Field as Rule

from relance.api import schemas
from relance.api.records import actor_of, declared, existing, plain, seen
from relance.events.models import Origin
from relance.records import leads
from relance.records.fields import SLUGS
from relance.records.unit_of_work import write

# No `from __future__ import annotations` here: see relance.api.records.

router = Router(tags=["lead"])
_ERRORS = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422), schemas.ProblemBody)


class LeadConvert(schemas.Body):
    """Where the deal begins."""

    stage: schemas.Id | None = Rule(
        None, description="The deal’s stage; without it the first one of the first pipeline."
    )
    version: Annotated[int, Rule(ge=1, le=2**31 - 1)] | None = Rule(None, description="As in a change.")


@router.post(
    "/{int:record_id}/convert",
    response={201: schemas.record_body("deal"), **_ERRORS},
    operation_id="convert_lead",
    summary="Convert to a deal",
    description="The answer is the deal; of a lead that was converted before, the deal it became.",
)
@declared()
def convert_lead(request: HttpRequest, record_id: int, body: Body[LeadConvert]) -> HttpResponse:
    actor = actor_of(request)
    with write(actor, Origin.API) as change:
        lead = existing("lead", record_id)
        deal = leads.convert(change, lead, stage=body.stage, version=body.version)
    made = JsonResponse(plain(seen(actor, "deal", deal)), status=201)
    made["Location"] = f"/api/v1/{SLUGS['deal']}/{deal}"
    return made
