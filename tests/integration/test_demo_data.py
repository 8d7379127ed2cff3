"""The demo company is what the first page promises, and every outcome of a run can be seen in it."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from relance.accounts.models import Role, User
from relance.accounts.people import actor_for
from relance.automation.engine.pump import Pump
from relance.automation.models import Automation, Evaluation, Notification, Run, RunState
from relance.commands.demo import board, company
from relance.commands.demo_logins import LOGINS, PASSWORD
from relance.events.models import Event, Origin, Pending
from relance.lib import clock
from relance.outbound.explain import explained
from relance.outbound.models import Mail, MailState
from relance.records import deals
from relance.records.models import Activity, Deal, Label, Lead, Note, Organization, Person, Pipeline
from relance.records.unit_of_work import write

pytestmark = pytest.mark.django_db

#: Before lunch on a Wednesday, and on a Monday half an hour after midnight, in Paris.
MOMENTS = (datetime(2026, 3, 18, 10, 40, tzinfo=UTC), datetime(2027, 1, 3, 23, 30, tzinfo=UTC))


def demo_data() -> str:
    """Run the command as somebody would; return what it says."""
    said = io.StringIO()
    call_command("demo_data", stdout=said)
    return said.getvalue()


@pytest.fixture(scope="module", params=MOMENTS, ids=["Wednesday", "midnight"])
def made(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[datetime]:
    """The demo, made once for all tests of this module and taken back after them; when it was made."""
    with django_db_blocker.unblock(), transaction.atomic():
        clock.set_clock(lambda: request.param)
        demo_data()
        yield request.param
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def now(made: datetime) -> datetime:
    """Each test begins when the demo was made."""
    clock.set_clock(lambda: made)
    return made


def test_there_is_as_much_of_everything_as_was_promised() -> None:
    assert Organization.objects.count() == 80
    assert Person.objects.count() == 150
    assert Deal.objects.count() == 201
    assert Lead.objects.count() == 30
    assert Note.objects.count() > 60
    assert Label.objects.count() >= 4
    assert Pipeline.objects.count() == 2
    assert Automation.objects.filter(deleted_at__isnull=True).count() == 7
    assert Counter(User.objects.values_list("role", flat=True)) == Counter(
        login.role.value for login in LOGINS
    )
    assert {Role.ADMINISTRATOR, Role.LEADER, Role.MEMBER, Role.READER} == {login.role for login in LOGINS}


def test_everybody_can_log_in() -> None:
    for login in LOGINS:
        assert User.objects.get(email=login.email).check_password(PASSWORD)


def test_deals_are_spread_over_stages_currencies_and_fates(now: datetime) -> None:
    fates = Counter(Deal.objects.values_list("status", flat=True))
    assert fates["open"] > 80 and fates["won"] > 40 and fates["lost"] > 30
    assert not Deal.objects.filter(status="lost", lost_reason__isnull=True).exists()
    in_stage = Counter(Deal.objects.filter(status="open").values_list("stage__name", flat=True))
    assert len(in_stage) == 8 and min(in_stage.values()) >= 4
    assert {"EUR", "GBP"} <= set(Deal.objects.values_list("value_currency", flat=True))
    rotting = [
        deal
        for deal in Deal.objects.filter(status="open").select_related("stage")
        if deal.stage.rotting_days and now - deal.stage_since > timedelta(days=deal.stage.rotting_days)
    ]
    assert len(rotting) >= 5


def test_there_is_something_to_do_today_and_something_left_undone(now: datetime) -> None:
    waiting = Activity.objects.filter(done=False)
    today = clock.today(company.ZONE)
    assert waiting.filter(due_date=today).count() >= 8
    assert waiting.filter(due_date__gt=today).count() >= 20
    assert 3 <= waiting.filter(due_date__lt=today).count() <= 40
    assert Activity.objects.filter(done=True).count() > 100


def test_today_people_are_met_and_a_lead_became_a_deal() -> None:
    appointments = Activity.objects.filter(type="appointment", due_date=clock.today(company.ZONE))
    met = [entry for each in appointments for entry in each.participants]
    assert len(appointments) >= 5
    assert any(entry.startswith("person:") for entry in met) and any(
        entry.startswith("user:") for entry in met
    )
    lead = Lead.objects.get(deal__isnull=False)
    assert lead.archived and lead.deal.lead_id == lead.pk and lead.deal.title == lead.title


def test_automations_differ_in_owner_audience_and_state() -> None:
    automations = Automation.objects.all()
    assert len({automation.owner_id for automation in automations}) >= 3
    assert {automation.audience for automation in automations} == {"me", "teams", "everyone"}
    assert [automation.name for automation in automations if not automation.active] == [
        "Closing soon is nearly signed"
    ]
    assert all(automation.version is not None for automation in automations)
    opted_in = [each for each in automations if "automation" in each.version.document["origins"]]
    assert len(opted_in) == 2


def test_every_outcome_can_be_seen(now: datetime) -> None:
    assert set(Run.objects.values_list("state", flat=True)) == set(RunState)
    assert any(
        reason == "not_met" for each in Evaluation.objects.all() for _id, _version, reason, _why in each.items
    )
    failed = Run.objects.filter(state=RunState.FAILED)
    assert {run.failure["code"] for run in failed} == {"no_parent", "mail_no_address"}
    assert Run.objects.filter(started_at__gt=now - timedelta(days=1)).count() >= 3


def test_mails_of_every_kind_can_be_seen_and_nothing_is_left_to_send(now: datetime) -> None:
    assert set(Mail.objects.values_list("state", flat=True)) == set(MailState) - {MailState.SENDING}
    assert not Mail.objects.filter(state=MailState.QUEUED, next_at__lte=now).exists()
    assert Mail.objects.filter(caught=True).count() >= 3
    assert all(mail.to_address and explained(mail) for mail in Mail.objects.exclude(error=None))


def test_a_blocked_run_has_its_chain() -> None:
    blocked = Run.objects.filter(state=RunState.BLOCKED).order_by("id").last()
    assert blocked is not None and blocked.failure["code"] == "own_effect"
    cause = Run.objects.get(id=blocked.cause_run_id)
    root = Run.objects.get(id=cause.cause_run_id)
    assert (root.automation_id, root.record_id) == (blocked.automation_id, blocked.record_id)
    assert cause.automation_id != root.automation_id
    assert {blocked.root_id, cause.root_id} == {root.event_id}


def test_everything_happened_in_the_past_in_order_and_is_worked_off(now: datetime) -> None:
    assert not Pending.objects.exists()
    events = list(Event.objects.order_by("id").values_list("at", "origin"))
    assert all(before[0] <= after[0] for before, after in pairwise(events))
    assert now - timedelta(days=100) < events[0][0] < now - timedelta(days=80)
    assert events[-1][0] <= now
    assert {origin for _at, origin in events} == {Origin.USER, Origin.IMPORT, Origin.AUTOMATION}
    assert not Run.objects.filter(started_at__gt=now).exists()
    assert not Deal.everything.filter(created_at__lt=events[0][0]).exists()


def test_the_clock_is_as_it_was(now: datetime) -> None:
    assert clock.now() == now


def test_winning_the_deal_to_try_first_is_seen_at_once() -> None:
    claire = User.objects.get(email="claire@delorme-finch.example")
    deal = Deal.objects.get(title=board.TRY_FIRST)
    assert (deal.status, deal.owner_id, deal.organization.name) == ("open", claire.pk, "Hôtel des Quais")
    before = set(Activity.objects.filter(deal=deal).values_list("id", flat=True))
    told = Notification.objects.filter(user=claire).count()
    with write(actor_for(claire.pk)) as change:
        deals.win(change, deal.pk)
    Pump().drain()
    new = Activity.objects.filter(deal=deal).exclude(id__in=before).get()
    assert new.subject == "Plan delivery and training for Hôtel des Quais"
    assert new.owner_id == claire.pk
    assert Notification.objects.filter(user=claire).count() == told + 1


def test_started_again_it_keeps_its_data() -> None:
    before = Event.objects.count()
    assert "kept" in demo_data()
    assert (User.objects.count(), Event.objects.count()) == (len(LOGINS), before)
