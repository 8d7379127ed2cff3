"""Editing a draft: pure functions from one document to the next.

A draft has the shape of a document and may be incomplete. Nothing here judges what a block holds; that is asked
when it is published. A *place* is where a block stands, such as ``steps/2`` or, inside a branch,
``steps/2/paths/0/steps/1``: the list, and where in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

Document = dict[str, Any]
Block = dict[str, Any]
Path = tuple[str | int, ...]

SCHEMA = 1
_ID = re.compile(r"([bp])([0-9]{1,9})")


class UnknownBlock(LookupError):
    """The draft has no such block or path; perhaps somebody else removed it."""


class UnknownPlace(LookupError):
    """The draft has no such place, or nothing more fits there."""


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
    """Every block with its place, in document order: a branch before what is in it, its paths from left to right."""
    yield from _inside(document.get("steps") or [], ("steps",))


def paths(document: Document) -> Iterator[tuple[Path, Block]]:
    """Every path of a branch with its place, in document order; "otherwise" is none of them."""
    for at, block in blocks(document):
        yield from _paths(block, at)


def _inside(steps: list[Block], at: Path) -> Iterator[tuple[Path, Block]]:
    for index, block in enumerate(steps):
        here = (*at, index)
        yield here, block
        for way, inner in ways(block):
            yield from _inside(inner, (*here, *way, "steps"))


def ways(block: Block) -> Iterator[tuple[Path, list[Block]]]:
    """The lists of steps inside a branch, "otherwise" last, each with its place in the branch."""
    if block.get("kind") != "branch":
        return
    for at, each in _paths(block, ()):
        yield at, each.get("steps") or []
    yield ("otherwise",), (block.get("otherwise") or {}).get("steps") or []


def _paths(block: Block, at: Path) -> Iterator[tuple[Path, Block]]:
    if block.get("kind") == "branch":
        for number, each in enumerate(block.get("paths") or []):
            yield (*at, "paths", number), each


def not_set_up(document: Document) -> list[Path]:
    """Where conditions and paths stand that were inserted and never filled in; what always holds has groups: none."""
    conditions = [found for found in blocks(document) if found[1].get("kind") == "condition"]
    return [path for path, asking in (*conditions, *paths(document)) if "groups" not in asking]


def find(document: Document, block_id: str) -> tuple[Path, Block]:
    """Where a block stands, and the block.

    Raises:
        UnknownBlock: it is not there.
    """
    return _find(blocks(document), block_id)


def find_path(document: Document, path_id: str) -> tuple[Path, Block]:
    """Where a path of a branch stands, and the path.

    Raises:
        UnknownBlock: it is not there.
    """
    return _find(paths(document), path_id)


def _find(parts: Iterable[tuple[Path, Block]], id: str) -> tuple[Path, Block]:
    for at, part in parts:
        if part.get("id") == id:
            return at, part
    raise UnknownBlock(id)


def fresh_id(document: Document, prefix: str = "b") -> str:
    """An id that nothing in the draft has: one more than the highest, so that a removed one does not come back at once.

    Args:
        prefix: "b" of blocks, "p" of paths.
    """
    numbers = [0]
    for _at, part in (*blocks(document), *paths(document)):
        if (match := _ID.fullmatch(str(part.get("id", "")))) and match[1] == prefix:
            numbers.append(int(match[2]))
    return f"{prefix}{max(numbers) + 1}"


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
    """Put a copy of a block right below it; everything in the copy gets an id of its own.

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
    _renew(changed, {"steps": [copy]})
    return changed, str(copy["id"])


def relocate(document: Document, block_id: str, at: Path) -> Document:
    """Put a block, with what is in it, before what stands at another place of the draft.

    Raises:
        UnknownBlock: it is not there.
        UnknownPlace: there is no such place, or it lies inside the block itself.
    """
    changed = deepcopy(document)
    path, block = find(changed, block_id)
    if at[: len(path)] == path and len(at) > len(path):
        raise UnknownPlace(place(at))
    steps, index = _list_at(changed, path)
    there, before = _list_at(changed, at)
    # Marked, not removed: until it stands at its new place, every other place is where it was.
    gone: Block = {}
    steps[index] = gone
    there.insert(before, block)
    steps[:] = [each for each in steps if each is not gone]
    return changed


# ---- Branches ------------------------------------------------------------------------------------------


def new_branch(document: Document, mode: str) -> Block:
    """A branch with two paths that are not set up yet, for :func:`insert`."""
    first = fresh_id(document, "p")
    second = f"p{int(first[1:]) + 1}"
    heads = [{"id": id, "name": "", "steps": []} for id in (first, second)]
    return {"kind": "branch", "mode": mode, "paths": heads, "otherwise": {"steps": []}}


def depth(at: Path) -> int:
    """How many branches a place lies in."""
    return at.count("steps") - 1


def add_path(document: Document, block_id: str, limit: int) -> tuple[Document, str]:
    """Give a branch one more path, the last before "otherwise"; it is not set up yet.

    Returns:
        The new draft, and the id of the path.

    Raises:
        UnknownBlock: there is no such branch.
        UnknownPlace: it has ``limit`` paths.
    """
    changed = deepcopy(document)
    path, block = find(changed, block_id)
    if block.get("kind") != "branch":
        raise UnknownBlock(block_id)
    if len(block["paths"]) >= limit:
        raise UnknownPlace(place(path))
    path_id = fresh_id(changed, "p")
    block["paths"].append({"id": path_id, "name": "", "steps": []})
    return changed, path_id


def replace_path(document: Document, path_id: str, head: Block) -> Document:
    """Give a path another name and condition; its id and its steps stay.

    Raises:
        UnknownBlock: it is not there.
    """
    changed = deepcopy(document)
    _path, path = find_path(changed, path_id)
    kept = {"id": path_id, "steps": path.get("steps") or []}
    path.clear()
    path.update({**deepcopy(head), **kept})
    return changed


def remove_path(document: Document, path_id: str) -> Document:
    """Take a path away, with its steps.

    Raises:
        UnknownBlock: it is not there.
        UnknownPlace: it is the only one, and a branch has at least one.
    """
    changed = deepcopy(document)
    siblings, index = _siblings(changed, path_id)
    if len(siblings) == 1:
        raise UnknownPlace(path_id)
    del siblings[index]
    return changed


def move_path(document: Document, path_id: str, by: int) -> Document:
    """Move a path to the left (-1) or to the right (1). At the end it stays where it is.

    Raises:
        UnknownBlock: it is not there.
    """
    changed = deepcopy(document)
    siblings, index = _siblings(changed, path_id)
    path = siblings.pop(index)
    siblings.insert(max(0, min(len(siblings), index + by)), path)
    return changed


def duplicate_path(document: Document, path_id: str, limit: int) -> tuple[Document, str]:
    """Put a copy of a path to the right of it; everything in the copy gets an id of its own.

    Returns:
        The new draft, and the id of the copy.

    Raises:
        UnknownBlock: it is not there.
        UnknownPlace: its branch has ``limit`` paths.
    """
    changed = deepcopy(document)
    siblings, index = _siblings(changed, path_id)
    if len(siblings) >= limit:
        raise UnknownPlace(path_id)
    copy = deepcopy(siblings[index])
    siblings.insert(index + 1, copy)
    copy["id"] = fresh_id(changed, "p")
    _renew(changed, copy)
    return changed, str(copy["id"])


def _siblings(document: Document, path_id: str) -> tuple[list[Block], int]:
    """The paths of the branch that a path belongs to, and which of them it is."""
    (*way, index), _path = find_path(document, path_id)
    found: Any = document
    for part in way:
        found = found[part]
    assert isinstance(index, int)
    return found, index


def _renew(document: Document, part: Document) -> None:
    """Give everything in a part of a draft a new id: one by one, so that each counts when the next is made."""
    for _at, block in list(blocks(part)):
        block["id"] = fresh_id(document)
    for _at, path in list(paths(part)):
        path["id"] = fresh_id(document, "p")


# ---- Comparing -----------------------------------------------------------------------------------------


def changes_between(published: Document | None, draft: Document) -> int:
    """How many things differ: trigger, who may trigger it, each step or path added, changed, moved or removed."""
    if published is None:
        return 0
    count: int = sum(published.get(key) != draft.get(key) for key in ("trigger", "origins", "scope"))
    before, after = _parts(published), _parts(draft)
    count += len(before.keys() ^ after.keys())
    both = before.keys() & after.keys()
    count += sum(before[key] != after[key] for key in both)
    lists_before, lists_after = _lists(published), _lists(draft)
    moved_away = {
        key for way, keys in lists_before.items() for key in keys if key not in lists_after.get(way, ())
    }
    count += len(moved_away & both)
    stayed = both - moved_away
    for way, keys in lists_before.items():
        kept = [key for key in keys if key in stayed]
        count += _moved(kept, [key for key in lists_after.get(way, ()) if key in stayed])
    return count


def _parts(document: Document) -> dict[str, Block]:
    """Blocks and paths by their ids, without what is inside them."""
    own = {str(path.get("id")): {**path, "steps": None} for _at, path in paths(document)}
    for _at, block in blocks(document):
        own[str(block.get("id"))] = {**block, "paths": None, "otherwise": None}
    return own


def _lists(document: Document) -> dict[str, list[str]]:
    """The ids in every list of steps or paths, by what the list belongs to."""
    found = {"": _ids(document.get("steps"))}
    for _at, block in blocks(document):
        if block.get("kind") == "branch":
            found[f"{block.get('id')} paths"] = _ids(block.get("paths"))
            found[f"{block.get('id')} otherwise"] = _ids((block.get("otherwise") or {}).get("steps"))
    for _at, path in paths(document):
        found[f"{path.get('id')} steps"] = _ids(path.get("steps"))
    return found


def _ids(parts: list[Block] | None) -> list[str]:
    return [str(part.get("id")) for part in parts or []]


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
