"""Records: made, changed and deleted in forms that lose nothing, and seen by colleagues at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Role
from relance.records.models import Deal, Organization, Person
from tests.acceptance import company
from tests.acceptance.forms import RecordForm
from tests.acceptance.words import en


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


@pytest.fixture(scope="module")
def tom(site):
    return site.user("Tom")


@pytest.fixture(scope="module")
def nina(site):
    return site.user("Nina")


@pytest.mark.parametrize(
    ("record_type", "slug", "title"),
    [
        ("person", "people", "name"),
        ("organization", "organizations", "name"),
        ("deal", "deals", "title"),
        ("lead", "leads", "title"),
        ("activity", "activities", "subject"),
    ],
)
def test_each_type_is_added_found_changed_deleted_and_taken_out_of_the_bin(
    open_page, stages, tom, record_type, slug, title
):
    page = open_page(user=tom)
    page.goto(f"/{slug}/")
    name, other = f"First {record_type}", f"Second {record_type}"
    page.get_by_role("main").get_by_role("link", name=f"New {record_type}").first.click()
    RecordForm(page, record_type).fill(**{title: name}).save()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    RecordForm.edit(page, record_type).fill(**{title: other}).save()
    expect(page.get_by_role("heading", level=1)).to_have_text(other)

    page.goto(f"/{slug}/")
    page.get_by_role("main").get_by_role("searchbox").fill("sécond " + record_type)
    expect(page.get_by_role("row").filter(has_text=other)).to_be_visible()
    page.get_by_role("link", name=other, exact=True).click()

    page.get_by_role("main").get_by_label("More", exact=True).click()
    page.get_by_role("link", name=f"Delete the {record_type}").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text(f"“{other}” is in the bin")).to_be_visible()
    expect(page.get_by_role("link", name=other, exact=True)).to_have_count(0)
    page.goto("/bin/")
    page.get_by_role("row").filter(has_text=other).get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(other)


def test_a_form_with_errors_keeps_what_was_typed(open_page, words, stages, tom):
    page = open_page(locale=words.locale, user=tom)
    page.goto("/deals/board/")
    form = RecordForm.add(page, "deal", words)
    form.fill(title="Half done", value="a lot")
    form.press_save()
    expect(form.input("value")).to_have_attribute("aria-invalid", "true")
    expect(form.input("value")).to_be_focused()
    expect(form.input("value")).to_have_value("a lot")
    expect(form.input("title")).to_have_value("Half done")
    expect(form.dialog.get_by_role("alert")).to_contain_text(
        words.count(
            "Nothing is saved yet: %(n)s field needs another look.",
            "Nothing is saved yet: %(n)s fields need another look.",
            1,
        )
    )
    form.fill(title="")
    form.press_save()
    expect(form.input("title")).to_have_attribute("aria-invalid", "true")
    expect(form.input("value")).to_have_value("a lot")
    assert not Deal.objects.filter(title="Half done").exists()

    form.fill(title=f"Done {words.language}", value="12")
    form.save()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Done {words.language}")


def test_amounts_are_read_as_people_write_them(open_page, words, stages, tom):
    typed = {"en": "1,234.50", "fr": "1 234,50"}[words.language]
    page = open_page(locale=words.locale, user=tom)
    page.goto("/deals/board/")
    title = f"Typed {words.language}"
    RecordForm.add(page, "deal", words).fill(title=title, value=typed).save()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("main")).to_contain_text(words.money(1234.5))
    assert Deal.objects.get(title=title).value_amount == 123450


def test_an_edit_conflict_keeps_what_was_typed(open_page, words, stages, tom, nina):
    title = f"Contested {words.language}"
    deal = company.deal(tom, title, stages["Contacted"])
    page = open_page(locale=words.locale, user=tom)
    page.goto(f"/deals/{deal}/")
    form = RecordForm.edit(page, "deal", words)
    form.fill(title=f"Mine {words.language}")
    company.update(nina, "deal", deal, value=company.euros(99))
    form.press_save()
    banner = form.dialog.get_by_role("alert")
    expect(banner).to_contain_text(words("Nothing of yours is saved yet") if words is en else "")
    expect(banner).to_contain_text(words.money(99))
    expect(form.input("title")).to_have_value(f"Mine {words.language}")
    assert Deal.objects.get(pk=deal).title == title

    form.save()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Mine {words.language}")
    saved = Deal.objects.get(pk=deal)
    assert (saved.title, saved.value_amount) == (f"Mine {words.language}", 9900)


def test_a_fact_is_changed_in_place(open_page, words, stages, tom):
    organization = company.create(tom, "organization", {"name": f"In place {words.language}"})
    page = open_page(locale=words.locale, user=tom)
    page.goto(f"/organizations/{organization}/")
    city = words.field("organization", "city")
    page.get_by_role("button", name=words("Change: %(field)s", field=city), exact=True).click()
    box = page.get_by_role("textbox", name=city, exact=True)
    box.fill("Lyon")
    box.press("Enter")
    expect(page.get_by_role("complementary", name=words("Summary"), exact=True)).to_contain_text("Lyon")
    expect(page.get_by_role("region", name=words("Timeline"), exact=True)).to_contain_text("Lyon")
    assert Organization.objects.get(pk=organization).city == "Lyon"


def test_a_colleagues_change_appears_in_an_open_page(open_page, words, stages, tom, nina):
    person = company.create(tom, "person", {"name": f"Zoé Martin {words.language}"})
    record = open_page(locale=words.locale, user=nina)
    record.goto(f"/people/{person}/")
    listed = open_page(locale=words.locale, user=nina)
    listed.goto("/people/")
    expect(listed.get_by_role("link", name=f"Zoé Martin {words.language}")).to_be_visible()

    window = open_page(locale=words.locale, user=tom)
    window.goto(f"/people/{person}/")
    RecordForm.edit(window, "person", words).fill(job_title="Head baker").save()
    expect(record.get_by_role("complementary", name=words("Summary"), exact=True)).to_contain_text(
        "Head baker"
    )
    expect(listed.get_by_role("row").filter(has_text=f"Zoé Martin {words.language}")).to_contain_text(
        "Head baker"
    )


def test_somebody_who_only_reads_changes_nothing(site, open_page, stages, tom):
    person = company.create(tom, "person", {"name": "Untouched"})
    page = open_page(user=site.user("Rita", Role.READER))
    page.goto(f"/people/{person}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Untouched")
    expect(page.get_by_role("main").get_by_role("link", name="Edit")).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("button", name="Change: Name")).to_have_count(0)
    expect(page.get_by_label("Quick add (N)")).to_have_count(0)
    for path in (f"/people/{person}/edit/", "/people/new/", f"/people/{person}/delete/"):
        assert page.goto(path).status == 403
    assert Person.objects.get(pk=person).name == "Untouched"


def test_an_activity_is_ticked_off_and_opened_again(open_page, words, stages, tom):
    deal = company.deal(tom, f"With a call {words.language}", stages["Contacted"])
    company.create(tom, "activity", {"subject": "Call them", "type": "call", "deal": deal})
    page = open_page(locale=words.locale, user=tom)
    page.goto(f"/deals/{deal}/")
    coming_up = page.get_by_role("complementary", name=words("Next"), exact=True)
    coming_up.get_by_role(
        "button", name=words("Mark “%(subject)s” as done", subject="Call them"), exact=True
    ).click()
    expect(coming_up).not_to_contain_text("Call them")
    page.get_by_role("button", name=words("Undo"), exact=True).click()
    expect(coming_up).to_contain_text("Call them")


def test_a_note_is_kept(open_page, words, stages, tom):
    deal = company.deal(tom, f"Noted {words.language}", stages["Contacted"])
    page = open_page(locale=words.locale, user=tom)
    page.goto(f"/deals/{deal}/")
    page.get_by_role("textbox", name=words("Note"), exact=True).fill("Prefers mornings.\n<b>Really</b>")
    page.get_by_role("button", name=words("Keep this note"), exact=True).click()
    story = page.get_by_role("region", name=words("Timeline"), exact=True)
    expect(story).to_contain_text("<b>Really</b>")
    expect(page.get_by_role("textbox", name=words("Note"), exact=True)).to_have_value("")
