"""Makes the demo company, in one transaction: after an interruption there is none, not half of one."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from django.db import transaction

from relance.automation.models import Notification
from relance.commands.demo import (
    activities,
    automations,
    company,
    deals,
    leads,
    mails,
    organizations,
    people,
    story,
)
from relance.commands.demo.days import Days
from relance.commands.demo.diary import Diary
from relance.lib import clock

#: The dice always fall alike: two demos made on the same day tell the same story.
SEED = "Delorme & Finch"


def seed() -> None:
    """Fill an empty database. What is in the past has really happened there, the runs of automations included."""
    with transaction.atomic():
        office = company.found()
        days = Days(clock.now(), company.ZONE)
        diary = Diary(office)
        all_organizations = organizations.listed(_dice("organizations"))
        organizations.plan(all_organizations, office, days, diary, _dice("their details"))
        all_people = people.listed(all_organizations, _dice("people"))
        people.plan(all_people, office, days, diary, _dice("their details"))
        all_deals = deals.Sales(all_organizations, all_people, days, _dice("deals")).all()
        by_title = {deal.title: deal for deal in reversed(all_deals)}
        story.shape(by_title, days)
        deals.plan(all_deals, office, days, diary)
        all_leads = leads.listed()
        leads.introduce(all_leads, all_people, all_organizations)
        leads.plan(all_leads, office, days, diary)
        agenda = activities.Agenda(office, days, diary, _dice("activities"))
        for deal in all_deals:
            agenda.around(deal)
        for lead in all_leads:
            agenda.call_back(lead)
        agenda.chores()
        agenda.appointments(all_deals)
        agenda.visits(all_organizations)
        agenda.evenings()
        automations.plan(office, days, diary)
        story.tell(by_title, office, days, diary)
        diary.live()
        _read(days)
        mails.arrive()


def _read(days: Days) -> None:
    """What automations told people is read the next day at the latest."""
    for notification in Notification.objects.filter(created_at__lt=days.at(1)):
        notification.read_at = notification.created_at + timedelta(hours=2)
        notification.save(update_fields=["read_at"])


def _dice(purpose: str) -> Random:
    """Dice of their own for each part, so that a change of one does not shake the others."""
    return Random(f"{SEED}: {purpose}")  # noqa: S311
