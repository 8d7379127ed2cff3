"""What is wrong with a document, and exactly where. Sentences for people are made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core.core_schema import ErrorType

from relance.lib.shapes import Fault

Location = tuple[str | int, ...]
MAX_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong.

    Attributes:
        pointer: where, as a JSON pointer (RFC 6901) into the document; of a missing key, where it would be.
        code: what, such as "unknown_field".
        params: JSON values that the sentence about it needs.
    """

    pointer: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def under(self, *location: str | int) -> Problem:
        """The same problem, seen from the document that holds this part at ``location``."""
        return Problem(pointer(location) + self.pointer, self.code, self.params)


class DocumentError(ValueError):
    """A document that cannot be published. ``problems`` is never empty."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.pointer or '/'}: {problem.code}" for problem in problems[:5]))
        self.problems = list(problems[:MAX_PROBLEMS])


def pointer(location: Iterable[str | int]) -> str:
    """The JSON pointer of a path of keys and positions; the whole document is ""."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def from_fault(fault: Fault, location: Location) -> Problem:
    """A value's fault as a problem of the document that holds it."""
    return Problem(pointer((*location, *fault.at)), fault.code, fault.params)


# pydantic's types of error, by what they mean to someone who writes a document. A type that is not listed and
# is no type of pydantic's (a PydanticCustomError of a Params model) keeps its name as the code.
_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_key",
    "literal_error": "not_a_choice",
    "enum": "not_a_choice",
    "union_tag_invalid": "not_a_choice",
    "union_tag_not_found": "missing",
    "too_long": "too_long",
    "too_short": "too_short",
    "string_too_long": "too_long",
    "string_too_short": "blank",
    "string_pattern_mismatch": "wrong_form",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "multiple_of": "out_of_range",
    "finite_number": "out_of_range",
    "int_parsing_size": "out_of_range",
    "date_parsing": "not_a_date",
    "date_from_datetime_parsing": "not_a_date",
    "datetime_parsing": "not_a_datetime",
    "datetime_from_date_parsing": "not_a_datetime",
    "value_error": "invalid",
    "assertion_error": "invalid",
    "recursion_loop": "too_deep",
}
_PYDANTICS_TYPES = frozenset(get_args(ErrorType))
_KEPT = ("expected", "expected_tags", "ge", "gt", "le", "lt", "max_length", "min_length", "pattern")


def from_validation(error: ValidationError, raw: Any, location: Location = ()) -> list[Problem]:
    """pydantic's errors as problems.

    Args:
        raw: what was validated: tells the keys of the document from the names of union members, which
            pydantic puts into its locations.
        location: where in the document ``raw`` stands.
    """
    problems = []
    for detail in error.errors(include_url=False, include_input=False):
        kind, context = detail["type"], detail.get("ctx", {})
        place = _place(raw, detail["loc"], missing=kind == "missing")
        if kind == "union_tag_not_found" or (kind == "union_tag_invalid" and "discriminator" in context):
            # Written "'name' | 'alias'": documents know the alias.
            place = (*place, str(context["discriminator"]).split(" | ")[-1].strip("'"))
        code = _CODES.get(kind)
        if code is None:
            code = "wrong_type" if _is_pydantics(kind) else kind
        if code == "wrong_type":
            params: dict[str, Any] = {"expected": kind.removesuffix("_type").removesuffix("_parsing")}
        elif _is_pydantics(kind):
            params = {key: _jsonable(context[key]) for key in _KEPT if key in context}
        else:
            params = {key: _jsonable(value) for key, value in context.items()}
        problems.append(Problem(pointer((*location, *place)), code, params))
    # Entries that are wrong do not count for pydantic: a list of one wrong entry would be too short as well.
    return [problem for problem in problems if problem.code != "too_short" or not _within(problem, problems)]


def _within(problem: Problem, problems: Sequence[Problem]) -> bool:
    return any(other.pointer.startswith(problem.pointer + "/") for other in problems)


def _is_pydantics(kind: str) -> bool:
    return kind in _PYDANTICS_TYPES


def _place(raw: Any, loc: Sequence[str | int], *, missing: bool) -> Location:
    """The part of pydantic's location that exists in the document."""
    place: list[str | int] = []
    tagged = False
    for number, part in enumerate(loc):
        if isinstance(raw, dict) and not tagged and _is_tag(raw, part):
            tagged = True  # the name of the union's member, not of a key, even where there is such a key
            continue
        if isinstance(raw, dict) and part in raw:  # noqa: SIM114 - one for keys, one for positions
            raw = raw[part]
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        elif not (missing and number == len(loc) - 1):
            continue
        tagged = False
        place.append(part)
    return tuple(place)


_TAGS = frozenset({"fixed", "field", "text", "formula", "date", "today", "actor"})


def _is_tag(raw: dict[str, Any], part: str | int) -> bool:
    """Whether a location names the member of the union that a value expression belongs to."""
    return "op" not in raw and raw.get("from") == part and part in _TAGS


def _jsonable(value: Any) -> Any:
    return value if isinstance(value, (str, int, bool, type(None), list, dict)) else str(value)
