from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.lib.text import TextError, clean, digits, fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Été", "ETE"),
        ("Cœur", "coeur"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Søren", "soren"),
        ("  Acme\u00a0\t Corp ", "acme corp"),
        ("e\u0301te\u0301", "été"),
        ("İstanbul", "istanbul"),
        ("Ac\u00adme\u200b", "acme"),
        ("ﬁn", "fin"),
    ],
)
def test_case_accents_and_spacing_do_not_distinguish_two_texts(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(value: str) -> None:
    assert fold(fold(value)) == fold(value)


@given(st.text())
def test_composed_and_decomposed_forms_fold_alike(value: str) -> None:
    assert fold(unicodedata.normalize("NFC", value)) == fold(unicodedata.normalize("NFD", value))


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_agrees_with_the_long_one(value: str) -> None:
    assert fold(value) == fold(value + "\u00ad")


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800", "a\x07", "a\x7f", "a\x9b", "a\x0b"])
def test_characters_no_store_can_hold_are_refused(bad: str) -> None:
    with pytest.raises(TextError) as refused:
        clean(bad, max_length=100, multiline=True)
    assert refused.value.code == "forbidden_character"


def test_a_single_line_keeps_no_line_breaks() -> None:
    assert clean(" one\r\ntwo\tthree ", max_length=100) == "one two three"


def test_several_lines_keep_their_breaks_in_one_form() -> None:
    assert clean("one\r\ntwo\rthree\u2028four\tfive", max_length=100, multiline=True) == (
        "one\ntwo\nthree\nfour\tfive"
    )


def test_too_long_a_text_says_by_how_much() -> None:
    with pytest.raises(TextError) as refused:
        clean("abcdef", max_length=5)
    assert (refused.value.code, refused.value.params) == ("too_long", {"limit": 5, "length": 6})


def test_length_counts_composed_characters() -> None:
    assert clean("e\u0301" * 5, max_length=5) == "é" * 5


@given(st.text(), st.booleans())
def test_a_clean_text_stays_as_it_is(value: str, multiline: bool) -> None:
    try:
        once = clean(value, max_length=10_000, multiline=multiline)
    except TextError:
        return
    assert clean(once, max_length=10_000, multiline=multiline) == once
    once.encode()


def test_digits_of_a_number_however_it_is_written() -> None:
    assert digits("+33 (0)1-42.68") == "3301" + "4268"
    assert digits("٠١٢ x") == "012"
    assert digits("none²") == ""
