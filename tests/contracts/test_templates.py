"""What every template keeps to: with the answers it comes with it can be published, and then does what it says.

What happens, and what is to be seen afterwards, stands in ``STORIES``: a template without a story fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from relance.accounts.models import Company
from relance.automation import publish, sentences
from relance.automation.engine.pump import Pump
from relance.automation.explain.names import Names
from relance.automation.models import Notification, Run
from relance.automation.templates import Here, find, templates
from relance.automation.validity import problems_of
from relance.outbound.models import Mail
from relance.records import deals
from relance.records.configuration import current
from relance.records.fields import RECORD_TYPES
from relance.records.models import Activity, Deal, Lead, Organization
from relance.records.unit_of_work import write
from relance.web.assets import icon_names
from tests.integration.records.conftest import Office

Happening = Callable[[Office], Any]
EUROS_1001 = {"amount": 100_100, "currency": "EUR"}


def _deal(office: Office, **values: Any) -> int:
    with write(office.actor("ana")) as change:
        organization = change.create("organization", {"name": "Hôtel des Quais"})
        emails = [{"value": "jeanne@quais.example", "kind": "work", "primary": True}]
        person = change.create("person", {"name": "Jeanne Kerbrat", "emails": emails})
        linked = {"organization": organization, "person": person}
        return change.create(
            "deal", {"title": "Refurbishment", "stage": office.stages[0].pk, **linked, **values}
        )


def _won(office: Office) -> int:
    deal = _deal(office)
    with write(office.actor("ana")) as change:
        deals.win(change, deal)
    return deal


def _lost(office: Office) -> None:
    deal = _deal(office)
    with write(office.actor("ana")) as change:
        deals.lose(change, deal, "Price")


def _in_stage(place: int) -> Happening:
    def move(office: Office) -> None:
        deal = _deal(office)
        with write(office.actor("ana")) as change:
            deals.move_stage(change, deal, office.stages[place].pk)

    return move


def _lead(office: Office) -> None:
    with write(office.actor("ana")) as change:
        change.create("lead", {"title": "Ovens, please", "source": "website"})


def _handed_over(office: Office) -> None:
    with write(office.actor("ana")) as change:
        organization = change.create("organization", {"name": "Hôtel des Quais"})
        person = change.create("person", {"name": "Jeanne Kerbrat", "organization": organization})
    with write(office.actor("claire")) as change:
        change.update("person", person, {"owner": office.users["ben"].pk})


def _rated(office: Office) -> None:
    with write(office.actor("ana")) as change:
        organization = change.create("organization", {"name": "Hôtel des Quais"})
    with write(office.actor("ana")) as change:
        change.update("organization", organization, {"rating": "A"})


def _done(office: Office) -> None:
    with write(office.actor("ana")) as change:
        activity = change.create("activity", {"subject": "First visit", "type": "meeting"})
    with write(office.actor("ana")) as change:
        change.update("activity", activity, {"done": True})


def _planned(subject: str, type: str) -> Callable[[Office], bool]:
    return lambda office: Activity.objects.get(subject=subject, type=type).owner_id == office.users["ana"].pk


def _told(name: str, words: str) -> Callable[[Office], bool]:
    return lambda office: words in Notification.objects.get(user=office.users[name]).text


def _everything(*checks: Callable[[Office], bool]) -> Callable[[Office], bool]:
    return lambda office: all(check(office) for check in checks)


#: What happens; and what is then to be seen.
STORIES: dict[str, tuple[Happening, Callable[[Office], bool]]] = {
    "next-step": (_in_stage(1), _planned("Follow up: Refurbishment", "call")),
    "rate-organization": (
        lambda office: _deal(office, value=EUROS_1001),
        lambda office: Organization.objects.get().rating == "A",
    ),
    "won-follow-up": (_won, _planned("How is it going? Refurbishment", "call")),
    "call-lead": (_lead, _planned("Answer the inquiry: Ovens, please", "call")),
    "lost-review": (
        _lost,
        _everything(
            _planned("Try again: Refurbishment", "task"), _told("claire", "Refurbishment is lost: Price.")
        ),
    ),
    "big-deal": (
        lambda office: _deal(office, value={"amount": 1_000_100, "currency": "EUR"}),
        _told("claire", "Refurbishment is worth €10,001: "),
    ),
    "missing-close": (_in_stage(2), _planned("When will Refurbishment close?", "task")),
    "won-onboarding": (
        _won,
        _everything(
            lambda office: (
                Deal.objects.get(title="Onboarding: Refurbishment").stage_id == office.stages[0].pk
            ),
            _told("claire", "Refurbishment is won."),
        ),
    ),
    "won-thanks": (
        _won,
        lambda office: Mail.objects.get().subject == "Thank you for your order: Refurbishment",
    ),
    "label-lead": (_lead, lambda office: len(Lead.objects.get().labels) == 1),
    "hand-over": (_handed_over, lambda office: Organization.objects.get().owner_id == office.users["ben"].pk),
    "key-account": (
        _rated,
        _everything(
            lambda office: Organization.objects.get().owner_id == office.users["claire"].pk,
            _told("claire", "Hôtel des Quais is yours"),
        ),
    ),
    "next-activity": (_done, _planned("Next after: First visit", "call")),
}
every = pytest.mark.parametrize("key", sorted(STORIES))


def _here(office: Office, name: str = "claire") -> Here:
    return Here(office.actor(name), current())


def test_every_template_has_its_story() -> None:
    assert {each.key for each in templates()} == set(STORIES)


@every
def test_what_it_promises_happens(key: str, office: Office) -> None:
    template, here = find(key), _here(office)
    happens, seen = STORIES[key]
    made = publish.create(
        here.actor, str(template.title), "", template.document(template.defaults(here), here)
    )
    publish.publish(made, here.actor)
    happens(office)
    Pump().drain()
    run = Run.objects.get(automation=made)
    assert (run.state, run.failure) == ("done", None)
    assert seen(office)


@pytest.mark.parametrize("language", ["en", "fr"])
@every
def test_it_speaks_both_languages(key: str, language: str, office: Office) -> None:
    template = find(key)
    with translation.override(language):
        here = _here(office)
        texts = [str(template.title), str(template.why)]
        for question in template.questions(here):
            texts += [question.label, *(blank.label for blank in question.blanks)]
        document = template.document(template.defaults(here), here)
        sentence = sentences.document_sentence(document, Names.now(here.actor))
    assert all(text.strip() for text in texts)
    assert sentence and "…" not in sentence and "%(" not in sentence


@every
@pytest.mark.parametrize("name", ["claire", "tom", "ana"])
def test_whoever_may_build_can_use_it_as_it_comes(key: str, name: str, office: Office) -> None:
    template, here = find(key), _here(office, name)
    assert not problems_of(template.document(template.defaults(here), here), here.actor)


@every
def test_it_asks_at_most_two_questions_each_with_a_sensible_answer(key: str, office: Office) -> None:
    template, here = find(key), _here(office)
    questions = template.questions(here)
    assert len(questions) <= 2
    blanks = list(template.blanks(here))
    assert len({blank.key for blank in blanks}) == len(blanks)
    assert all(blank.default is not None for blank in blanks)
    assert all(
        blank.default in {option.value for option in blank.choices} for blank in blanks if blank.choices
    )
    assert template.icon in icon_names()


@every
def test_it_says_what_is_missing_in_an_empty_company(key: str, db: None) -> None:
    Company(id=1).save()
    here = Here(_nobody(), current())
    template = find(key)
    # Nothing to choose from: the document can be made and shown, and publishing says what is missing.
    assert template.document(template.defaults(here), here)["trigger"]["type"]


def _nobody() -> Any:
    from relance.accounts.people import SYSTEM

    return SYSTEM


def test_the_two_pages_lead_the_way() -> None:
    assert [each.key for each in templates()[:2]] == ["next-step", "rate-organization"]


def test_every_kind_of_record_has_templates() -> None:
    for record_type in RECORD_TYPES:
        assert templates(record_type)


@pytest.mark.parametrize(
    ("words", "found"),
    [("opportunity stage", "next-step"), ("account", "rate-organization"), ("company", "key-account"),
     ("contact", "hand-over"), ("task", "next-activity")],
)  # fmt: skip
def test_they_are_found_by_the_words_of_other_systems(words: str, found: str) -> None:
    assert found in [each.key for each in templates() if each.matches(words)]
