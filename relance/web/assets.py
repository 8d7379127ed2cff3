"""One style sheet out of many small files, without a bundler.

The files are joined in the order of their layers (tokens, base, components, pages) and served under the
hash of their content, so that a browser keeps them for a year and still sees the next version at once.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

STATIC = Path(__file__).resolve().parent / "static" / "relance"
CSS = STATIC / "css"


def _files() -> list[Path]:
    return [
        CSS / "tokens.css",
        CSS / "base.css",
        *sorted((CSS / "components").glob("*.css")),
        *sorted((CSS / "pages").glob("*.css")),
    ]


def _join() -> tuple[str, str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in _files())
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


_join_once = cache(_join)


def _joined() -> tuple[str, str]:
    """The joined text and its hash; read again each time while developing."""
    return _join() if settings.DEBUG else _join_once()


def stylesheet_url() -> str:
    """The address of the present style sheet."""
    return reverse("web:stylesheet", args=[_joined()[1]])


@cache
def sprite_version() -> str:
    """The hash of the icon sprite."""
    return hashlib.sha256((STATIC / "icons.svg").read_bytes()).hexdigest()[:12]


@cache
def icon_names() -> frozenset[str]:
    """The names ``{% icon %}`` accepts."""
    text = (STATIC / "icons.svg").read_text(encoding="utf-8")
    return frozenset(part.split('"', 1)[0] for part in text.split('<symbol id="')[1:])


def stylesheet(request: HttpRequest, digest: str) -> HttpResponse:
    """Serve the joined style sheet. An old hash gets the present text, but nobody keeps it."""
    text, present = _joined()
    if len(digest) != len(present):
        raise Http404
    response = HttpResponse(text, content_type="text/css; charset=utf-8")
    fresh = digest == present and not settings.DEBUG
    response["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-cache"
    return response
