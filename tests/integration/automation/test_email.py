"""E-mails that automations write: to whom, from whom, with which words; and what is said when one cannot be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import translation
from django.utils.html import strip_tags

from relance.accounts.models import Company
from relance.automation.core.problems import DocumentError
from relance.automation.engine.pump import Pump
from relance.automation.explain.failures import failure
from relance.automation.explain.names import Names
from relance.automation.models import Run, StepRun
from relance.automation.registry import Occasion, StepFailure, registry
from relance.automation.rehearse import rehearse
from relance.automation.story import of_run
from relance.automation.validity import validate
from relance.outbound.delivery import Courier
from relance.outbound.models import Mail, MailState
from relance.outbound.transport import Catcher
from relance.records import deals
from relance.records.unit_of_work import write
from tests.builders import act, automation, document, update
from tests.integration.records.conftest import Office
from tests.steps import written

MAIL = {"to": "contact", "subject": "About {{ title }}", "body": 'Dear {{ person.first_name | or "you" }}'}


def create(office: Office, record_type: str, by: str = "claire", **values: Any) -> int:
    with write(office.actor(by)) as change:
        return change.create(record_type, values)


def person(office: Office, address: str = "nadia@hotel.example", **values: Any) -> int:
    """Nadia, with an address unless there is none."""
    emails = [{"value": address, "kind": "work", "primary": True}] if address else []
    return create(
        office, "person", **{"name": "Nadia Benali", "first_name": "Nadia", "emails": emails} | values
    )


def deal(office: Office, **values: Any) -> int:
    return create(office, "deal", **{"title": "Refurbishment", "owner": office.users["ana"].pk} | values)


def said(failed: StepFailure, office: Office, who: str = "claire", language: str = "en") -> str:
    """Why it could not be written, and what helps, for a reader."""
    with translation.override(language):
        stored: Mapping[str, Any] = {"code": failed.code, "params": failed.params}
        found = failure(stored, Names.now(office.actor(who), owner_id=office.users["claire"].pk))
        return strip_tags(f"{found.what} {found.why} {found.remedy}")


def test_the_contact_of_a_deal_gets_it_from_the_deals_owner(office: Office) -> None:
    letter = written(MAIL, "deal", deal(office, person=person(office)), office.actor("claire"))
    assert (letter.to, letter.to_name) == ("nadia@hotel.example", "Nadia Benali")
    assert (letter.from_name, letter.reply_to) == ("Ana", "ana@kestrel.example")
    assert (letter.subject, letter.text) == ("About Refurbishment", "Dear Nadia")


def test_without_an_owner_it_comes_from_the_automations(office: Office) -> None:
    letter = written(MAIL, "deal", deal(office, person=person(office), owner=None), office.actor("claire"))
    assert (letter.from_name, letter.reply_to) == ("Claire", "claire@kestrel.example")


def test_the_contact_of_each_kind_of_record(office: Office) -> None:
    nadia = person(office)
    sale = deal(office, person=nadia)
    ours = {**MAIL, "subject": "Hello"}
    claire = office.actor("claire")
    plain = {**ours, "body": "Hello"}
    for record_type, record_id in (
        ("person", nadia),
        ("deal", sale),
        ("lead", create(office, "lead", title="Fair", person=nadia)),
        ("activity", create(office, "activity", subject="Call", person=nadia)),
        ("activity", create(office, "activity", subject="Call", deal=sale)),
    ):
        assert written(plain, record_type, record_id, claire).to == "nadia@hotel.example"


def test_of_several_addresses_the_primary_one_is_taken(office: Office) -> None:
    emails = [
        {"value": "old@hotel.example", "kind": "work"},
        {"value": "new@hotel.example", "primary": True, "kind": "home"},
    ]
    letter = written(MAIL, "deal", deal(office, person=person(office, emails=emails)), office.actor("claire"))
    assert letter.to == "new@hotel.example"


def test_an_organization_has_no_contact_and_is_not_offered_one(office: Office) -> None:
    offered = [
        preset.params["to"]
        for type, preset in registry.action_choices("organization")["message"]
        if type == "email.send"
    ]
    assert offered == ["owner"]
    with pytest.raises(DocumentError) as refused:
        validate(
            document("organization.updated", do=[act("email.send", **{**MAIL, "subject": "x", "body": "x"})]),
            office.actor("claire"),
        )
    assert [(each.pointer, each.code) for each in refused.value.problems] == [
        ("/steps/0/params/to", "no_contact_here")
    ]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "blank"),
        ("nadia", "not_an_address"),
        ("a@b.example, c@d.example", "not_an_address"),
        ("x@{{ title }}", None),
    ],
)
def test_an_address_that_can_never_be_one_is_refused_when_it_is_saved(
    office: Office, address: str, code: str | None
) -> None:
    made = document("deal.updated", do=[act("email.send", **{**MAIL, "to": "address", "address": address})])
    if code is None:
        validate(made, office.actor("claire"))
        return
    with pytest.raises(DocumentError) as refused:
        validate(made, office.actor("claire"))
    assert [(each.pointer, each.code) for each in refused.value.problems] == [
        ("/steps/0/params/address", code)
    ]


def test_to_colleagues_and_to_who_caused_it(office: Office) -> None:
    sale = deal(office)
    claire = office.actor("claire")
    plain = {"subject": "x", "body": "y"}
    assert written({**plain, "to": "owner"}, "deal", sale, claire).to == "ana@kestrel.example"
    assert (
        written({**plain, "to": f"user:{office.users['ben'].pk}"}, "deal", sale, claire).to
        == "ben@kestrel.example"
    )
    caused = written({**plain, "to": "trigger_user"}, "deal", sale, claire, actor_id=office.users["tom"].pk)
    assert (caused.to, caused.to_name) == ("tom@kestrel.example", "Tom")
    for params in ({"to": "trigger_user"}, {"to": "owner"}):
        with pytest.raises(StepFailure) as failed:
            written({**plain, **params}, "deal", deal(office, owner=None), claire)
        assert failed.value.code == "mail_nobody" and "not written" in said(failed.value, office)


def test_an_address_out_of_the_record_is_exactly_one_or_a_readable_failure(office: Office) -> None:
    claire = office.actor("claire")
    ask = {"to": "address", "address": "{{ person.emails }}", "subject": "x", "body": "y"}
    assert written(ask, "deal", deal(office, person=person(office)), claire).to == "nadia@hotel.example"
    for nasty in ("a@b.example,c@d.example", "a@b.example\nBcc: c@d.example", "Nadia <a@b.example>"):
        with pytest.raises(StepFailure) as failed:
            written({**ask, "address": "{{ title }}"}, "deal", deal(office, title=nasty), claire)
        assert failed.value.code == "mail_bad_address"
        assert "is not exactly one e-mail address" in said(failed.value, office)


def test_a_contact_without_an_address_is_named_with_what_to_do(office: Office) -> None:
    with pytest.raises(StepFailure) as failed:
        written(MAIL, "deal", deal(office, person=person(office, "")), office.actor("claire"))
    assert "Nadia Benali has no e-mail address." in said(failed.value, office)
    assert "Add one to Nadia Benali" in said(failed.value, office)
    assert "Nadia Benali n’a pas d’adresse e-mail." in said(failed.value, office, language="fr")


def test_who_may_not_see_the_contact_is_not_told_the_name(office: Office) -> None:
    Company.objects.update(visibility="team")
    Company.get().save()
    with pytest.raises(StepFailure) as failed:
        written(
            MAIL,
            "deal",
            deal(office, person=person(office, "", owner=office.users["claire"].pk)),
            office.actor("claire"),
        )
    assert "The contact has no e-mail address." in said(failed.value, office, "ben")
    assert "Nadia" not in said(failed.value, office, "ben")


def test_nobody_linked_in_the_bin_or_out_of_sight(office: Office) -> None:
    claire = office.actor("claire")
    nadia = person(office, owner=office.users["claire"].pk)
    sale = deal(office, person=nadia)
    codes = {}
    for key, record, by in (("nobody", deal(office), "claire"), ("hidden", sale, "ben")):
        if key == "hidden":
            Company.objects.update(visibility="team")
            Company.get().save()
        with pytest.raises(StepFailure) as failed:
            written(MAIL, "deal", record, office.actor(by))
        codes[key] = failed.value.code
        assert "not written" in said(failed.value, office)
    with write(claire) as change:
        change.delete("person", nadia)
    with pytest.raises(StepFailure) as failed:
        written(MAIL, "deal", sale, claire)
    assert codes | {"gone": failed.value.code} == {
        "nobody": "mail_no_contact", "hidden": "mail_contact_hidden", "gone": "mail_contact_gone",
    }  # fmt: skip


def test_an_empty_value_fails_unless_there_is_something_to_use_instead(office: Office) -> None:
    sale, claire = deal(office, person=person(office)), office.actor("claire")
    instead = {**MAIL, "body": 'Dear {{ person.job_title | or "friend" }}'}
    assert written(instead, "deal", sale, claire).text == "Dear friend"
    with pytest.raises(StepFailure) as failed:
        written({**MAIL, "body": "Dear {{ person.job_title }}"}, "deal", sale, claire)
    assert failed.value.code == "empty_placeholder"


def test_in_html_values_are_never_tags_and_nothing_active_stays(office: Office) -> None:
    sale = deal(office, title="<script>alert(1)</script> & <b>Co</b>", person=person(office))
    body = (
        '<h1>{{ title }}</h1><p onclick="x()" style="color:red">Hello <a href="javascript:x()">you</a> '
        '<a href="https://kestrel.example">us</a><img src="//t.example/p.gif"><script>alert(2)</script></p>'
    )
    letter = written(
        {**MAIL, "subject": "x", "body": body, "html": True}, "deal", sale, office.actor("claire")
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;Co&lt;/b&gt;" in letter.html
    assert not any(
        word in letter.html for word in ("<script", "javascript:", "onclick", "style", "<img", "alert(2)")
    )
    assert letter.text.startswith("<script>alert(1)</script> & <b>Co</b>\n")
    assert "us (https://kestrel.example)" in letter.text


def test_plain_text_becomes_tidy_html(office: Office) -> None:
    sale = deal(office, title="A & B <i>", person=person(office))
    body = "Hello,\nline two of {{ title }}\n\nSee https://kestrel.example/offer"
    letter = written({**MAIL, "body": body}, "deal", sale, office.actor("claire"))
    assert "<p>Hello,<br>line two of A &amp; B &lt;i&gt;</p>" in letter.html
    assert 'href="https://kestrel.example/offer"' in letter.html
    assert letter.text == body.replace("{{ title }}", "A & B <i>")


def test_a_won_deal_leaves_one_row_in_the_runs_transaction(office: Office) -> None:
    made = automation("deal.won", do=[act("email.send", **MAIL)], owner=office.actor("claire"))
    sale = deal(office, person=person(office))
    with write(office.actor("ana")) as change:
        deals.win(change, sale)
    Pump().drain()
    run, mail = Run.objects.get(), Mail.objects.get()
    assert (mail.state, mail.to_address, mail.run_id, mail.automation_id) == (
        "queued",
        "nadia@hotel.example",
        run.pk,
        made.pk,
    )
    assert (mail.record_type, mail.record_id, mail.owner_id) == ("deal", sale, office.users["claire"].pk)
    [step] = of_run(office.actor("claire"), run.pk).steps
    [effect] = step.effects
    assert (
        effect.mailed is not None
        and effect.mailed.mail == mail
        and effect.mailed.subject == "About Refurbishment"
    )
    assert StepRun.objects.get().effects[0]["kind"] == "mailed"
    assert mail.message_id.endswith("@kestrel.example>")


def test_a_later_step_that_fails_keeps_the_mail_and_a_failing_mail_leaves_none(office: Office) -> None:
    claire = office.actor("claire")
    steps = [act("email.send", **MAIL), update(of="organization", rating="A"), act("email.send", **MAIL)]
    automation("deal.won", do=steps, owner=claire)
    sale = deal(office, person=person(office))
    with write(claire) as change:
        deals.win(change, sale)
    Pump().drain()
    assert Run.objects.get().failure["code"] == "no_parent"
    assert Mail.objects.count() == 1


def test_a_rehearsal_shows_the_mail_and_sends_none(office: Office) -> None:
    claire = office.actor("claire")
    made = automation("deal.won", do=[act("email.send", **MAIL)], owner=claire)
    sale = deal(office, person=person(office))
    story = rehearse(made, sale, Occasion("updated", {"status": "won"}), claire).story
    assert story is not None
    [effect] = story.steps[0].effects
    assert effect.mailed is not None and effect.mailed.mail is None
    assert (effect.mailed.to, effect.mailed.text) == ("nadia@hotel.example", "Dear Nadia")
    assert not Mail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_the_engine_wrote_the_courier_brings(office: Office) -> None:
    automation("deal.won", do=[act("email.send", **MAIL)], owner=office.actor("claire"))
    with write(office.actor("ana")) as change:
        deals.win(change, deal(office, person=person(office)))
    Pump().drain()
    assert Courier(Catcher()).drain() == 1
    assert Mail.objects.get().state == MailState.SENT
