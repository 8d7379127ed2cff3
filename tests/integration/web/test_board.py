"""The deal board: sums, cards, moves, and who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relance.accounts.models import Rate
from relance.events.models import Event
from relance.lib import clock
from relance.records.models import Deal
from relance.web import board
from relance.web.names import Names
from tests.integration.records.conftest import Office
from tests.integration.web.conftest import HTMX, Browser

Make = Callable[..., int]


def _euros(amount: int, currency: str = "EUR") -> dict[str, object]:
    return {"amount": amount * 100 if currency != "JPY" else amount, "currency": currency}


def test_sums_are_told_in_the_companys_currency_and_the_rest_beside_them(office: Office, make: Make) -> None:
    Rate.objects.create(currency="GBP", rate=Decimal("1.2"))
    make("ana", "deal", title="A", value=_euros(1000))
    make("ana", "deal", title="B", value=_euros(100, "GBP"))
    make("ana", "deal", title="C", value=_euros(5000, "JPY"))
    make("ana", "deal", title="D")
    shown = board.load(Names(office.actor("ana")), office.stages[0].pipeline_id)
    first = shown.columns[0].total
    assert (first.count, first.money) == (4, {"amount": 112000, "currency": "EUR"})
    assert first.weighted == 11200
    assert first.others == {"JPY": 5000}
    assert shown.total.count == 4


def test_a_card_says_what_comes_next(office: Office, make: Make) -> None:
    deal = make("ana", "deal", title="A")
    assert (
        board.load(Names(office.actor("ana")), office.stages[0].pipeline_id).columns[0].cards[0].next.when
        == "none"
    )
    yesterday = (clock.now() - timedelta(days=1)).date().isoformat()
    make("ana", "activity", subject="Call", type="call", deal=deal)
    make("ana", "activity", subject="Meet", type="meeting", deal=deal, due_date=yesterday)
    make("ana", "activity", subject="Done", type="meeting", deal=deal, due_date="2001-01-01", done=True)
    card = board.load(Names(office.actor("ana")), office.stages[0].pipeline_id).columns[0].cards[0]
    assert (card.next.when, card.next.text) == ("late", "Meeting, yesterday")


def test_a_deal_that_stands_still_too_long_is_marked(office: Office, make: Make) -> None:
    office.stages[0].rotting_days = 10
    office.stages[0].save()
    now = clock.now()
    clock.set_clock(lambda: now - timedelta(days=12))
    make("ana", "deal", title="A")
    clock.set_clock(None)
    card = board.load(Names(office.actor("ana")), office.stages[0].pipeline_id).columns[0].cards[0]
    assert card.rotting == "12 days here"


def test_the_number_of_queries_does_not_depend_on_the_number_of_deals(
    office: Office, make: Make, browser: Browser
) -> None:
    client = browser("ana")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/deals/board/").status_code == 200
        return len(queries)

    make("ana", "deal", title="A")
    cost()
    before = cost()
    for n in range(12):
        organization = make("ana", "organization", name=f"O{n}")
        person = make("ana", "person", name=f"P{n}")
        deal = make("ana", "deal", title=f"D{n}", organization=organization, stage=office.stages[n % 3].pk)
        make("ana", "deal", title=f"E{n}", person=person)
        make("ana", "activity", subject="x", deal=deal)
    # Two more: the names of organizations and of people, asked once each.
    assert cost() <= before + 2
    assert before <= 14


def test_a_long_column_shows_the_latest_and_offers_the_rest(
    office: Office, make: Make, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "CARDS", 2)
    for n in range(5):
        make("ana", "deal", title=f"Deal {n}")
    page = browser("ana").get("/deals/board/").content.decode()
    assert page.count("data-deal=") == 2
    assert "Show 3 more" in page
    assert (
        browser("ana").get(f"/deals/board/?all={office.stages[0].pk}").content.decode().count("data-deal=")
        == 5
    )


def test_a_move_is_an_event_of_the_user_and_can_be_taken_back(
    office: Office, make: Make, browser: Browser
) -> None:
    deal = make("ana", "deal", title="Refit")
    answer = browser("ana").post(f"/deals/{deal}/move/", {"stage": office.stages[1].pk}, headers=HTMX)
    assert answer.status_code == 204
    told = json.loads(answer["HX-Trigger"])
    assert told["toast"]["text"] == "“Refit” moved to Proposal sent"
    event = Event.objects.latest("pk")
    assert (event.origin, event.actor_id, event.changes["stage"]) == (
        "user",
        office.users["ana"].pk,
        [office.stages[0].pk, office.stages[1].pk],
    )
    undo = told["toast"]["undo"]
    browser("ana").post(undo["url"], undo["values"], headers=HTMX)
    assert Deal.objects.get(pk=deal).stage_id == office.stages[0].pk


def test_won_lost_reopened_deleted_and_back(office: Office, make: Make, browser: Browser) -> None:
    deal = make("ana", "deal", title="Refit")
    client = browser("ana")

    def after(verb: str, **values: str) -> Deal:
        assert client.post(f"/deals/{deal}/{verb}/", values, headers=HTMX).status_code == 204, verb
        return Deal.everything.get(pk=deal)

    assert after("win").status == "won"
    assert after("reopen").status == "open"
    lost = after("lose", reason="Price")
    assert (lost.status, lost.lost_reason) == ("lost", "Price")
    undo = json.loads(client.post(f"/deals/{deal}/reopen/", headers=HTMX)["HX-Trigger"])["toast"]["undo"]
    assert (undo["url"], undo["values"]) == (f"/deals/{deal}/lose/", {"reason": "Price"})
    binned = client.post(f"/deals/{deal}/bin/", headers=HTMX)
    assert json.loads(binned["HX-Trigger"])["toast"]["undo"]["url"] == f"/deals/{deal}/restore/"
    assert Deal.everything.get(pk=deal).deleted_at is not None
    assert client.post(f"/deals/{deal}/win/", headers=HTMX).status_code == 404
    assert client.post(f"/deals/{deal}/restore/", headers=HTMX).status_code == 204
    assert Deal.objects.filter(pk=deal).exists()


@pytest.mark.parametrize(
    "values", [{}, {"stage": "x"}, {"stage": "999999"}, {"stage": "9" * 40}, {"stage": "\x00"}]
)
def test_a_stage_that_is_gone_is_said_so(
    office: Office, make: Make, browser: Browser, values: dict[str, str]
) -> None:
    deal = make("ana", "deal", title="Refit")
    answer = browser("ana").post(f"/deals/{deal}/move/", values, headers=HTMX)
    assert answer.status_code == 409
    assert json.loads(answer["HX-Trigger"])["toast"]["tone"] == "bad"
    assert Deal.objects.get(pk=deal).stage_id == office.stages[0].pk


def test_readers_look_but_do_not_touch(office: Office, make: Make, browser: Browser) -> None:
    deal = make("ana", "deal", title="Refit")
    rita = browser("rita")
    page = rita.get("/deals/board/").content.decode()
    assert "Refit" in page
    assert "data-board" not in page
    assert "New deal" not in page
    answer = rita.post(f"/deals/{deal}/win/", headers=HTMX)
    assert answer.status_code == 409
    assert Deal.objects.get(pk=deal).status == "open"
    assert rita.get("/deals/new/").status_code == 403


@pytest.mark.usefixtures("teams_apart")
def test_another_teams_deals_do_not_exist(office: Office, make: Make, browser: Browser) -> None:
    deal = make("ben", "deal", title="Secret", value=_euros(777))
    ana = browser("ana")
    page = ana.get("/deals/board/").content.decode()
    assert "Secret" not in page
    assert "777" not in page
    assert ana.get(f"/deals/{deal}/").status_code == 404
    assert ana.post(f"/deals/{deal}/win/", headers=HTMX).status_code == 404
    assert ana.get(f"/deals/{deal}/edit/").status_code == 404


def test_a_company_without_a_pipeline_is_told_what_to_do(browser: Browser, office: Office) -> None:
    _no_pipeline(office)
    assert "there is no pipeline yet" in browser("claire").get("/deals/board/").content.decode()
    assert browser("ana").get("/deals/board/77/").status_code == 404
    assert browser("ana").get("/deals/new/").status_code == 200


def _no_pipeline(office: Office) -> None:
    for stage in office.stages:
        stage.delete()
    office.stages[0].pipeline.delete()


def test_the_first_pipeline_takes_one_press(browser: Browser, office: Office) -> None:
    _no_pipeline(office)
    client = browser("claire")
    assert "There is no pipeline yet" in client.get("/settings/").content.decode()
    for path in ("/deals/board/", "/settings/pipelines/"):
        assert 'value="New business"' in client.get(path).content.decode(), path
    assert (
        client.post("/settings/pipelines/", {"name": "New business", "first": "1"})["Location"]
        == "/deals/board/"
    )
    shown = client.get("/deals/board/").content.decode()
    for text in ("New business", "Qualified", "Contact made", "Proposal sent", "Negotiation"):
        assert text in shown
    assert "There is no pipeline yet" not in client.get("/settings/").content.decode()
    # Without a name there is none.
    assert client.post("/settings/pipelines/", {"name": "", "first": "1"}).status_code == 422


def test_who_may_not_make_a_pipeline_is_told_who_may(browser: Browser, office: Office) -> None:
    _no_pipeline(office)
    page = browser("ana").get("/deals/board/").content.decode()
    assert "An administrator can make one" in page
    assert "Create your first pipeline" not in page


def test_the_demo_says_what_to_try_first_until_it_is_done_or_waved_away(
    browser: Browser, make: Make, settings: Any
) -> None:
    deal = make("ana", "deal", title="Refurbishment")
    ana, tom = browser("ana"), browser("tom")
    assert "Try this first" not in ana.get("/deals/board/").content.decode()
    settings.TRY_FIRST = "Refurbishment"
    page = tom.get("/deals/board/").content.decode()
    assert "Try this first" in page
    assert f"/deals/{deal}/" in page
    assert "Build your own automation" in page
    assert "Try this first" not in browser("rita").get("/deals/board/").content.decode()
    assert ana.post("/deals/board/hint/", headers=HTMX).content == b""
    assert "Try this first" not in ana.get("/deals/board/").content.decode()
    assert tom.post(f"/deals/{deal}/win/", headers=HTMX).status_code == 204
    assert "Try this first" not in tom.get("/deals/board/").content.decode()


def test_who_sees_no_automations_is_not_led_to_them(browser: Browser) -> None:
    for name, led in (("claire", True), ("ana", True), ("rita", False)):
        assert ('href="/automations/"' in browser(name).get("/deals/board/").content.decode()) == led, name
