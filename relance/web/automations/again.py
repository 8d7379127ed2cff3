"""Running runs again, one from its page or several from the list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from relance.automation import rerun
from relance.automation.errors import Forbidden, NotFound, NotRunAgain
from relance.automation.explain.reruns import not_run_again
from relance.automation.history import PAGE
from relance.automation.models import Run, RunState
from relance.web.automations import telling
from relance.web.automations.access import automation_page
from relance.web.pages import PageRequest, says
from relance.web.parsing import key


@automation_page
@require_POST
def one(request: PageRequest, run_id: int) -> HttpResponseBase:
    """Run a run again and show the new one."""
    seen = request.POST.get("times", "")
    after = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None
    try:
        made = rerun.again(run_id, request.actor, after)
    except NotRunAgain as refusal:
        text = _reason(request, refusal, Run.objects.get(pk=run_id))
        return says(request, text, to=reverse("automations:run", args=[run_id]), bad=True)
    return says(
        request,
        _result(made),
        to=reverse("automations:run", args=[made.pk]),
        bad=made.state == RunState.FAILED,
    )


@automation_page
@require_POST
def several(request: PageRequest) -> HttpResponseBase:
    """Run the chosen ones of a page again, and say how many of them could be."""
    chosen = [found for text in request.POST.getlist("run")[:PAGE] if (found := key(text)) is not None]
    if not chosen:
        return _back(request, _("Choose at least one run."), bad=True)
    made: list[Run] = []
    reasons: dict[str, None] = {}
    for run_id in dict.fromkeys(chosen):
        try:
            made.append(rerun.again(run_id, request.actor))
        except NotRunAgain as refusal:
            reasons[_reason(request, refusal, Run.objects.get(pk=run_id))] = None
        except NotFound:
            reasons[_("It is no longer there.")] = None
        except Forbidden:
            reasons[_("Only its owner and administrators run an automation again.")] = None
    failed = sum(run.state == RunState.FAILED for run in made)
    text = ngettext("%(n)d run was run again.", "%(n)d runs were run again.", len(made)) % {"n": len(made)}
    if failed:
        text += " " + ngettext("%(n)d failed.", "%(n)d failed.", failed) % {"n": failed}
    return _back(request, " ".join([text, *reasons]), bad=bool(failed or reasons))


def _back(request: PageRequest, text: str, *, bad: bool) -> HttpResponseBase:
    """To the list as it was filtered."""
    (messages.error if bad else messages.success)(request, text)
    query = request.POST.get("query", "")[:500]
    address = reverse("automations:runs") + (f"?{query}" if query else "")
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _result(run: Run) -> str:
    match run.state:
        case RunState.DONE:
            return _("It was run again.")
        case RunState.NOT_MET:
            return _("It was run again; a condition was not met.")
    return _("It was run again and failed.")


def _reason(request: PageRequest, refusal: NotRunAgain, run: Run) -> str:
    said: Any = telling.names(request.actor, run.record_type, run.automation.owner_id)
    told = not_run_again(refusal.code, said)
    return strip_tags(f"{told.what} {told.why} {told.remedy}")
