"""The parser of bodies answers every text with a value or a refusal, quickly."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.api import body
from relance.api.problems import Problem, pointer

TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_fine_is_read_as_it_is(value):
    assert body.parse(json.dumps(value).encode()) == value
    assert body.parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary())
def test_any_bytes_are_read_or_refused(data):
    try:
        body.parse(data)
    except Problem as problem:
        assert problem.status in {400, 413}


@given(st.text('{}[]",:\\u0123456789eE+-.nulltrue \n\ud800', max_size=200))
def test_anything_like_json_is_read_or_refused(text):
    try:
        body.parse(text.encode(errors="surrogatepass"))
    except Problem as problem:
        assert problem.status == 400


def test_brackets_and_digits_inside_texts_do_not_count():
    value = {"a": "[" * 100 + '"\\' + "{" * 100 + "9" * 500}
    assert body.parse(json.dumps(value).encode()) == value


def test_refusing_takes_a_time_that_grows_with_the_length_only():
    for unit in (b'"', b'\\"', b"[", b'"a\\', b'{"', b"9", b'["', b"\\u0041"):
        data = b'"' + unit * (900_000 // len(unit))
        started = time.perf_counter()
        with pytest.raises(Problem):
            body.parse(data)
        assert time.perf_counter() - started < 3


def test_a_forbidden_character_is_pointed_at():
    with pytest.raises(Problem) as refusal:
        body.parse(b'{"emails": [{"value": "x\\u0000"}]}')
    assert refusal.value.faults[0].pointer == "/emails/0/value"


def test_a_pointer_escapes_what_it_must():
    assert pointer(["a/b", "c~d", 0]) == "/a~1b/c~0d/0"
    assert pointer([]) == ""
