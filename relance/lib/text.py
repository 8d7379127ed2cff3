"""What text we accept, and how two texts are compared.

Two rules, applied alike by forms, the API, imports and automations:

* ``clean``: what may be stored. A NUL is refused by PostgreSQL, a lone surrogate by every encoder, and
  invisible control characters only ever arrive by accident.
* ``fold``: the key under which two texts count as the same. Databases disagree on case and accents
  (*Été* in particular), so the key is computed here, and stored where it must be searched.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Control characters (C0, DEL, C1) except tab and line feed; then surrogates.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")
# Letters that have no canonical decomposition but that people type without their stroke.
_STROKES = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})


class TextError(ValueError):
    """A text that may not be stored. ``code`` is "not_text", "forbidden_character" or "too_long"."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def clean(value: str, *, max_length: int, multiline: bool = False) -> str:
    """The value as it is to be stored: composed (NFC), stripped, with plain line feeds.

    Args:
        max_length: in characters, after composing.
        multiline: tabs and line breaks are allowed; otherwise each becomes a space.
    Raises:
        TextError: for a NUL, a surrogate, a control character, or too long a text.
    """
    if not isinstance(value, str):
        raise TextError("not_text")
    value = _LINE_ENDS.sub("\n", value)
    if not multiline:
        value = value.replace("\n", " ").replace("\t", " ")
    if _FORBIDDEN.search(value):
        raise TextError("forbidden_character")
    value = unicodedata.normalize("NFC", value).strip()
    if len(value) > max_length:
        raise TextError("too_long", limit=max_length, length=len(value))
    return value


def fold(value: str) -> str:
    """The key under which texts are compared: no case, no accents, single spaces.

    "  ÉTÉ\u00a0 2026" and "ete 2026" have the same key. Folding twice changes nothing.
    """
    if value.isascii():
        return " ".join(value.lower().split())
    # Long texts would make the cache heavy, and seldom come back.
    return _fold_cached(value) if len(value) <= 200 else _fold(value)


def _fold(value: str) -> str:
    folded = _strip_marks(unicodedata.normalize("NFKD", value).casefold())
    # Casefolding and the strokes can both bring out letters that decompose again.
    folded = _strip_marks(unicodedata.normalize("NFKD", folded.translate(_STROKES)).casefold())
    return " ".join(folded.split())


_fold_cached = lru_cache(maxsize=16384)(_fold)


def digits(value: str) -> str:
    """The digits of a phone number, in plain figures, however it is spaced."""
    return "".join(str(unicodedata.decimal(c)) for c in value if c.isdecimal())


def _strip_marks(value: str) -> str:
    """Without combining marks and without invisible format characters (zero-width space, soft hyphen)."""
    return "".join(c for c in value if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
