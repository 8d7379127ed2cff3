"""Several people at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from relance.accounts.models import Role
from relance.accounts.people import actor_for
from relance.automation import publish
from relance.automation.errors import Conflict
from relance.automation.models import Automation, Catalogue, LiveSpan, Version
from tests.builders import automation, document, update, user

pytestmark = pytest.mark.django_db(transaction=True)
RATE = [update(source="phone")]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do these together, each on a connection of its own; returns results and errors."""
    barrier = Barrier(len(acts))

    def go(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return act()
        except Conflict as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(go, acts))


def test_changes_take_different_revisions_and_one_automation_has_one_span() -> None:
    claire = actor_for(user("Claire", Role.ADMINISTRATOR).pk)
    drafts = [automation("deal.created", do=RATE, owner=claire, published=False) for _ in range(4)]
    same = Automation.objects.get(pk=drafts[0].pk)
    at_once(*(lambda each=each: publish.publish(each, claire) for each in [*drafts, same]))  # type: ignore[misc]
    revisions = list(Automation.objects.order_by("revision").values_list("revision", flat=True))
    assert len(set(revisions)) == 4
    assert Catalogue.objects.get(pk=1).revision == revisions[-1]
    for each in drafts:
        assert LiveSpan.objects.filter(automation=each, live_to=None).count() == 1
        numbers = list(
            Version.objects.filter(automation=each).values_list("number", flat=True).order_by("number")
        )
        assert numbers == list(range(1, len(numbers) + 1))


def test_of_two_saves_of_one_draft_one_wins() -> None:
    claire = actor_for(user("Claire", Role.ADMINISTRATOR).pk)
    made = automation("deal.created", do=RATE, owner=claire, published=False)
    windows = [Automation.objects.get(pk=made.pk) for _ in range(3)]
    typed = [document("deal.created", do=RATE, origins=[origin]) for origin in ("user", "api", "import")]
    done = at_once(
        *(
            lambda window=window, document=document: publish.save_draft(window, document, 1, claire)  # type: ignore[misc]
            for window, document in zip(windows, typed, strict=True)
        )
    )
    assert sorted(map(str, done)).count("2") == 1
    assert sum(isinstance(each, Conflict) for each in done) == 2
    made.refresh_from_db()
    assert (made.draft_revision, made.draft) == (2, typed[done.index(2)])


def test_a_draft_saved_while_it_is_published_is_not_lost() -> None:
    claire = actor_for(user("Claire", Role.ADMINISTRATOR).pk)
    made = automation("deal.created", do=RATE, owner=claire)
    later = document("deal.created", do=RATE, origins=["api"])
    publish.save_draft(made, document("deal.created", do=RATE, origins=["import"]), 1, claire)
    one, two = (Automation.objects.get(pk=made.pk) for _ in range(2))
    published, saved = at_once(
        lambda: publish.publish(one, claire), lambda: publish.save_draft(two, later, 2, claire)
    )
    made.refresh_from_db()
    # Whoever came second saw what the first had done: nothing was lost, nothing was mixed up.
    assert saved == 3
    assert (made.draft_revision, made.draft) == (3, later)
    if not isinstance(published, Conflict):
        assert published.document["origins"] in (["import"], ["api"])
