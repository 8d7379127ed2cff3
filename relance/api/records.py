"""One set of addresses for each record type: list, read, create, change, delete.

Everything is read through ``records.access`` and written through ``records.unit_of_work``, with the origin "api".
"""

import base64
import binascii
import functools
from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Body, Query, Router

from relance.accounts.models import User
from relance.accounts.people import Actor, actor_for
from relance.api import schemas
from relance.api.problems import Fault, Problem
from relance.events.models import Origin
from relance.lib.text import TextError, clean, fold
from relance.records import access
from relance.records.errors import NotFound
from relance.records.snapshot import Snapshot, load, model_of
from relance.records.unit_of_work import write

# No `from __future__ import annotations` here: the annotations below are classes made while this module runs, and
# django-ninja could not find them by name.

View = Callable[..., HttpResponse]


def declared(*names: str) -> Callable[[View], View]:
    """Refuse query parameters that the view does not declare, and any given twice."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def checked(request: HttpRequest, **values: Any) -> HttpResponse:
            for name, given in request.GET.lists():
                if name not in names:
                    detail, code = "There is no such parameter.", "unknown_parameter"
                elif len(given) > 1:
                    detail, code = "This parameter may be given once.", "repeated_parameter"
                else:
                    continue
                raise Problem(400, detail, code, [Fault(detail, code, parameter=name)])
            return view(request, **values)

        return checked

    return decorate


def router_for(record_type: str) -> Router:
    """The addresses of one record type."""
    router = Router(tags=[record_type])
    record_body, page_body = schemas.record_body(record_type), schemas.page_body(record_type)
    create_body, update_body = schemas.create_body(record_type), schemas.update_body(record_type)
    errors = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422), schemas.ProblemBody)

    @router.get("", response={200: page_body, **errors}, operation_id=f"list_{record_type}", summary="List")
    @declared(*schemas.ListQuery.model_fields)
    def list_records(request: HttpRequest, query: Query[schemas.ListQuery]) -> HttpResponse:
        items, following = page(actor_of(request), record_type, query)
        return JsonResponse({"items": [plain(item) for item in items], "next": following})

    @router.get(
        "/{int:record_id}",
        response={200: record_body, **errors},
        operation_id=f"get_{record_type}",
        summary="Read",
    )
    @declared()
    def get_record(request: HttpRequest, record_id: int) -> HttpResponse:
        return JsonResponse(plain(seen(actor_of(request), record_type, record_id)))

    @router.post(
        "", response={201: record_body, **errors}, operation_id=f"create_{record_type}", summary="Create"
    )
    @declared()
    def create_record(request: HttpRequest, body: Body[create_body]) -> HttpResponse:  # type: ignore[valid-type]
        actor = actor_of(request)
        with write(actor, Origin.API) as change:
            record_id = change.create(record_type, body.model_dump(exclude_unset=True))  # type: ignore[attr-defined]
        created = JsonResponse(plain(seen(actor, record_type, record_id)), status=201)
        created["Location"] = f"{request.path}/{record_id}"
        return created

    @router.patch(
        "/{int:record_id}",
        response={200: record_body, **errors},
        operation_id=f"update_{record_type}",
        summary="Change",
    )
    @declared()
    def update_record(request: HttpRequest, record_id: int, body: Body[update_body]) -> HttpResponse:  # type: ignore[valid-type]
        actor, values = actor_of(request), body.model_dump(exclude_unset=True)  # type: ignore[attr-defined]
        version = values.pop("version", None)
        with write(actor, Origin.API) as change:
            change.update(record_type, existing(record_type, record_id), values, version=version)
        return JsonResponse(plain(seen(actor, record_type, record_id)))

    @router.delete(
        "/{int:record_id}",
        response={204: None, **errors},
        operation_id=f"delete_{record_type}",
        summary="Delete",
    )
    @declared(*schemas.DeleteQuery.model_fields)
    def delete_record(
        request: HttpRequest, record_id: int, query: Query[schemas.DeleteQuery]
    ) -> HttpResponse:
        with write(actor_of(request), Origin.API) as change:
            change.delete(record_type, existing(record_type, record_id), version=query.version)
        return HttpResponse(status=204)

    return router


def actor_of(request: HttpRequest) -> Actor:
    """The person whose key the request carries."""
    return actor_for(cast(User, request.auth))  # type: ignore[attr-defined]


def existing(record_type: str, record_id: int) -> int:
    """Return the id when a record could have it: databases refuse larger ones in ways of their own."""
    if not 1 <= record_id <= schemas.MAX_ID:
        raise NotFound(record_type, record_id)
    return record_id


def seen(actor: Actor, record_type: str, record_id: int) -> Snapshot:
    """Return a record the actor may see.

    Raises:
        NotFound: there is none, or it is not for this actor; which of the two is not said.
    """
    record = load(record_type, [existing(record_type, record_id)]).get(record_id)
    if record is None or record["deleted_at"] is not None or not access.may(actor, "see", record):
        raise NotFound(record_type, record_id)
    return record


def plain(record: Snapshot) -> Snapshot:
    """The record as it is answered."""
    return {key: value for key, value in record.items() if key != "deleted_at"}


def page(actor: Actor, record_type: str, query: schemas.ListQuery) -> tuple[list[Snapshot], str | None]:
    """The records of one page in the order of their ids, and the cursor of the next page."""
    rows = model_of(record_type)._default_manager.filter(access.visible(actor))
    if query.cursor:
        rows = rows.filter(id__gt=_position(query.cursor))
    try:
        words = clean(query.q, max_length=200)
    except TextError as error:
        detail = "The text contains characters that cannot be searched for."
        raise Problem(400, detail, error.code, [Fault(detail, error.code, parameter="q")]) from None
    for word in fold(words).split():
        rows = rows.filter(search__contains=word)
    ids = list(rows.order_by("id").values_list("id", flat=True)[: query.limit + 1])
    shown = ids[: query.limit]
    records = load(record_type, shown)
    following = _cursor(shown[-1]) if len(ids) > len(shown) else None
    return [records[record_id] for record_id in shown if record_id in records], following


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"after {position}".encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
        position = (
            int(text.removeprefix("after ")) if text.startswith("after ") and text[6:].isdigit() else -1
        )
    except (ValueError, binascii.Error):
        position = -1
    if not 0 <= position <= schemas.MAX_ID:
        detail = "This cursor does not come from a list."
        raise Problem(400, detail, "cursor", [Fault(detail, "cursor", parameter="cursor")])
    return position
