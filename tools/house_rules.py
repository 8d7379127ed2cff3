"""Rules of this project that no general tool knows: ``make check`` prints each place where one is broken.

1. A module stays readable in one go: at most 450 lines.
2. Sales records are written by the UnitOfWork only. Their managers refuse at run time; this finds it earlier, together
   with SQL that would go around them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 450
RECORD_MODELS = {"Person", "Organization", "Deal", "Lead", "Activity", "Note"}
WRITES = {
    "save", "asave", "delete", "adelete", "update", "aupdate", "create", "acreate", "bulk_create", "abulk_create",
    "bulk_update", "abulk_update", "get_or_create", "aget_or_create", "update_or_create", "aupdate_or_create",
}  # fmt: skip
RAW_WRITE = re.compile(
    r"\b(?:insert\s+into|update|delete\s+from|copy)\s+\"?records_(?:person|organization|deal|lead|activity|note)\b",
    re.IGNORECASE,
)
#: The one way to write.
ALLOWED = ("relance/records/flush/", "relance/records/unit_of_work.py", "relance/records/models/")


def sources() -> Iterator[Path]:
    """The modules of the product, without generated migrations."""
    for path in sorted((ROOT / "relance").rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def long_modules(paths: Iterator[Path]) -> Iterator[str]:
    """Modules that have outgrown one idea."""
    for path in paths:
        lines = len(path.read_text().splitlines())
        if lines > MAX_LINES:
            yield f"{path.relative_to(ROOT)}: {lines} lines, at most {MAX_LINES}: split it by ideas"


def record_writes(source: str, place: str) -> Iterator[str]:
    """Writes of sales records in one module, around the UnitOfWork."""
    tree = ast.parse(source)
    for scope in ast.walk(tree):
        if isinstance(scope, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _writes_in(scope, place)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and RAW_WRITE.search(node.value):
            yield f"{place}:{node.lineno}: SQL that writes records around the UnitOfWork"


def _writes_in(scope: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef, place: str) -> Iterator[str]:
    records = RECORD_MODELS | {name for node in _own(scope) for name in _bound(node)}
    for node in _own(scope):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
        ):
            continue
        root = _root(node.func.value)
        if root in records:
            yield f"{place}:{node.lineno}: {root}….{node.func.attr}() writes records around the UnitOfWork"


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope, without those of functions inside it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _own(child)


def _bound(node: ast.AST) -> Iterator[str]:
    """Names that a statement binds to records: assigned, looped over or annotated."""
    value: ast.AST | None = None
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        value, targets = node.value, node.targets
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        value, targets = node.value, [node.target]
    elif isinstance(node, ast.For | ast.comprehension):
        value, targets = node.iter, [node.target]
    elif isinstance(node, ast.arg) and isinstance(node.annotation, ast.Name):
        if node.annotation.id in RECORD_MODELS:
            yield node.arg
        return
    if value is not None and _root(value) in RECORD_MODELS:
        for target in targets:
            if isinstance(target, ast.Name):
                yield target.id


def _root(node: ast.AST) -> str | None:
    """The first name of a chain such as ``Deal.objects.filter(…)[0]``."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript | ast.Await):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def main() -> int:
    """Print what is broken; the exit code says whether anything is."""
    found = list(long_modules(sources()))
    for path in sources():
        place = path.relative_to(ROOT).as_posix()
        if not place.startswith(ALLOWED):
            found.extend(record_writes(path.read_text(), place))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
