"""The guide: there for a first automation, ticking off what is done, closed and called again."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from relance.accounts.models import User
from relance.accounts.people import actor_for
from relance.automation import publish
from relance.automation.models import Automation
from tests.integration.web.automations.conftest import document

Make = Callable[..., Automation]
Window = Callable[..., Client]


def done(page: str) -> list[str]:
    """The numbers of the steps that are ticked off, and the present one with an arrow."""
    stops = re.findall(r'<li class="guide__stop( is-done| is-now)?"', page)
    return [f"{number}{mark[-3:].strip()}" for number, mark in enumerate(stops, 1) if mark]


def test_it_is_there_for_a_first_automation_and_ticks_off_what_is_done(
    window: Window, company: dict[str, User]
) -> None:
    tom = actor_for(company["tom"].pk)
    made = publish.create(tom, "First")
    client = window("tom")
    page = client.get(f"/automations/{made.pk}/", headers={"HX-Request": ""}).content.decode()
    assert "Step 1 of 6: What starts it" in page and done(page) == ["1now"]
    whole = document(scope="me")
    publish.save_draft(made, {**whole, "steps": whole["steps"][:1]}, 1, tom)
    assert done(client.get(f"/automations/{made.pk}/panel/").content.decode()) == ["1one", "2one", "3now"]
    publish.save_draft(made, whole, 2, tom)
    assert done(client.get(f"/automations/{made.pk}/panel/").content.decode()) == [
        "1one",
        "2one",
        "3one",
        "4now",
    ]
    # To have looked at it is enough: "only me" may be just right.
    page = client.get(f"/automations/{made.pk}/panel/audience/").content.decode()
    assert "Step 5 of 6: Test" in page
    assert client.get(f"/automations/{made.pk}/guide/?do=test").status_code == 302
    assert "Step 6 of 6: Save" in client.get(f"/automations/{made.pk}/panel/").content.decode()
    page = client.post(f"/automations/{made.pk}/publish/", {"revision": "3"}).content.decode()
    assert "Your first automation is on" in page
    assert done(page) == [f"{number}one" for number in range(1, 7)]


def test_it_can_be_closed_and_called_again(window: Window, company: dict[str, User]) -> None:
    made = publish.create(actor_for(company["tom"].pk), "First")
    client = window("tom", htmx=False)
    assert 'class="guide"' in client.get(f"/automations/{made.pk}/").content.decode()
    client.post(f"/automations/{made.pk}/guide/", {"do": "close"})
    assert 'class="guide"' not in client.get(f"/automations/{made.pk}/").content.decode()
    client.post(f"/automations/{made.pk}/guide/", {"do": "open"})
    assert 'class="guide"' in client.get(f"/automations/{made.pk}/").content.decode()


def test_who_has_built_before_is_left_alone(
    window: Window, automation: Make, company: dict[str, User]
) -> None:
    automation("Before", by="tom", scope="me")
    made = publish.create(actor_for(company["tom"].pk), "Second")
    assert 'class="guide"' not in window("tom", htmx=False).get(f"/automations/{made.pk}/").content.decode()
    # Whoever may not edit it is not guided through it.
    shared = automation("Shared")
    ines = window("ines", htmx=False)
    assert "guide-open" not in ines.get(f"/automations/{shared.pk}/").content.decode()
    assert ines.post(f"/automations/{shared.pk}/guide/").status_code == 403
