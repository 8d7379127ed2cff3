"""A sales administrator builds a first automation without help, changes a record, and sees what happened."""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Role
from relance.records.models import Activity
from tests.acceptance import company
from tests.acceptance.board import Board
from tests.acceptance.editor import Automations
from tests.acceptance.runs import Runs


def soon() -> float:
    """What stands for "within a second", in seconds: some more on a machine that has much else to do just now."""
    return 3.0 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


#: Notes when a text appears; the promise must not be what the function returns, or nobody goes on before it does.
WATCH = """text => { window.seen = new Promise(resolve => {
    const look = () => document.body.innerText.includes(text) && resolve(Date.now());
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}) }"""


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


def test_a_deal_that_reaches_a_stage_gets_its_activity(site, open_page, words, stages):
    camille = site.user("Camille", Role.ADMINISTRATOR)
    title, name, call = (f"{text} {words.language}" for text in ("Bakery", "After the demo", "Call back"))
    deal = company.deal(camille, title, stages["Contacted"])
    page = open_page(locale=words.locale, user=camille)

    automations = Automations(page, words).open()
    editor = automations.start_new(name)
    editor.configure()
    editor.choose_trigger("deal", "Deal updated")
    editor.add_step("Condition")
    editor.condition("deal", "stage", "changed_to", "Demo").apply()
    editor.add_step("Create an activity")
    editor.set_text(words.field("activity", "subject"), call)
    editor.set_choice(words.field("activity", "type"), words.choice("activity", "type", "call"))
    editor.apply()
    editor.everyone()
    editor.save()
    assert name in editor.back().names()

    colleague = site.user("Tom")
    record = open_page(locale=words.locale, user=colleague)
    record.goto(f"/deals/{deal}/")
    record.evaluate(WATCH, call)
    window = open_page(locale=words.locale, user=colleague)
    board = Board(window, words).open()
    board.drag(title, "Demo")
    board.expect_in(title, "Demo")

    coming_up = record.get_by_role("complementary", name=words("Next"), exact=True)
    expect(coming_up.get_by_role("link", name=call)).to_be_visible()
    moved = company.eventually(lambda: [e for e in company.events("deal", deal) if "stage" in e.changes][-1])
    seen = datetime.fromtimestamp(record.evaluate("window.seen") / 1000, moved.at.tzinfo)
    assert (seen - moved.at).total_seconds() < soon()
    expect(board.card(title)).not_to_contain_text(words("No activity"))

    story = record.get_by_role("region", name=words("Timeline"), exact=True)
    expect(story.get_by_role("link", name=words("by the automation “%(name)s”", name=name))).to_be_visible()
    made = Activity.objects.get(subject=call)
    assert (made.deal_id, made.type, made.owner_id) == (deal, "call", camille.pk)

    runs = Runs(page, words).open().look_into(name, title, words("Done", "run"))
    runs.holds(runs.condition("Demo"))
    expect(page.get_by_role("article").get_by_role("link", name=call, exact=True)).to_be_visible()
