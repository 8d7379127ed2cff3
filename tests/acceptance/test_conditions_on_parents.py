"""Conditions on the account of an opportunity, on the one above its activities, against other fields, and in groups."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Role
from relance.lib import clock
from relance.records.models import Activity, Deal, Label, Organization
from tests.acceptance import company
from tests.acceptance.company import euros
from tests.acceptance.editor import Automations
from tests.acceptance.runs import Runs
from tests.acceptance.words import en


@pytest.fixture(scope="module")
def people(site):
    """Ada administers; Bo and Boris sell, one for each language."""
    return {"Ada": site.user("Ada", Role.ADMINISTRATOR), "en": site.user("Bo"), "fr": site.user("Boris")}


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


def begin(page, words, name, record_type, event):
    editor = Automations(page, words).open().start_new(name)
    editor.configure()
    return editor.choose_trigger(record_type, event).everyone()


def first_of_next_month():
    today = clock.now().date()
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def customer(by, name, **values):
    return company.create(by, "organization", {"name": name, **values})


def test_the_account_of_a_deal_and_the_one_above_its_activity(open_page, words, people, stages):
    """Two automations: one looks at the deal's organization, one at the organization of the activity's deal."""
    seller, tag = people[words.language], words.language
    page = open_page(locale=words.locale, user=people["Ada"])
    rating, close = words.choice("organization", "rating", "A"), words.field("deal", "expected_close")

    above = f"Key accounts {tag}"
    editor = begin(page, words, above, "deal", "Deal created")
    editor.add_step("Condition").condition("deal", "organization.rating", "is", rating).apply()
    editor.add_step("Update the deal").set_another_field(close)
    editor.set_day(close, words("First of next month")).apply().save().back()

    higher = f"Calls to key accounts {tag}"
    editor = begin(page, words, higher, "activity", "Activity created")
    editor.add_step("Condition").condition("activity", "deal.organization.rating", "is", rating).apply()
    note = words.field("activity", "note")
    editor.add_step("Update the activity").set_another_field(note).set_text(
        note, "Key account"
    ).apply().save()

    for grade, is_key in (("A", True), ("B", False)):
        account = customer(seller, f"Account {grade} {tag}", rating=grade)
        deal = company.deal(seller, f"Deal {grade} {tag}", stages["Offer"], organization=account)
        activity = company.create(
            seller, "activity", {"subject": f"Call {grade} {tag}", "type": "call", "deal": deal}
        )
        company.settle()
        assert Deal.objects.get(pk=deal).expected_close == (first_of_next_month() if is_key else None)
        assert Activity.objects.get(pk=activity).note == ("Key account" if is_key else None)

    runs = Runs(page, words).open()
    runs.look_into(higher, f"Call A {tag}", words("Done", "run"))
    runs.holds(runs.condition(words("was %(value)s", value=rating)))
    runs.open().look_into(higher, f"Call B {tag}", words("Condition not met", "run"))
    runs.does_not_hold(runs.condition(words("was %(value)s", value="B")))


def test_a_field_against_a_calculation_with_the_account(open_page, accessible, people, stages):
    """Both sides stand on the run's page; a value is worked out while it is typed."""
    seller = people["en"]
    account = customer(seller, "Sawmill", employees=10)
    company.deal(seller, "Sample", stages["Offer"], organization=account, value=euros(1000))
    page = open_page(user=people["Ada"])
    editor = begin(page, en, "Large for its size", "deal", "Deal created")
    editor.add_step("Condition").condition("deal", "value", "gt")
    editor.compare("a calculation", "[Organization › Employees] * 100").apply()
    accessible(page)
    editor.add_step("Update the deal").set_another_field("Probability")
    editor.calculate("Probability", "min(100, [Organization › Employees] * 4.25)")
    expect(editor.result("Probability")).to_have_text("For example, with “Sample”: 43%")  # 42.5
    editor.calculate("Probability", "100 / ([Person › Organization › Employees] - 50)")
    expect(editor.result("Probability")).to_contain_text(
        "The employees of the person’s organization is empty"
    )
    editor.panel().get_by_label("If “Person › Organization › Employees” is empty, take").fill("50")
    expect(editor.result("Probability")).to_contain_text("It would divide by zero")
    editor.calculate("Probability", "min(100, [Organization › Employees] * 4.25)").apply()
    editor.expect_steps(
        "Only if value is over the organization’s employees × 100", "Set the deal’s probability to"
    )
    editor.save()

    small = company.deal(seller, "Small", stages["Offer"], organization=account, value=euros(999))
    large = company.deal(seller, "Large", stages["Offer"], organization=account, value=euros(1000.01))
    unknown = company.deal(seller, "Of nobody", stages["Offer"], value=euros(5000))
    company.settle()
    found = dict(Deal.objects.values_list("pk", "probability"))
    assert (found[small], found[large], found[unknown]) == (30, 43, 30)  # 30 is what the stage gives

    runs = Runs(page).open().look_into("Large for its size", "Large", "Done")
    runs.holds(runs.condition("Value €1,000.01 · Calculation €1,000"))
    runs.open().look_into("Large for its size", "Small", "Condition not met")
    runs.does_not_hold(runs.condition("Value €999 · Calculation €1,000"))
    runs.open().look_into("Large for its size", "Of nobody", "Condition not met")
    runs.does_not_hold(runs.condition("the organization’s employees is empty"))


def test_one_group_is_enough_and_half_of_each_is_not(open_page, words, people, stages):
    """(value at least 1,000 and source trade fair) or (country France and label hot)."""
    seller, tag, page = (
        people[words.language],
        words.language,
        open_page(locale=words.locale, user=people["Ada"]),
    )
    hot = Label.objects.get_or_create(name="Hot", defaults={"colour": 1})[0]
    name = f"Worth a call {tag}"
    editor = begin(page, words, name, "deal", "Deal created")
    editor.add_step("Condition").condition("deal", "value", "gte", 1000)
    fair = words.choice("deal", "source", "trade_fair")
    editor.add_condition().condition("deal", "source", "is", fair, row=1)
    editor.add_group()
    second = editor.panel().get_by_role("region", name=words("Group %(number)s", number=2))
    editor.condition(
        "deal", "organization.country", "is", words.choice("organization", "country", "FR"), within=second
    )
    editor.add_condition(1).condition("deal", "labels", "any_of", within=second, row=1)
    second.get_by_role("checkbox", name="Hot", exact=True).check()
    editor.apply()
    rating = words.field("organization", "rating")
    editor.add_step("Update the organization").set_another_field(rating).set_choice(
        rating, "A"
    ).apply().save()

    def rated(title, amount, source, country, labels):
        account = customer(seller, f"{title} {tag}", country=country)
        values = {"value": euros(amount), "source": source, "labels": labels, "organization": account}
        company.deal(seller, f"{title} {tag}", stages["Offer"], **values)
        company.settle()
        return Organization.objects.get(pk=account).rating

    assert rated("First", 1000, "trade_fair", "DE", []) == "A"
    assert rated("Second", 10, "website", "FR", [hot.pk]) == "A"
    assert rated("Both", 5000, "trade_fair", "FR", [hot.pk]) == "A"
    assert rated("Half", 1000, "website", "FR", []) is None
    assert rated("Other half", 999, "trade_fair", "DE", [hot.pk]) is None
