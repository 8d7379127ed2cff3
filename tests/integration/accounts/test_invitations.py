"""One-time links open once, for a while, and only to whom they were given."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relance.accounts import invitations
from relance.accounts.models import Invitation, User
from relance.lib import clock

pytestmark = pytest.mark.django_db


def token(link):
    return link.rstrip("/").rsplit("/", 1)[-1]


def test_the_first_administrator_has_one_link_at_a_time():
    first = invitations.create_first_administrator_link()
    second = invitations.create_first_administrator_link()
    assert invitations.find(token(first)) is None
    assert invitations.find(token(second)).user is None


def test_the_token_is_not_in_the_database():
    link = invitations.create_first_administrator_link()
    assert token(link) not in str(Invitation.objects.values_list())


def test_there_is_no_first_administrator_once_somebody_has_a_login():
    link = invitations.create_first_administrator_link()
    User.objects.create_user("ana@example.com", name="Ana")
    assert invitations.create_first_administrator_link() is None
    assert invitations.find(token(link)) is None


def test_a_link_is_used_once():
    user = User.objects.create_user("ana@example.com", name="Ana")
    found = invitations.find(token(invitations.create_link(user)))
    same = invitations.find(token(invitations.create_link(user)))
    assert found.user == user and not invitations.consume(found)
    assert invitations.consume(same) and not invitations.consume(same)


def test_a_link_runs_out():
    user = User.objects.create_user("ana@example.com", name="Ana")
    link = invitations.create_link(user)
    later = clock.now() + invitations.LIFETIME + timedelta(seconds=1)
    clock.set_clock(lambda: later)
    assert invitations.find(token(link)) is None


@pytest.mark.parametrize("text", ["", "x", "\x00", "\ud800", "é" * 10_000])
def test_nonsense_opens_nothing(text):
    assert invitations.find(text) is None
