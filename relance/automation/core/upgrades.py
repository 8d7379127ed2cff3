"""Old documents brought to the present schema, one number at a time.

Published versions are never rewritten: they are upgraded each time they are read.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from relance.automation.core.problems import DocumentError, Problem

CURRENT = 1

# From schema n to n + 1. Each may change the document it is given, which is a copy; it must cope with drafts,
# which can be incomplete.
_STEPS: dict[int, Callable[[dict[str, Any]], None]] = {}


def upgrade(document: Any) -> Any:
    """The document in the present schema; the one given stays as it is.

    What is no document at all is returned as it is, for ``parse`` to complain about.

    Raises:
        DocumentError: for a document newer than this program.
    """
    number = document.get("schema") if isinstance(document, dict) else None
    if type(number) is not int or number < 1:
        return document
    if number > CURRENT:
        raise DocumentError([Problem("/schema", "schema_too_new", {"newest": CURRENT})])
    if number == CURRENT:
        return document
    upgraded: dict[str, Any] = deepcopy(document)
    for step in range(number, CURRENT):
        _STEPS[step](upgraded)
        upgraded["schema"] = step + 1
    return upgraded
