"""An inquiry becomes a deal, an automation arranges a visit seen on the day, and what was deleted comes back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Role
from relance.records.models import Deal
from tests.acceptance import company
from tests.acceptance.editor import Automations
from tests.acceptance.forms import RecordForm


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


@pytest.fixture(scope="module")
def lena(site):
    return site.user("Lena", Role.ADMINISTRATOR)


def test_an_inquiry_becomes_a_deal_that_tells_its_story(open_page, words, stages, lena):
    title = f"Two machines {words.language}"
    lead = company.create(lena, "lead", {"title": title})
    company.create(lena, "note", {"body": "Saw us in Lyon.", "lead": lead})
    company.create(lena, "activity", {"subject": "Call back", "lead": lead})
    page = open_page(locale=words.locale, user=lena)
    page.goto(f"/leads/{lead}/")
    page.get_by_role("link", name=words("Convert to a deal"), exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile(words.field("deal", "stage"))).select_option(label="Demo")
    dialog.get_by_role("button", name=words("Convert"), exact=True).click()

    expect(page).to_have_url(re.compile(r"/deals/\d+/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert Deal.objects.get(title=title).stage == stages["Demo"]
    story = page.get_by_role("region", name=words("Timeline"), exact=True)
    expect(story).to_contain_text("Saw us in Lyon.")
    expect(story).to_contain_text("Call back")
    expect(page.get_by_role("complementary", name=words("Next"), exact=True)).to_contain_text("Call back")
    story.get_by_role("link", name=title).first.click()
    expect(page).to_have_url(re.compile(f"/leads/{lead}/$"))
    expect(page.get_by_text(words("Converted"), exact=True)).to_be_visible()


def test_an_automation_arranges_a_visit_that_is_seen_on_the_day(open_page, stages, lena):
    person = company.create(lena, "person", {"name": "Jeanne Kerbrat"})
    page = open_page(user=lena)
    editor = Automations(page).open().start_new("Visit them")
    editor.configure().choose_trigger("deal", "Deal created")
    editor.add_step("Schedule an appointment")
    editor.set_text("Subject", "Visit for {{ title }}").set_text("Place", "Showroom")
    panel = editor.panel("Schedule an appointment")
    panel.get_by_label("Begins at", exact=True).fill("14:00")
    panel.get_by_label("Ends at", exact=True).fill("13:00")
    panel.get_by_role("button", name="Apply", exact=True).click()
    expect(panel).to_contain_text("It must end after it begins.")
    panel.get_by_label("Ends at", exact=True).fill("15:30")
    editor.apply()
    editor.save()

    company.deal(lena, "Bar for Jeanne", stages["Offer"], person=person)
    company.settle()
    page.goto("/activities/")
    page.get_by_role("navigation", name="View").get_by_role("link", name="Day").click()
    expect(page.get_by_text("Nothing is planned on this day.")).to_be_visible()
    page.get_by_role("link", name="The day after", exact=True).click()
    booking = page.get_by_role("list", name="At a certain time").get_by_role("listitem")
    expect(booking).to_have_count(1)
    expect(booking).to_contain_text(re.compile(r"14:00–15:30\s*Visit for Bar for Jeanne"))
    expect(booking).to_contain_text("Showroom · Jeanne Kerbrat")
    # It is as tall as an hour and a half of the day.
    two, three = (page.get_by_text(hour, exact=True).bounding_box()["y"] for hour in ("14:00", "15:00"))
    box = booking.bounding_box()
    assert abs(box["height"] - 1.5 * (three - two)) < 6
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Nothing is planned on this day.")).to_be_visible()


def test_who_takes_part_sees_it_on_their_own_day(site, open_page, lena):
    max_ = site.user("Max")
    page = open_page(user=lena)
    page.goto("/activities/day/?date=2026-03-05")
    page.get_by_role("link", name="New activity", exact=True).last.click()
    form = RecordForm(page, "activity")
    form.fill(subject="Team lunch", type="Lunch", due_time="12:30", duration="60", participants="Max").save()
    expect(page.get_by_role("list", name="At a certain time")).to_contain_text("Team lunch")
    other = open_page(user=max_)
    other.goto("/activities/day/?date=2026-03-05")
    expect(other.get_by_role("list", name="At a certain time")).to_contain_text("12:30–13:30")


def test_what_was_deleted_is_taken_out_of_the_bin_or_deleted_for_ever(open_page, stages, lena):
    kept, gone = (company.deal(lena, title, stages["Offer"]) for title in ("Kept after all", "Gone for good"))
    for deal in (kept, gone):
        company.delete(lena, "deal", deal)
    page = open_page(user=lena)
    page.goto("/bin/")
    row = page.get_by_role("row").filter(has_text="Kept after all")
    row.get_by_role("button", name=re.compile("Take it out")).click()
    expect(page).to_have_url(re.compile(f"/deals/{kept}/$"))
    expect(page.get_by_role("region", name="Timeline")).to_contain_text("Taken out of the bin")
    page.goto("/bin/")
    row = page.get_by_role("row").filter(has_text="Gone for good")
    row.get_by_role("link", name=re.compile("Delete for ever")).click()
    dialog = page.get_by_role("dialog", name=re.compile("Gone for good"))
    dialog.get_by_role("button", name="Delete for ever", exact=True).click()
    expect(page.get_by_text("The bin is empty.")).to_be_visible()
    assert not Deal.everything.filter(pk=gone).exists()
