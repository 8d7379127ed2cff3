"""What an attacker, a broken client or a bad day sends: a clear 4xx, never a 500, and nothing half-saved.

The list only grows: each input that ever made trouble stays here.
"""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from relance.events.models import Event
from relance.lib.kinds import Kind
from relance.records.fields import RECORD_TYPES, SLUGS, editable_fields, fields_of, title_key

DEEP = 100_000
BODIES: dict[str, tuple[bytes, set[int]]] = {
    "nothing": (b"", {422}),
    "blank": (b"  \n", {400}),
    "half an object": (b'{"title": "x"', {400}),
    "trailing comma": (b'{"title": "x",}', {400}),
    "single quotes": (b"{'title': 'x'}", {400}),
    "two values": (b'{"title": "x"} {}', {400}),
    "comment": (b'{"title": "x"} // yes', {400}),
    "unquoted key": (b'{title: "x"}', {400}),
    "raw newline in a text": (b'{"title": "a\nb"}', {400}),
    "raw NUL in a text": (b'{"title": "a\x00b"}', {400}),
    "raw NUL after the body": (b'{"title": "x"}\x00', {400}),
    "escaped NUL in a text": (b'{"title": "a\\u0000b"}', {400}),
    "escaped NUL in a key": (b'{"title": "x", "a\\u0000": 1}', {400}),
    "lone high surrogate": (b'{"title": "\\ud800"}', {400}),
    "lone low surrogate": (b'{"title": "\\udc00 x"}', {400}),
    "surrogates in the wrong order": (b'{"title": "\\udc00\\ud800"}', {400}),
    "lone surrogate in a key": (b'{"\\ud800": 1}', {400}),
    "lone surrogate deep inside": (b'{"emails": [{"value": "\\ud800"}]}', {400}),
    "unicode escape cut off": (b'{"title": "\\u12"}', {400}),
    "bad UTF-8": (b'{"title": "\xff\xfe"}', {400}),
    "UTF-8 of a surrogate": (b'{"title": "\xed\xa0\x80"}', {400}),
    "overlong UTF-8": (b'{"title": "\xc0\xaf"}', {400}),
    "byte order mark": (b'\xef\xbb\xbf{"title": "x"}', {400}),
    "UTF-16": ('{"title": "x"}'.encode("utf-16"), {400}),
    "UTF-32": ('{"title": "x"}'.encode("utf-32"), {400}),
    "lists nested deep": (b"[" * DEEP + b"]" * DEEP, {400}),
    "lists nested deep, never closed": (b"[" * DEEP, {400}),
    "objects nested deep": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, {400}),
    "nested 33 deep in a field": (b'{"title": ' + b"[" * 32 + b"]" * 32 + b"}", {400}),
    "nested 32 deep in a field": (b'{"title": ' + b"[" * 31 + b"]" * 31 + b"}", {422}),
    "brackets only inside a text": (b'{"title": "' + b"[" * 200 + b'"}', {201}),
    "101 digits": (b'{"title": "x", "probability": ' + b"9" * 101 + b"}", {400}),
    "100 digits": (b'{"title": "x", "probability": ' + b"9" * 100 + b"}", {422}),
    "5,000 digits": (b'{"title": "x", "probability": ' + b"9" * 5000 + b"}", {400}),
    "5,000 digits after the point": (b'{"title": "x", "probability": 0.' + b"9" * 5000 + b"}", {400}),
    "huge exponent": (b'{"title": "x", "probability": 1e400}', {400}),
    "negative huge exponent": (b'{"title": "x", "probability": -1e999}', {400}),
    "NaN": (b'{"title": "x", "probability": NaN}', {400}),
    "Infinity": (b'{"title": "x", "probability": Infinity}', {400}),
    "minus Infinity": (b'{"title": "x", "probability": -Infinity}', {400}),
    "leading zero": (b'{"title": "x", "probability": 012}', {400}),
    "plus sign": (b'{"title": "x", "probability": +1}', {400}),
    "hexadecimal": (b'{"title": "x", "probability": 0x10}', {400}),
    "the same key twice": (b'{"title": "x", "title": "y"}', {400}),
    "the same key twice, once escaped": (b'{"title": "x", "t\\u0069tle": "y"}', {400}),
    "10,001 keys": (json.dumps({f"k{number}": 1 for number in range(10_001)}).encode(), {400}),
    "9,999 unknown keys": (json.dumps({f"k{number}": 1 for number in range(9_999)}).encode(), {422}),
    "over a megabyte": (b'{"title": "' + b"x" * 1_000_000 + b'"}', {413}),
    "three megabytes": (b'{"title": "' + b"x" * 3_000_000 + b'"}', {413}),
    "a megabyte of open quotes": (b'"' * 900_000, {400}),
    "a megabyte of backslashes": (b'"' + b"\\" * 900_000, {400}),
    "a megabyte of escaped quotes": (b'"' + b'\\"' * 400_000, {400}),
    "a list at the top": (b"[]", {422}),
    "a text at the top": (b'"title"', {422}),
    "a number at the top": (b"1", {422}),
    "null at the top": (b"null", {422}),
    "true at the top": (b"true", {422}),
    "no title": (b"{}", {422}),
    "unknown key": (b'{"title": "x", "shoe_size": 44}', {422}),
    "a key of Python": (b'{"title": "x", "__class__": {}, "__init__": 1}', {422}),
    "a key of the database": (b'{"title": "x", "deleted_at": null, "folded": {}}', {422}),
    "an id": (b'{"title": "x", "id": 1}', {422}),
    "what Relance fills in": (b'{"title": "x", "created_at": "2026-01-01T00:00:00+00:00"}', {422}),
    "a look-up as a key": (b'{"title__icontains": "x", "owner__password": "y"}', {422}),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused(api, name):
    body, statuses = BODIES[name]
    answer = api.post("/deals", body)
    assert answer.status_code in statuses, (answer.status_code, answer.content[:300])
    if answer.status_code >= 400:
        _is_problem(answer)
        assert not Event.objects.exists()
    _all_lists_answer(api)


#: For every field whatever its kind.
VALUES = [
    0, 1, -1, 0.5, 1.0, 2**31, 2**63, -(2**63) - 1, 10**99, True, False, "", " ", "x", "1", "1_000", "\u0661\u0662",
    "\uff11", "0x1", "1e3", "null", "true", [], [[]], [None], [1, 1], [2**70], ["x"], {}, {"a": 1}, {"amount": 1},
    {"amount": "1", "currency": "EUR"}, {"amount": 1.5, "currency": "EUR"}, {"amount": True, "currency": "EUR"},
    {"amount": 10**30, "currency": "EUR"}, {"amount": 1, "currency": ["EUR"]}, {"amount": 1, "currency": "ZZZ"},
    {"amount": 1, "currency": "eur"}, {"amount": 1, "currency": None}, {"amount": None, "currency": "EUR"},
    {"amount": 1, "currency": "EUR", "x": 1}, [{"value": "a@example.com", "kind": ["work"]}], [{"value": 1}],
    [{"value": "a@example.com", "primary": "yes"}], [{"kind": "work"}], [{"value": ""}], [{"value": "a@" + "b" * 300}],
    [{"value": "a@example.com"}] * 200, "2026-13-45", "2026-02-30", "0000-01-01", "0001-01-01", "9999-12-31",
    "10000-01-01", "2026-1-1", "2026-W01-1", "2026-12-24T10:00:00", "2026-12-24T10:00:00Z", "2026-12-24T25:00:00+00:00",
    "2026-12-24T10:00:00+99:99", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1900-01-01T00:00:00+14:00",
    "2026-03-29T02:30:00+01:00", "24:00", "14:30:00", "\u0661\u0664:30", "14:30\n",
]  # fmt: skip


def _fields_of_each_sort():
    """One field for each rule of validation: the same rule in another type would say nothing new."""
    sorts = {}
    for record_type in RECORD_TYPES:
        for field in editable_fields(record_type):
            sorts.setdefault(
                (field.kind, field.format, field.required, field.target), (record_type, field.key)
            )
    return sorted(sorts.values())


@pytest.mark.parametrize(("record_type", "key"), _fields_of_each_sort())
def test_every_sort_of_field_meets_every_value(api, record_type, key):
    path, title = f"/{SLUGS[record_type]}", title_key(record_type)
    for value in VALUES:
        answer = api.post(path, {title: "x", key: value})
        assert answer.status_code in {201, 422}, (value, answer.content[:300])
        if answer.status_code == 422:
            _is_problem(answer)
            pointers = [error["pointer"] for error in answer.json()["errors"]]
            assert all(p == f"/{key}" or p.startswith(f"/{key}/") for p in pointers), (value, pointers)
    _all_lists_answer(api)


#: Stored or refused, but never in the way afterwards.
TEXTS = [
    "\u0001", "a\u0007b", "\u007f", "\u0085", "\u2028", "\u2029", "\u202e abc", "\u200d\u200d", "\ufeff", "\ufffe",
    "\uffff",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467", "e\u0301" * 50, "\u0958", "\u1e9b\u0323", "Z\u0351\u036b\u0343" * 40,
    "\u0130\u0131\u00df\ufb01", "İstanbul ẞtraße", "\U00010000", "\U0010ffff", "a\r\nb", "a\rb", "a\tb", "\v", "\f",
    "  x  ",
    "'; DROP TABLE records_deal; --", "\" OR \"\"=\"", "%", "_", "\\", "100%s", "%(name)s", "{0}",
    "{{ 7*7 }}", "{% debug %}",
    "${7*7}", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)",
    "=1+1", "@SUM(1)", "+1", "-1",
    "../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1/", "null", "undefined", "NaN", "True", "1/0",
    "nil", "()",
    "__proto__", "constructor", "\u3000", "\u00a0", "\u180e", "x" * 200, "\u00e9" * 200, "\U0001f600" * 200, "x" * 201,
    "e\u0301" * 200, "\ufdfa" * 200, "x" * 20_000, "x" * 20_001, "\u0344" * 100,
]  # fmt: skip


TEXT_FIELDS = [
    (record_type, key)
    for record_type, key in _fields_of_each_sort()
    if fields_of(record_type)[key].kind in {Kind.TEXT, Kind.LONG_TEXT}
]


@pytest.mark.parametrize(("record_type", "key"), TEXT_FIELDS)
def test_every_sort_of_text_meets_every_text(api, record_type, key):
    path, title = f"/{SLUGS[record_type]}", title_key(record_type)
    for text in TEXTS:
        answer = api.post(path, {title: "x", key: text})
        assert answer.status_code in {201, 422}, (text, answer.content[:300])
        if answer.status_code == 201:
            assert api.get(f"{path}/{answer.json()['id']}").json() == answer.json()
    _all_lists_answer(api)


def test_every_text_can_be_searched_for(api):
    for text in TEXTS:
        if len(text) <= 200:
            assert api.get(f"/deals?q={quote(text)}").status_code in {200, 400}, text


QUERIES = {
    "?unknown=1": 400,
    "?q=x&unknown": 400,
    "?owner__password=x": 400,
    "?q=%00": 400,
    "?q=a%01": 400,
    "?q=%ff%fe": 200,  # not UTF-8: read as replacement characters
    "?q=%ed%a0%80": 200,
    "?q=" + "x" * 201: 400,
    "?q=a&q=b": 400,
    "?q=%25_%5C": 200,
    "?limit=0": 400,
    "?limit=-1": 400,
    "?limit=201": 400,
    "?limit=abc": 400,
    "?limit=": 400,
    "?limit=1e1": 400,
    "?limit=99999999999999999999999": 400,
    "?limit=" + "9" * 5000: 400,
    "?limit=10&limit=20": 400,
    "?cursor=x": 400,
    "?cursor=%00": 400,
    "?cursor=%C3%A9": 400,
    "?cursor=YWZ0ZXIgeA": 400,  # after x
    "?cursor=YWZ0ZXIgLTE": 400,  # after -1
    "?cursor=YWZ0ZXIg2aE": 400,  # after, and an Arabic digit
    "?cursor=YWZ0ZXIgOTk5OTk5OTk5OTk5OTk5OTk5OTk5": 400,  # after 999999999999999999999
    "?cursor=" + "A" * 101: 400,
    "?" + "&".join(f"a{number}=1" for number in range(2000)): 400,
    "?&&&": 200,
    "?=": 400,
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_bad_query_is_refused(api, query):
    answer = api.get("/deals" + query)
    assert answer.status_code == QUERIES[query], answer.content[:300]
    if answer.status_code == 400:
        _is_problem(answer)


@pytest.mark.parametrize(
    "query", ["?x=1", "?version=0", "?version=a", "?version=1&version=2", "?version=" + "9" * 30]
)
def test_a_bad_deletion_deletes_nothing(api, query):
    deal = api.post("/deals", {"title": "x"}).json()
    assert api.delete(f"/deals/{deal['id']}{query}").status_code == 400
    assert api.get(f"/deals/{deal['id']}").status_code == 200


IDS = [
    "0",
    "-1",
    "1.0",
    "1e3",
    "abc",
    "%00",
    "١",
    "9" * 19,
    "9" * 30,
    "9" * 5000,
    "1%2F2",
    "..",
    "",
    "None",
    "1 ",
]


@pytest.mark.parametrize("record_id", IDS)
def test_an_impossible_id_does_not_exist(api, record_id):
    for answer in (
        api.get(f"/deals/{record_id}"),
        api.patch(f"/deals/{record_id}", {"title": "x"}),
        api.delete(f"/deals/{record_id}"),
    ):
        assert answer.status_code in {404, 405}
        _is_problem(answer)


@pytest.mark.parametrize("version", [0, -1, "1", 1.0, True, 2**31, 10**50, [], {}])
def test_a_bad_version_changes_nothing(api, version):
    deal = api.post("/deals", {"title": "x"}).json()
    answer = api.patch(f"/deals/{deal['id']}", {"title": "y", "version": version})
    assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == "/version"
    assert api.get(f"/deals/{deal['id']}").json() == deal


@pytest.mark.parametrize(
    "content_type",
    [
        "", "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
        "multipart/form-data; boundary=x", "application/json; charset=utf-7", "application/json; charset=utf-16",
        "application/json; charset=latin-1", "application/json; charset=nonsense", "application/jsonp", "*/*",
    ],
)  # fmt: skip
def test_another_kind_of_body_is_refused(api, content_type):
    answer = api.post("/deals", {"title": "x"}, content_type=content_type)
    assert answer.status_code == 415, answer.content[:300]
    _is_problem(answer)


def test_a_compressed_body_is_refused(api):
    headers = {"Authorization": f"Bearer {api.key}", "Content-Encoding": "gzip"}
    assert api.post("/deals", b"\x1f\x8b", headers=headers).status_code == 415


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "PROPFIND", "POST"])
def test_a_method_that_is_not_there_is_said(api, method):
    answer = api.send(method, "/deals/1", {})
    assert answer.status_code == 405
    _is_problem(answer)


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/deals/", "/deals/1/2", "/deal", "/Deals", "/notes", "/users"]
)
def test_an_address_that_is_not_there_is_said(api, path):
    answer = api.get(path)
    assert answer.status_code == 404
    _is_problem(answer)


@pytest.mark.parametrize("key", ["", " ", "x", "relance_", "\u00e9", "a" * 10_000, "%00", "null"])
def test_a_bad_key_opens_nothing(api, key):
    answer = api.get("/deals", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    _is_problem(answer)


def test_every_operation_refuses_a_parameter_it_does_not_declare(api):
    for path, operations in api.get("/openapi.json").json()["paths"].items():
        for method in operations:
            answer = api.send(
                method.upper(), path.removeprefix("/api/v1").replace("{record_id}", "1") + "?zzz=1", b""
            )
            assert answer.status_code in {400, 422}, (method, path)


def _is_problem(answer):
    assert answer["Content-Type"] == "application/problem+json", answer.content[:300]
    body = answer.json()
    assert body["status"] == answer.status_code and body["title"]
    assert "Traceback" not in str(body) and "SELECT" not in str(body)


def _all_lists_answer(api):
    for path in SLUGS.values():
        answer = api.get(f"/{path}?limit=200")
        assert answer.status_code == 200
        answer.json()


def test_an_error_carries_the_headers_that_protect(api):
    for answer in (api.get("/nothing"), api.send("PUT", "/deals", {}), api.get("/deals?x=1")):
        assert "Content-Security-Policy" in answer and answer["X-Content-Type-Options"] == "nosniff"
