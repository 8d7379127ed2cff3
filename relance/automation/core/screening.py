"""The first look at a document that came from outside: is it small, plain JSON that we could store at all?

It runs before anything recursive does, without recursion of its own.
"""

from __future__ import annotations

import math
from typing import Any

from relance.automation.core.problems import MAX_PROBLEMS, Location, Problem, pointer
from relance.lib.shapes import MAX_ID, MAX_TEXT
from relance.lib.text import TextError, clean

MAX_DEPTH = 32
MAX_NODES = 50_000
MAX_KEY = 200


def screen(document: Any) -> list[Problem]:
    """What keeps a document from being looked at further, in its order: depth, size, types, characters."""
    problems: list[Problem] = []
    nodes = 0
    waiting: list[tuple[Location, Any]] = [((), document)]
    while waiting and len(problems) < MAX_PROBLEMS:
        location, node = waiting.pop()
        nodes += 1
        if nodes > MAX_NODES:
            return [Problem("", "too_large", {"limit": MAX_NODES})]
        if isinstance(node, dict | list):
            if len(location) >= MAX_DEPTH:
                problems.append(Problem(pointer(location), "too_deep", {"limit": MAX_DEPTH}))
                continue
            if len(node) > MAX_NODES:
                return [Problem("", "too_large", {"limit": MAX_NODES})]
            inner: list[tuple[Location, Any]] = []
            for key, value in node.items() if isinstance(node, dict) else enumerate(node):
                if isinstance(node, dict) and (fault := _key_fault(key)):
                    problems.append(Problem(pointer(location), *fault))
                else:
                    inner.append(((*location, key), value))
            waiting += reversed(inner)
        elif fault := _scalar_fault(node):
            problems.append(Problem(pointer(location), *fault))
    return problems


_Fault = tuple[str, dict[str, Any]]


def _key_fault(key: Any) -> _Fault | None:
    if not isinstance(key, str):
        return "wrong_type", {"expected": "text"}
    return _text_fault(key, MAX_KEY)


def _scalar_fault(node: Any) -> _Fault | None:
    match node:
        case None | bool():
            return None
        case str():
            return _text_fault(node, MAX_TEXT)
        case int():
            return None if abs(node) <= MAX_ID else ("out_of_range", {"min": -MAX_ID, "max": MAX_ID})
        case float():
            return None if math.isfinite(node) else ("out_of_range", {})
        case _:
            return "wrong_type", {"expected": "json"}


def _text_fault(text: str, max_length: int) -> _Fault | None:
    try:
        clean(text, max_length=max_length, multiline=True)
    except TextError as error:
        return error.code, dict(error.params)
    return None
