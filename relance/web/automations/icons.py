"""Which glyph of our sprite stands for what triggers and actions call theirs."""

from __future__ import annotations

from relance.web.assets import icon_names

_OURS = {
    "archive": "box",
    "arrow-right-left": "swap",
    "bell": "bell",
    "chevrons-right": "fast-forward",
    "circle-plus": "plus",
    "log-in": "arrow-right",
    "log-out": "arrow-right",
    "pencil": "edit",
    "pencil-line": "edit",
    "rotate-ccw": "undo",
    "thumbs-down": "flag",
    "trash-2": "trash",
    "trophy": "trophy",
    "user-round-check": "person-plus",
}


def glyph(name: str) -> str:
    """The sprite's name of an icon; a bolt for one we do not draw."""
    ours = _OURS.get(name, name)
    return ours if ours in icon_names() else "bolt"
