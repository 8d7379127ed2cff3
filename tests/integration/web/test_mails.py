"""The Mail page: who sees which mails, what became of them, and what people decide."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from relance.accounts.models import Company
from relance.lib import clock
from relance.outbound import outbox
from relance.outbound.letters import Letter
from relance.outbound.models import Mail, MailState
from relance.web.live.watcher import ThreadInbox, watcher
from tests.integration.web.conftest import Browser, Office

BUSY = {"code": "busy", "params": {"number": 451, "answer": "Later <b>please</b>"}}
NO_SERVER: dict[str, Any] = {"code": "no_server", "params": {}}


@pytest.fixture
def mail(office: Office, make: Any) -> Any:
    """``mail("ana", state="held")``: a mail about a deal of this colleague, written by an automation of theirs."""

    def put(
        by: str = "ana",
        state: str = "queued",
        body: str = "Dear Nadia",
        subject: str = "Thank you",
        **values: Any,
    ) -> Mail:
        letter = Letter.written(
            to="nadia@hotel.example", to_name="Nadia Benali", from_name="Ana", reply_to="ana@kestrel.example",
            subject=subject, body=body, is_html=True,
        )  # fmt: skip
        deal = make("claire", "deal", title="Refurbishment", owner=office.users[by].pk)
        about = {
            "record_type": "deal",
            "record_id": deal,
            "record_name": "Refurbishment",
            "owner_id": office.users[by].pk,
        }
        made = outbox.post(letter, clock.now(), **about)
        for key, value in {"state": state, **values}.items():
            setattr(made, key, value)
        made.save()
        return made

    return put


def shown(client: Client, path: str = "/mail/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_list_shows_each_with_its_state_and_filters(mail: Any, browser: Browser) -> None:
    for state in MailState:
        mail(state=state, subject=f"Letter {state}", error=BUSY if state == "failed" else None)
    claire = browser("claire")
    page = shown(claire)
    assert all(f"Letter {state}" in page for state in MailState)
    assert "The mail server asked to come back later." in page
    held = shown(claire, "/mail/?state=held")
    assert "Letter held" in held and "Letter sent" not in held
    assert "There is no mail like that" in shown(claire, "/mail/?state=held&before=1")


def test_long_lists_have_pages(mail: Any, browser: Browser) -> None:
    first = mail()
    rows = [
        Mail(**{**_values(first), "message_id": f"<{n}@x>", "subject": f"Number {n}."}) for n in range(60)
    ]
    Mail.objects.bulk_create(rows)
    claire = browser("claire")
    page = shown(claire)
    assert "Number 59." in page and "Number 9." not in page
    before = page.rpartition("before=")[2].partition('"')[0]
    assert "Number 9." in shown(claire, f"/mail/?before={before}")


def _values(mail: Mail) -> dict[str, Any]:
    return {
        field.attname: getattr(mail, field.attname)
        for field in Mail._meta.concrete_fields
        if field.attname != "id"
    }


def test_others_see_the_mails_of_their_automations_and_of_records_they_may_see(
    office: Office, mail: Any, browser: Browser
) -> None:
    made = mail("ana")
    assert all("Thank you" in shown(browser(who)) for who in ("ana", "ben", "rita", "claire"))
    Company.objects.update(visibility="team")
    Company.get().save()
    for who, sees in (("ana", True), ("tom", True), ("claire", True), ("ben", False)):
        client = browser(who)
        assert ("Thank you" in shown(client)) is sees
        for path in ("", "state/"):
            assert client.get(f"/mail/{made.pk}/{path}").status_code == (200 if sees else 404)
        for path in ("send/", "discard/"):
            code = 404 if not sees else 403 if who == "tom" else 302
            assert client.post(f"/mail/{made.pk}/{path}").status_code == code


def test_one_mail_shows_its_text_without_any_rights(mail: Any, browser: Browser) -> None:
    made = mail(body='<p onclick="x()">Hello <a href="https://k.example">you</a></p>')
    Mail.objects.filter(pk=made.pk).update(
        html='<p>Hello <a href="https://k.example">you</a><script>alert(1)</script></p>'
    )
    page = shown(browser("claire"), f"/mail/{made.pk}/")
    frame = page.partition("<iframe")[2].partition("</iframe>")[0]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame and "allow-scripts" not in frame
    assert "alert(1)" not in frame and "&lt;p&gt;Hello" in frame and "target=&quot;_blank&quot;" in frame
    assert "nadia@hotel.example" in page and "Refurbishment" in page


def test_a_failure_is_told_with_its_remedy_and_the_servers_own_words(mail: Any, browser: Browser) -> None:
    error = {
        "code": "refused_recipient",
        "params": {"number": 550, "answer": "No <b>such</b> user", "address": "nadia@x.y"},
    }
    page = shown(browser("claire"), f"/mail/{mail(state='failed', error=error).pk}/")
    assert "does not accept the address nadia@x.y" in page and "Correct the address" in page
    assert "550 No &lt;b&gt;such&lt;/b&gt; user" in page
    assert "Send again" in page and "Discard" in page


@pytest.mark.parametrize("state", MailState)
def test_what_can_be_decided_in_which_state(mail: Any, browser: Browser, settings: Any, state: str) -> None:
    settings.MAIL_CATCHER = True
    claire = browser("claire")
    made = mail(state=state, lease="x" if state == "sending" else "")
    claire.post(f"/mail/{made.pk}/send/")
    made.refresh_from_db()
    assert made.state == ("queued" if state in {"held", "failed"} else state)
    other = mail(state=state)
    claire.post(f"/mail/{other.pk}/discard/")
    other.refresh_from_db()
    assert other.state == ("discarded" if state in {"held", "failed", "queued"} else state)


def test_without_a_server_it_says_so_and_nothing_is_let_go(mail: Any, browser: Browser) -> None:
    made = mail(state="held", error=NO_SERVER)
    claire = browser("claire")
    page = shown(claire)
    assert "No mail server is set up" in page and "SMTP_URL=" in page and "Release all" not in page
    assert "SMTP_URL=" not in shown(browser("ana"))
    answer = claire.post(f"/mail/{made.pk}/send/", follow=True)
    assert "The mail stays held" in answer.content.decode()
    assert claire.post("/mail/release/", follow=True).status_code == 200
    made.refresh_from_db()
    assert made.state == MailState.HELD


def test_once_there_is_a_server_all_can_be_released_at_once(
    mail: Any, browser: Browser, settings: Any
) -> None:
    mails = [mail("ana", state="held", error=NO_SERVER) for _ in range(2)]
    unsure = mail("ana", state="held", error={"code": "unknown", "params": {"server": "x"}})
    others = mail("tom", state="held", error=NO_SERVER)
    settings.SMTP_URL, settings.MAIL_FROM = "smtp://127.0.0.1:1?tls=none", "crm@kestrel.example"
    ana = browser("ana")
    assert "2 mails waited" in shown(ana)
    ana.post("/mail/release/")
    assert set(Mail.objects.filter(state="queued").values_list("pk", flat=True)) == {
        each.pk for each in mails
    }
    browser("claire").post("/mail/release/")
    others.refresh_from_db()
    unsure.refresh_from_db()
    assert (others.state, unsure.state) == (MailState.QUEUED, MailState.HELD)


def test_the_mailbox_shows_what_was_caught(mail: Any, browser: Browser, settings: Any) -> None:
    settings.MAIL_CATCHER = True
    claire = browser("claire")
    assert "Nothing was caught yet" in shown(claire, "/mail/caught/")
    first, _second = (
        mail(state="sent", caught=True, subject="First"),
        mail(state="sent", caught=True, subject="Second"),
    )
    sent = mail(state="sent", subject="Left")
    page = shown(claire, f"/mail/caught/{first.pk}/")
    assert "First" in page and "Second" in page and "Left" not in page
    assert claire.get(f"/mail/caught/{sent.pk}/").status_code == 404
    assert "Nothing left this machine" in page or "nothing left this machine" in page


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "Who the contact is"), ("fr", "Qui est le contact")]
)
def test_the_help_speaks_the_readers_language(
    browser: Browser, office: Office, language: str, heading: str
) -> None:
    office.users["ana"].language = language
    office.users["ana"].save()
    client = browser("ana")
    assert heading in shown(client, "/help/email/")
    assert client.get("/help/nothing/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_change_of_state_is_told_to_open_pages(mail: Any) -> None:
    made = mail()
    inbox = ThreadInbox(frozenset({"mails"}))
    watcher.add(inbox.listener)
    outbox.discard(made, by=None)
    assert inbox.take(3) == {"mails"}
