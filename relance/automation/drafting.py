"""Editing a draft: pure functions from one document to the next.

A draft has the shape of a document and may be incomplete. Nothing here judges what a block holds; that is asked
when it is published. A *place* is a path such as ``steps/2``: the list, and where in it. Paths are what branches
will need, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Document = dict[str, Any]
Block = dict[str, Any]
Path = tuple[str | int, ...]

SCHEMA = 1
_ID = re.compile(r"b([0-9]{1,9})")


class UnknownBlock(LookupError):
    """The draft has no such block; perhaps somebody else removed it."""


class UnknownPlace(LookupError):
    """The draft has no such place."""


def new_document() -> Document:
    """A draft in which nothing is chosen yet: people may trigger it, and only its owner does."""
    return {
        "schema": SCHEMA,
        "trigger": None,
        "origins": ["user"],
        "scope": {"kind": "me", "ids": []},
        "steps": [],
    }


def parse_place(text: str) -> Path:
    """The path written as ``steps/2``.

    Raises:
        UnknownPlace: it is not written like a path.
    """
    parts: list[str | int] = []
    for part in text.split("/"):
        if not part or len(part) > 20 or not part.isascii():
            raise UnknownPlace(text)
        parts.append(int(part) if part.isdigit() else part)
    if len(parts) < 2 or len(parts) > 40 or not isinstance(parts[-1], int):
        raise UnknownPlace(text)
    return tuple(parts)


def place(path: Path) -> str:
    """A path as it is written."""
    return "/".join(str(part) for part in path)


def blocks(document: Document) -> Iterator[tuple[Path, Block]]:
    """Every block with its path, from the top down, a block before those inside it."""
    yield from _inside(document.get("steps") or [], ("steps",))


def _inside(steps: list[Block], at: Path) -> Iterator[tuple[Path, Block]]:
    for index, block in enumerate(steps):
        path = (*at, index)
        yield path, block
        for key, value in block.items():
            # A branch holds further lists of steps in its cases.
            cases = value if isinstance(value, list) else [value]
            for number, case in enumerate(cases):
                if isinstance(case, dict) and isinstance(case.get("steps"), list):
                    inner = (
                        (*path, key, number, "steps") if isinstance(value, list) else (*path, key, "steps")
                    )
                    yield from _inside(case["steps"], inner)


def not_set_up(document: Document) -> list[Path]:
    """Where conditions stand that were inserted and never filled in; one that is to hold always has groups: none."""
    return [
        path for path, block in blocks(document) if block.get("kind") == "condition" and "groups" not in block
    ]


def find(document: Document, block_id: str) -> tuple[Path, Block]:
    """Where a block stands, and the block.

    Raises:
        UnknownBlock: it is not there.
    """
    for path, block in blocks(document):
        if block.get("id") == block_id:
            return path, block
    raise UnknownBlock(block_id)


def fresh_id(document: Document) -> str:
    """An id no block of the draft has: one more than the highest, so that a removed one does not come back at once."""
    numbers = [0]
    for _, block in blocks(document):
        if match := _ID.fullmatch(str(block.get("id", ""))):
            numbers.append(int(match[1]))
    return f"b{max(numbers) + 1}"


def insert(document: Document, at: Path, block: Block) -> tuple[Document, str]:
    """Put a block before what stands at ``at``; the last index of a list plus one is its end.

    Returns:
        The new draft, and the id the block got.

    Raises:
        UnknownPlace: there is no such place.
    """
    changed = deepcopy(document)
    changed.setdefault("steps", [])
    steps, index = _list_at(changed, at)
    block_id = fresh_id(changed)
    steps.insert(
        index, {"id": block_id, **deepcopy({key: value for key, value in block.items() if key != "id"})}
    )
    return changed, block_id


def replace(document: Document, block_id: str, block: Block) -> Document:
    """Give a block new content; its id stays.

    Raises:
        UnknownBlock: it is not there.
    """
    changed = deepcopy(document)
    path, _ = find(changed, block_id)
    steps, index = _list_at(changed, path)
    steps[index] = {"id": block_id, **deepcopy({key: value for key, value in block.items() if key != "id"})}
    return changed


def remove(document: Document, block_id: str) -> Document:
    """Take a block away, with everything inside it.

    Raises:
        UnknownBlock: it is not there.
    """
    changed = deepcopy(document)
    path, _ = find(changed, block_id)
    steps, index = _list_at(changed, path)
    del steps[index]
    return changed


def move(document: Document, block_id: str, by: int) -> Document:
    """Move a block up (-1) or down (1) within its list. At the end of the list it stays where it is.

    Raises:
        UnknownBlock: it is not there.
    """
    changed = deepcopy(document)
    path, block = find(changed, block_id)
    steps, index = _list_at(changed, path)
    del steps[index]
    steps.insert(max(0, min(len(steps), index + by)), block)
    return changed


def duplicate(document: Document, block_id: str) -> tuple[Document, str]:
    """Put a copy of a block right below it; every block in the copy gets an id of its own.

    Returns:
        The new draft, and the id of the copy.

    Raises:
        UnknownBlock: it is not there.
    """
    changed = deepcopy(document)
    path, block = find(changed, block_id)
    steps, index = _list_at(changed, path)
    copy = deepcopy(block)
    steps.insert(index + 1, copy)
    # One by one, so that each new id is counted when the next is made.
    for _, inner in list(_inside([copy], ())):
        inner["id"] = fresh_id(changed)
    return changed, str(copy["id"])


def changes_between(published: Document | None, draft: Document) -> int:
    """How many things differ: the trigger, who may trigger it, and each step added, changed, moved or removed."""
    if published is None:
        return 0
    count: int = sum(published.get(key) != draft.get(key) for key in ("trigger", "origins", "scope"))
    before = {str(block.get("id")): block for _, block in blocks(published)}
    after = {str(block.get("id")): block for _, block in blocks(draft)}
    count += len(before.keys() ^ after.keys())
    both = before.keys() & after.keys()
    count += sum(before[key] != after[key] for key in both)
    kept = [key for key in before if key in both]
    return count + _moved(kept, [key for key in after if key in both])


def _moved(before: list[str], after: list[str]) -> int:
    """How few of the steps need to move to get from one order to the other."""
    rank = {key: number for number, key in enumerate(before)}
    longest: list[int] = []  # of each step, the longest run in the old order that ends there
    for number, key in enumerate(after):
        shorter = (longest[earlier] for earlier in range(number) if rank[after[earlier]] < rank[key])
        longest.append(1 + max(shorter, default=0))
    return len(after) - max(longest, default=0)


def _list_at(document: Document, path: Path) -> tuple[list[Block], int]:
    found: Any = document
    for part in path[:-1]:
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError) as error:
            raise UnknownPlace(place(path)) from error
    index = path[-1]
    if (
        path[-2] != "steps"
        or not isinstance(found, list)
        or not isinstance(index, int)
        or not 0 <= index <= len(found)
    ):
        raise UnknownPlace(place(path))
    return found, index
