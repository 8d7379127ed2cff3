"""Mails on their way: a real conversation with a real mail server, on both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import close_old_connections, connection, transaction
from django.utils import translation

from relance.lib import clock
from relance.outbound import outbox, server
from relance.outbound.delivery import Courier, start_delivery
from relance.outbound.explain import explained
from relance.outbound.letters import Letter
from relance.outbound.models import Mail, MailState
from relance.outbound.transport import Catcher, Smtp
from tests.smtp import Dribble, Postbox, drop, free_port, linger

pytestmark = pytest.mark.django_db(transaction=True)

FROM = "Kestrel CRM <crm@kestrel.example>"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def put(to: str = "nadia@example.com", now: datetime | None = None, **values: Any) -> Mail:
    """A mail that is due, as a run leaves it."""
    letter = Letter.written(
        **{
            "to": to, "to_name": "Nadia Benali", "from_name": "Ana Ruiz", "reply_to": "ana@kestrel.example",
            "subject": "Thank you", "body": "Dear Nadia,\n\nthank you.",
        }
        | values
    )  # fmt: skip
    mail = outbox.post(letter, now or clock.now(), record_type="deal", record_id=1, record_name="x")
    outbox.put([mail])
    return mail


def courier(box: Postbox | None = None, url: str = "", **options: float) -> Courier:
    """Somebody who brings mails to this server."""
    return Courier(Smtp(server.read(url or box.url, FROM), **options))  # type: ignore[union-attr]


def now_of(mail: Mail) -> Mail:
    """The row as it is by now."""
    return Mail.objects.get(pk=mail.pk)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def box() -> Iterator[Postbox]:
    with Postbox() as box:
        yield box


@pytest.fixture
def time_at() -> Any:
    """Set the clock."""

    def set_to(moment: datetime) -> None:
        clock.set_clock(lambda: moment)

    return set_to


def test_an_accepted_mail_is_sent_once_to_one_person(box: Postbox) -> None:
    mail = put()
    assert courier(box).drain() == 1
    assert courier(box).drain() == 0
    [got] = box.mails
    assert (got.sender, got.to) == ("crm@kestrel.example", ["nadia@example.com"])
    message = got.message
    assert message["From"] == "Ana Ruiz <crm@kestrel.example>"
    assert message["To"] == "Nadia Benali <nadia@example.com>"
    assert message["Reply-To"] == "ana@kestrel.example"
    assert message["Message-ID"] == mail.message_id
    text, html = message.iter_parts()
    assert text.get_content().replace("\r\n", "\n").strip() == "Dear Nadia,\n\nthank you."
    assert "<p>thank you.</p>" in html.get_content()
    stored = now_of(mail)
    assert (stored.state, stored.attempts, stored.error, stored.lease) == (MailState.SENT, 1, None, "")
    assert stored.from_address == "crm@kestrel.example" and stored.sent_at is not None and not stored.caught


def test_a_refused_address_fails_at_once_and_says_which(box: Postbox) -> None:
    box.answers["RCPT"] = "550 5.1.1 No such person here"
    refused, other = put("nadja@example.com"), put("tom@example.com")
    assert courier(box).drain() == 2
    stored = now_of(refused)
    assert (stored.state, stored.attempts) == (MailState.FAILED, 1)
    said = explained(stored)
    assert said is not None and "nadja@example.com" in said.what and said.remedy
    assert said.answer == "550 5.1.1 No such person here"
    assert now_of(other).state == MailState.FAILED
    assert box.handed == []


def test_a_busy_server_is_asked_again_by_the_plan_and_the_same_mail_arrives(
    box: Postbox, time_at: Any
) -> None:
    box.answers["MAIL"] = "451 4.3.0 Try again later"
    time_at(NOON)
    mail = put()
    waits = []
    moment = NOON
    for attempt in range(1, len(outbox.PLAN) + 1):
        courier(box).drain()
        stored = now_of(mail)
        assert (stored.state, stored.attempts) == (MailState.QUEUED, attempt)
        waits.append((stored.next_at - moment).total_seconds())
        time_at(stored.next_at - timedelta(seconds=1))
        assert courier(box).drain() == 0
        moment = stored.next_at
        time_at(moment)
    for waited, planned in zip(waits, (10, 60, 600, 3600, 21600), strict=True):
        assert 0.8 * planned <= waited <= 1.2 * planned
    box.answers.clear()
    courier(box).drain()
    assert now_of(mail).state == MailState.SENT
    assert box.mails[0].message["Message-ID"] == mail.message_id


def test_the_plan_ends(box: Postbox, time_at: Any) -> None:
    box.answers["DATA"] = "452 No space"
    time_at(NOON)
    mail = put()
    for _attempt in range(len(outbox.PLAN) + 1):
        time_at(now_of(mail).next_at)
        courier(box).drain()
    stored = now_of(mail)
    assert (stored.state, stored.attempts) == (MailState.FAILED, 6)
    assert box.mails == [] and len({each.content for each in box.handed}) == 1  # always the same bytes
    box.answers.clear()
    assert outbox.send_again(Mail.objects.filter(pk=stored.pk), by=7)
    courier(box).drain()
    stored = now_of(mail)
    assert (stored.state, stored.decided_by_id) == (MailState.SENT, 7)
    assert box.mails[0].message["Message-ID"] == mail.message_id


def test_dropped_after_the_text_nobody_knows_and_nobody_guesses(box: Postbox) -> None:
    box.answers["DATA"] = drop
    mail = put()
    courier(box).drain()
    stored = now_of(mail)
    assert stored.state == MailState.HELD and stored.error["code"] == "unknown"
    said = explained(stored)
    assert said is not None and "may have arrived" in said.remedy
    box.answers.clear()
    assert courier(box).drain() == 0
    assert outbox.send_again(Mail.objects.filter(pk=stored.pk), by=1)
    courier(box).drain()
    assert [each.message["Message-ID"] for each in box.handed] == [mail.message_id] * 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_dropped_before_the_text_it_is_tried_again(box: Postbox, command: str) -> None:
    box.answers[command] = drop
    mail = put()
    courier(box).drain()
    stored = now_of(mail)
    assert (stored.state, stored.error["code"]) == (MailState.QUEUED, "dropped")
    assert stored.handed_at is None and box.handed == []


def test_a_server_that_is_not_there_is_asked_by_one_mail_only() -> None:
    first, second = put(), put("tom@example.com")
    sender = courier(url=f"smtp://127.0.0.1:{free_port()}?tls=none")
    assert sender.drain() == 1 and sender.trouble
    assert (now_of(first).error["code"], now_of(first).attempts) == ("unreachable", 1)
    assert (now_of(second).error, now_of(second).attempts) == (None, 0)


def test_a_slow_server_is_not_waited_for_for_ever(box: Postbox) -> None:
    box.answers["RCPT"] = linger(0.6)
    mail = put()
    courier(box, silence=0.2).drain()
    assert (now_of(mail).state, now_of(mail).error["code"]) == (MailState.QUEUED, "slow")


def test_slow_after_the_text_nobody_knows(box: Postbox) -> None:
    box.answers["DATA"] = linger(0.6)
    mail = put()
    courier(box, silence=0.2).drain()
    assert (now_of(mail).state, now_of(mail).error["code"]) == (MailState.HELD, "unknown")


def test_a_letter_now_and_then_is_no_progress() -> None:
    server = Dribble()
    mail = put()
    try:
        courier(url=f"smtp://127.0.0.1:{server.port}?tls=none", silence=5, whole=0.3).drain()
    finally:
        server.close()
    assert (now_of(mail).state, now_of(mail).error["code"]) == (MailState.QUEUED, "slow")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_wrong_password_is_said_and_not_shown() -> None:
    with Postbox(users={"crm": "right"}) as box:
        mail = put()
        courier(url=box.url.replace("//", "//crm:wrong-secret@")).drain()
        stored = now_of(mail)
        assert (stored.state, stored.error["code"]) == (MailState.QUEUED, "login")
        assert "wrong-secret" not in str(stored.error)
        Mail.objects.update(next_at=clock.now())
        courier(url=box.url.replace("//", "//crm:right@")).drain()
        assert now_of(mail).state == MailState.SENT


def test_without_protection_the_server_promises_nothing_is_said(box: Postbox) -> None:
    mail = put()
    courier(url=box.url.replace("tls=none", "tls=starttls")).drain()
    assert (now_of(mail).state, now_of(mail).error["code"]) == (MailState.QUEUED, "no_tls")
    assert box.handed == []


def test_one_conversation_serves_for_many_mails_also_after_a_refusal(box: Postbox) -> None:
    answers = iter(["550 no", *[""] * 5])
    box.answers["RCPT"] = lambda server: next(answers)
    mails = [put(f"someone{number}@example.com") for number in range(4)]
    assert courier(box).drain() == 4
    assert [now_of(mail).state for mail in mails] == ["failed", "sent", "sent", "sent"]


def test_without_a_server_mails_are_held_until_there_is_one(box: Postbox) -> None:
    mail = put()
    Courier(None).drain()
    stored = now_of(mail)
    assert (stored.state, stored.attempts) == (MailState.HELD, 0)
    said = explained(stored)
    assert said is not None and "SMTP_URL" in said.remedy
    assert outbox.send_again(Mail.objects.filter(pk=stored.pk), by=1)
    courier(box).drain()
    assert now_of(mail).state == MailState.SENT and len(box.mails) == 1


def test_a_discarded_mail_is_never_sent(box: Postbox) -> None:
    mail = put()
    assert outbox.discard(mail, by=1)
    assert courier(box).drain() == 0
    assert not outbox.send_again(Mail.objects.filter(pk=mail.pk), by=1)
    assert box.handed == []


def test_what_is_caught_counts_as_sent_and_never_left() -> None:
    mail = put()
    Courier(Catcher()).drain()
    stored = now_of(mail)
    assert (stored.state, stored.caught) == (MailState.SENT, True)


# ---- What dies on the way ---------------------------------------------------------------------------


def test_killed_before_the_text_was_handed_over_it_is_tried_again(box: Postbox, time_at: Any) -> None:
    time_at(NOON)
    mail = put()
    assert outbox.take() is not None  # and nothing more: the process is gone
    assert courier(box).drain() == 0
    time_at(NOON + outbox.LEASE + timedelta(seconds=1))
    courier(box).drain()
    time_at(now_of(mail).next_at)
    courier(box).drain()
    assert now_of(mail).state == MailState.SENT and len(box.mails) == 1


def test_killed_between_sending_and_marking_it_is_held(
    box: Postbox, time_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise SystemExit

    time_at(NOON)
    mail = put()
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(outbox, "mark_sent", die)
        courier(box).drain()
    assert len(box.mails) == 1 and now_of(mail).state == MailState.SENDING
    time_at(NOON + timedelta(hours=1))
    courier(box).drain()
    stored = now_of(mail)
    assert stored.state == MailState.HELD and stored.error["code"] == "interrupted_unknown"
    assert len(box.mails) == 1


def test_who_was_slow_and_not_dead_tells_the_truth_late(box: Postbox, time_at: Any) -> None:
    time_at(NOON)
    put()
    mail = outbox.take()
    assert mail is not None and outbox.hand_over(mail)
    time_at(NOON + timedelta(hours=1))
    outbox.recover()
    assert now_of(mail).state == MailState.HELD
    assert outbox.mark_sent(mail)
    assert now_of(mail).state == MailState.SENT


def test_who_lost_the_mail_does_not_hand_it_over(box: Postbox, time_at: Any) -> None:
    time_at(NOON)
    mail = put()

    def lose_it(_server: Any) -> str:
        clock.set_clock(lambda: NOON + timedelta(hours=1))

        def recover() -> None:
            outbox.recover()
            connection.close()

        other = threading.Thread(target=recover)
        other.start()
        other.join()
        return "250 OK"

    box.answers["RCPT"] = lose_it
    courier(box).drain()
    assert box.handed == []
    assert now_of(mail).state == MailState.QUEUED


def test_two_deliveries_never_send_the_same_mail(box: Postbox) -> None:
    mails = [put(f"someone{number}@example.com") for number in range(30)]
    barrier = threading.Barrier(4)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            barrier.wait()
            courier(box).drain()
        except BaseException as error:
            errors.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
    assert sorted(got.to[0] for got in box.handed) == sorted(mail.to_address for mail in mails)
    assert {now_of(mail).state for mail in mails} == {MailState.SENT}


def test_nothing_is_sent_inside_a_transaction(box: Postbox) -> None:
    put()
    with pytest.raises(RuntimeError), transaction.atomic():
        courier(box).drain()
    assert box.handed == []


def test_a_mail_of_a_transaction_that_failed_was_never_there(box: Postbox) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put()
        raise ZeroDivisionError
    assert courier(box).drain() == 0


def test_the_thread_beside_the_engine_is_woken_by_the_commit_and_ends_when_told(
    box: Postbox, settings: Any
) -> None:
    settings.SMTP_URL, settings.MAIL_FROM = box.url, FROM
    delivery = start_delivery()
    try:
        begun = time.monotonic()
        mail = put()
        while now_of(mail).state != MailState.SENT:
            assert time.monotonic() - begun < 20, "it never left"
            time.sleep(0.01)
    finally:
        delivery.stop()
    assert not delivery.is_alive() and len(box.mails) == 1
    assert delivery.wake not in outbox.LISTENERS
