"""What to compare the corpus with: for each operator, operands on both sides of every edge."""

from __future__ import annotations

from typing import Any

from relance.lib.kinds import Kind
from tests.contracts.corpus import CURRENCIES, DAYS, TEXTS, Corpus, money

TEXT_OPERANDS = (
    "été", "ETE", "t", "%", "_", "a_b", "'", '"', "\\", "œ", "OE", "ß", "ss", "İ", "i", "ı", "stanbul",
    "\u0301", "\u200b", "null", "ΛΛΑΣ", "ς", "two spaces", " ete", "second line", "line second",
    "needle at the end", "first", "END", "😀", "x" * 4_000, "$.", "Zoë", "nothing like it",
)  # fmt: skip
MONEY_OPERANDS = (-3, 0, 1, 4, 5, 6, 101, 900, 1000, 10**15, 2**53 - 1)
RANGES = (("EUR", "EUR"), ("USD", "USD"), ("EUR", "JPY"), ("SEK", "KWD"), ("CHF", "CHF"), ("EUR", "CHF"))
MOMENT_OPERANDS = (
    "2026-03-31T22:30:00Z", "2026-04-01T00:30:00+02:00", "2010-11-07T02:30:30.000000+00:00",
    "2024-12-31T09:59:59.000005Z", "2024-12-31T09:59:59.000004Z", "2010-11-07T03:30Z",
    "1900-01-01T00:00:00+14:00", "2200-12-31T23:59:59.999999-12:00",
)  # fmt: skip
#: Operands that depend on the operator alone.
SHAPES: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(
        (
            "empty",
            "filled",
            "true",
            "false",
            "me",
            "triggering_user",
            "today",
            "yesterday",
            "tomorrow",
            "this_week",
            "this_month",
        ),
        (None,),
    ),
    **dict.fromkeys(("last_days", "next_days"), (1, 6, 7, 30, 3660)),
}


def operands(corpus: Corpus, kind: Kind, op: str, target: str | None = None) -> list[Any]:
    """What to compare fields of a kind with. None where the operator wants nothing beside the field."""
    shape = SHAPES.get(op)
    if shape is not None:
        return list(shape)
    match kind, op:
        case (_, "in_team"):
            return [*corpus.teams, 10**6]
        case (Kind.TEXT | Kind.LONG_TEXT, "one_of"):
            return [[text] for text in TEXTS[:5]] + [["ÉTÉ", "z", "axb"], ["\u0301"], ["nowhere"]]
        case (Kind.TEXT | Kind.LONG_TEXT, _):
            return [*TEXT_OPERANDS, *(TEXTS if op in ("is", "is_not") else ())]
        case (Kind.EMAILS, _):
            return [
                "ANA@",
                "example",
                "_",
                "%",
                "a_b",
                "first.example two",
                "example\ntwo",
                "Bucher",
                "'",
                "\u0301",
                "é@",
            ]
        case (Kind.PHONES, _):
            return [
                "23 45",
                "2345",
                "+33",
                "33123",
                "3456",
                "34 56",
                "x12",
                "x 12",
                "++",
                "(",
                "٢٣",
                "x",
                "-",
                "--",
                "5",
                "٣٤٥٦",
            ]
        case (Kind.NUMBER, "between"):
            return [[0, 50], [50, 50], [-5, -1], [51, 2**53 - 1], [-(2**53) + 1, 2**53 - 1]]
        case (Kind.NUMBER, _):
            return [0, 1, 49, 50, 51, 100, -1, 10_000_000, 2**31, 2**53 - 1, -(2**31) - 1, -(2**53) + 1]
        case (Kind.MONEY, "between"):
            return [
                [money(low, code), money(high, other)]
                for low, high in ((0, 5), (5, 1000), (-3, 0))
                for code, other in RANGES
            ]
        case (Kind.MONEY, _):
            return [money(amount, code) for amount in MONEY_OPERANDS for code in CURRENCIES]
        case (Kind.DATE, _):
            return [day.isoformat() for day in DAYS[::3]]
        case (Kind.DATETIME, _):
            return [*(day.isoformat() for day in DAYS[::4]), *MOMENT_OPERANDS]
    one = _ids_or_keys(corpus, kind, target)
    if op in ("one_of", "none_of", "any_of", "all_of"):
        return [[item] for item in one] + [one[:2], one[1:], one[:1] * 2]
    return one


def _ids_or_keys(corpus: Corpus, kind: Kind, target: str | None) -> list[Any]:
    match kind:
        case Kind.CHOICE:
            return [
                "A",
                "B",
                "website",
                "other",
                "open",
                "won",
                "call",
                "FR",
                "a",
                "taken away",
                "\u0301",
            ]
        case Kind.USER:
            return [*corpus.users.values(), 10**6]
        case Kind.STAGE:
            return [*corpus.stages, 2**63 - 1]
        case Kind.PIPELINE:
            return [*corpus.pipelines, 10**6]
        case Kind.MULTI_CHOICE:
            return [
                corpus.labels[0],
                corpus.labels[1],
                corpus.labels[10],
                corpus.labels[11],
                10**6,
                2**63 - 1,
            ]
        case Kind.LINK:
            ids = corpus.records[str(target)]
            return [ids[0], ids[1], ids[-1], 10**9, 2**63 - 1]
    raise AssertionError(kind)
