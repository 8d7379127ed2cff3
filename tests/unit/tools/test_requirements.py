"""What docs/requirements.md promises: every row of the two source pages has a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "requirements.md"
WANTED = [f"P{number}" for number in range(1, 31)] + [f"S{number}" for number in range(1, 31)]


def rows():
    """Number → (what, tests) of each row of the page."""
    found = {}
    for line in PAGE.read_text().splitlines():
        if match := re.fullmatch(r"\| ([PS]\d+) \| (.+?) \| (.+?) \|", line):
            assert match[1] not in found, f"{match[1]} stands there twice"
            found[match[1]] = (match[2], re.findall(r"`([^`]+)`", match[3]))
    return found


def defined_in(path):
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_each_requirement_has_a_row_and_nothing_else_does():
    assert list(rows()) == WANTED


@pytest.mark.parametrize("number", WANTED)
def test_a_requirement_names_tests_that_exist(number):
    _what, tests = rows()[number]
    assert tests, f"no test shows {number}"
    for name in tests:
        file, _colons, test = name.partition("::")
        path = ROOT / "tests" / file
        assert path.is_file(), f"{number}: there is no tests/{file}"
        assert test in defined_in(path), f"{number}: tests/{file} has no {test}"
