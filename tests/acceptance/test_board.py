"""The deal board: cards are moved by mouse and by keyboard, everybody sees it at once, sums follow."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Role
from relance.records.models import Deal
from tests.acceptance import company
from tests.acceptance.board import Board
from tests.acceptance.company import euros


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


@pytest.fixture(scope="module")
def tom(site):
    return site.user("Tom")


@pytest.fixture(scope="module")
def nina(site):
    return site.user("Nina")


def stage_of(deal):
    return Deal.objects.select_related("stage").get(pk=deal).stage.name


def test_count_and_sum_of_each_stage_follow_a_move_by_mouse(open_page, words, stages, tom):
    other = company.deal(tom, f"Stays {words.language}", stages["Demo"], value=euros(250))
    deal = company.deal(tom, f"Moves {words.language}", stages["Contacted"], value=euros(1000))
    board = Board(open_page(locale=words.locale, user=tom), words).open()
    expect(board.count("Contacted")).to_have_text("1")
    expect(board.column("Contacted")).to_contain_text(words.sum(1000))
    expect(board.column("Demo")).to_contain_text(words.sum(250))

    board.drag(f"Moves {words.language}", "Demo")
    board.expect_in(f"Moves {words.language}", "Demo")
    expect(board.count("Contacted")).to_have_text("0")
    expect(board.count("Demo")).to_have_text("2")
    expect(board.column("Demo")).to_contain_text(words.sum(1250))
    expect(board.column("Contacted")).to_contain_text(words.sum(0))
    assert stage_of(deal) == "Demo"
    for each in (deal, other):
        company.delete(tom, "deal", each)


def test_a_deal_is_moved_by_keyboard(open_page, words, stages, tom):
    title = f"By keyboard {words.language}"
    deal = company.deal(tom, title, stages["Contacted"])
    page = open_page(locale=words.locale, user=tom)
    board = Board(page, words).open()
    link = board.link(title)
    link.focus()

    page.keyboard.press("Space")
    expect(board.said).to_contain_text(title)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    board.expect_in(title, "Offer")
    page.keyboard.press("Escape")
    board.expect_in(title, "Contacted")
    expect(link).to_be_focused()
    assert stage_of(deal) == "Contacted"

    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(board.said).to_have_text(
        words("“[name]” is over [place].").replace("[name]", title).replace("[place]", "Demo")
    )
    with page.expect_response("**/move/") as answer:
        page.keyboard.press("Enter")
    assert answer.value.ok
    board.expect_in(title, "Demo")
    expect(link).to_be_focused()
    assert stage_of(deal) == "Demo"


def test_arrows_look_around_and_enter_opens_the_deal(open_page, stages, tom):
    company.deal(tom, "Left", stages["Contacted"])
    deal = company.deal(tom, "Right", stages["Offer"])
    page = open_page(user=tom)
    board = Board(page).open()
    board.link("Left").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(board.link("Right")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/deals/{deal}/")


def test_a_refused_move_is_taken_back(site, open_page, stages, tom):
    deal = company.deal(tom, "Refused", stages["Contacted"])
    page = open_page(user=tom)
    board = Board(page).open()
    # Somebody takes the right to write away while the board is open.
    tom.role = Role.READER
    tom.save()
    try:
        board.drag("Refused", "Demo")
        board.expect_in("Refused", "Contacted")
        expect(board.said).to_have_text("“Refused” could not be moved and is back where it was.")
        expect(page.locator("#toasts")).not_to_be_empty()
        assert stage_of(deal) == "Contacted"
    finally:
        tom.role = Role.MEMBER
        tom.save()


def test_a_reader_cannot_carry_anything(site, open_page, stages, tom):
    deal = company.deal(tom, "Only to look at", stages["Contacted"])
    board = Board(open_page(user=site.user("Rita", Role.READER))).open()
    board.drag("Only to look at", "Demo")
    board.expect_in("Only to look at", "Contacted")
    assert stage_of(deal) == "Contacted"
    expect(board.page.get_by_role("link", name="New deal")).to_have_count(0)


def test_won_and_lost_are_places_to_drop(open_page, stages, tom):
    won, lost = (company.deal(tom, title, stages["Contacted"]) for title in ("Will be won", "Will be lost"))
    page = open_page(user=tom)
    board = Board(page).open()
    board.carry("Will be won", lambda: board.zone("Won"))
    expect(board.card("Will be won")).to_be_hidden()
    company.eventually(lambda: Deal.objects.get(pk=won).status == "won")

    board.carry("Will be lost", lambda: board.zone("Lost"))
    dialog = page.get_by_role("dialog", name="Why was it lost?")
    dialog.get_by_label("Reason").fill("Price")
    dialog.get_by_role("button", name="Mark as lost").click()
    expect(board.card("Will be lost")).to_be_hidden()
    company.eventually(lambda: Deal.objects.get(pk=lost).status == "lost")
    assert Deal.objects.get(pk=lost).lost_reason == "Price"


def test_a_colleague_sees_it_at_once(open_page, stages, tom, nina):
    company.deal(tom, "Watched", stages["Contacted"], value=euros(700))
    hers = Board(open_page(user=nina)).open()
    hers.expect_in("Watched", "Contacted")
    his = Board(open_page(user=tom)).open()
    his.drag("Watched", "Offer")
    hers.expect_in("Watched", "Offer")
    company.deal(tom, "Brand new", stages["Demo"])
    hers.expect_in("Brand new", "Demo")


def test_a_deal_is_added_in_a_stage(open_page, words, stages, tom):
    from tests.acceptance.forms import RecordForm

    title = f"Added {words.language}"
    page = open_page(locale=words.locale, user=tom)
    board = Board(page, words).open()
    board.column("Demo").get_by_role("link", name=words("Add a deal")).click()
    RecordForm(page, "deal", words).fill(title=title, value="12").save()
    board.expect_in(title, "Demo")
    expect(board.card(title)).to_contain_text(words.money(12))
