"""Pages that explain, in the product itself: one template for each page and language."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from relance.web.pages import PageRequest, page

PAGES = frozenset({"email"})
LANGUAGES = ("en", "fr")


@page
@require_GET
def show(request: PageRequest, name: str) -> HttpResponseBase:
    """One page, in the reader's language."""
    if name not in PAGES:
        raise Http404
    language = (get_language() or "en").partition("-")[0]
    return render(
        request, f"relance/help/{language if language in LANGUAGES else 'en'}/{name}.html", {"name": name}
    )
