"""TH14: whatever stands in a record, a mail goes to the one person meant, and its head holds what we put there.

Some two thousand payloads go through every place a record's text can reach in the head of a mail. What comes out is
read back by Python's own reader of mails.
"""

from __future__ import annotations

import email
import email.policy
import itertools
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.parser import HeaderParser
from email.utils import getaddresses

import pytest

from relance.outbound.addresses import BadAddress, address
from relance.outbound.letters import Letter, Unsendable
from relance.outbound.messages import HEADERS, rendered
from relance.outbound.models import Mail
from relance.outbound.outbox import post

GOOD = "nadia@example.com"
EVIL = "evil@attacker.example"
ENDS = (
    "\n", "\r", "\r\n", "\r\n\r\n", "\n\t", "\r\n ", "\x0b", "\x0c", "\x00", "\x1c", "\x1d", "\x1e", "\x85", "\u2028",
    "\u2029", "%0a", "%0d%0a", "\\r\\n", "\u560a", "\udc0a", " ", ",", ";", "\t", "\u202e", "\u200b", "\ufeff", "\x7f",
)  # fmt: skip
# ruff: noqa: E501
HEADS = (
    f"Bcc: {EVIL}", f"bcc:{EVIL}", f"To: {EVIL}", f"Cc: {EVIL}", f"Reply-To: {EVIL}", "Subject: You have won",
    "Content-Type: text/html", "Content-Transfer-Encoding: base64", "X-Evil: 1", f"Sender: {EVIL}", f"Return-Path: {EVIL}",
    f"Resent-To: {EVIL}", "MIME-Version: 2.0", "Message-ID: <evil@evil>", f"<{EVIL}>", EVIL, f'"x" <{EVIL}>', f"RCPT TO:<{EVIL}>",
    ".\r\nMAIL FROM:<x@y.z>", "=?utf-8?q?=0ABcc=3A_evil=40attacker.example?=", "=?utf-8?b?CkJjYzogZXZpbA==?=",
)  # fmt: skip
BODIES = ("", "Nadia", GOOD, f"<{GOOD}>", f'"{GOOD}"', "Été à Nîmes, S.A.R.L. «Kœnig»")
PAYLOADS = [
    *(f"{before}{end}{head}" for before, end, head in itertools.product(BODIES[:3], ENDS, HEADS)),
    *(f"{head}{end}{after}" for end, head, after in itertools.product(ENDS[:6], HEADS, BODIES[3:])),
    *(
        f"{GOOD}{glue}{EVIL}"
        for glue in (",", ";", " ", ", ", "\n", "%2c", "\u201a", "\uff0c", ">,<", "(x),", "@", "!", "%", "\\,", '",', ":")
    ),
    f"undisclosed:{EVIL};", f"@attacker.example:{GOOD}", f"{GOOD}\x00{EVIL}", "nadia@[127.0.0.1]", '"a\\"b"@example.com',
    "a" * 65 + "@example.com", "a@" + "b." * 130 + "com", "nadia@example.com.", ".nadia@example.com", "na..dia@example.com",
    "nadia@exam ple.com", "nadia@-example.com", "@example.com", "nadia@", "nadia", "", " ", "x" * 5000, "🙂" * 300,
    "nadia@localhost", "nаdia@example.com", "nadia@exаmple.com", "postmaster@example.com (comment)",
]  # fmt: skip


def mail(**values: str) -> Mail:
    """A mail as it would lie in the outbox."""
    letter = Letter.written(
        **{
            "to": GOOD, "to_name": "Nadia", "from_name": "Ana", "reply_to": "ana@kestrel.example", "subject": "Hello",
            "body": "Hello",
        }
        | values
    )  # fmt: skip
    made = post(letter, datetime(2026, 11, 20, tzinfo=UTC), record_type="deal", record_id=1, record_name="x")
    made.from_address = "crm@kestrel.example"
    return made


def check(made: Mail, *, closely: bool = False) -> None:
    """One person gets it, and its head is ours.

    Args:
        closely: read it with the strict reader, too, and the whole of it; that takes its time.
    """
    content = rendered(made)
    head, _blank, _body = content.partition(b"\r\n\r\n")
    bare = head.replace(b"\r\n", b"")
    assert head.isascii() and b"\n" not in bare and b"\r" not in bare
    message = HeaderParser().parsestr(head.decode())
    assert {key.lower() for key in message} <= {key.lower() for key in HEADERS}
    assert len(message.keys()) == len(set(message.keys()))
    assert message["Message-ID"] == made.message_id
    assert made.to_address.count("@") == 1 and not set(made.to_address) & set(' ,;<>()"\r\n\t\x00')
    shown = {key: str(make_header(decode_header(message[key]))) for key in ("Subject", "To", "From")}
    assert shown["Subject"] == made.subject
    for key, name, wanted in (
        ("To", made.to_name, made.to_address),
        ("From", made.from_name, made.from_address),
    ):
        assert [found for _name, found in getaddresses([message[key]])] == [wanted], message[key]
        if "=?" in message[key]:
            assert shown[key] == f"{name} <{wanted}>"
        elif name:
            assert getaddresses([message[key]]) == [(name, wanted)]
    assert (message["Reply-To"] or "").strip() == made.reply_to
    if closely:
        strict = email.message_from_bytes(content, policy=email.policy.default)
        assert [each.addr_spec for each in strict["To"].addresses] == [made.to_address]
        assert not strict["To"].defects and not strict["From"].defects
        assert [part.get_content_type() for part in strict.iter_parts()] == ["text/plain", "text/html"]


def test_there_are_some_two_thousand_payloads() -> None:
    assert len(set(PAYLOADS)) > 2000


def test_in_names_and_subject_a_payload_is_a_text_on_one_line() -> None:
    for number, payload in enumerate(PAYLOADS):
        try:
            made = mail(to_name=payload, from_name=payload, subject=payload)
        except Unsendable as refused:
            assert refused.code == "no_subject" and not payload.strip(), payload
            continue
        assert made.to_address == GOOD
        check(made, closely=number % 20 == 0)


@pytest.mark.parametrize("place", ["to", "reply_to"])
def test_an_address_is_exactly_one_address_or_refused(place: str) -> None:
    refused = 0
    for payload in PAYLOADS:
        if not payload:
            continue  # nobody to answer to is no attack
        try:
            made = mail(**{place: payload})
        except Unsendable as error:
            assert error.code == "bad_address"
            refused += 1
            continue
        # What is left is one address, as it was written.
        kept = made.to_address if place == "to" else made.reply_to
        assert kept.lower() == payload.strip(" ").lower() or not payload.isascii()
        check(made)
    assert refused > 1900


def test_a_body_stays_the_body() -> None:
    for payload in PAYLOADS[::29]:
        body = f"Dear Nadia{payload}\n.\nQUIT\n"
        check(mail(body=body.encode("utf-8", "replace").decode()), closely=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nadia@example.com", "nadia@example.com"),
        ("  nadia@example.com ", "nadia@example.com"),
        ("Nadia.Benali+crm@Example.COM", "Nadia.Benali+crm@example.com"),
        ("nadia@bücher.example", "nadia@xn--bcher-kva.example"),
        ("o'hara@example.co.uk", "o'hara@example.co.uk"),
    ],
)
def test_usual_addresses_are_accepted(text: str, found: str) -> None:
    assert address(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "a@example.com, b@example.com",
        "Nadia <nadia@example.com>",
        "nadia",
        "nadia@localhost",
        "müller@example.com",
    ],
)
def test_lists_names_and_halves_are_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        address(text)


def test_the_same_row_gives_the_same_bytes() -> None:
    made = mail(subject="Été", body="Bonjour <b>")
    assert rendered(made) == rendered(made)
