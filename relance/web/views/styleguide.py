"""Every component on one page, for who builds pages (DEBUG only)."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from relance.web import assets


def show(request: HttpRequest) -> HttpResponse:
    """The style guide."""
    if not settings.DEBUG:
        raise Http404
    return render(
        request,
        "relance/styleguide.html",
        {"icons": sorted(assets.icon_names()), "people": list(enumerate(_NAMES, 1))},
    )


_NAMES = (
    "Claire Delorme",
    "Tom Finch",
    "Inès Caron",
    "Hugo Lambert",
    "Owen Blake",
    "Priya Nair",
    "Rosa Whitfield",
    "Ana Morel",
)
