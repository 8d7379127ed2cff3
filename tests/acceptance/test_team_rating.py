"""A team leader rates organizations: a member of the team creates a deal above 1,000, the organization gets an A."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Rate, Role
from relance.records.models import Organization
from tests import builders
from tests.acceptance import company
from tests.acceptance.company import euros
from tests.acceptance.editor import Automations
from tests.acceptance.forms import RecordForm
from tests.acceptance.runs import Runs


@pytest.fixture(scope="module")
def people(site):
    """Two teams, each with a leader and a member; Otto is in neither."""
    found = {name: site.user(name) for name in ("Max", "Margot", "Otto")}
    found |= {name: site.user(name, Role.LEADER) for name in ("Lea", "Leo")}
    builders.team("North", found["Lea"], found["Max"])
    builders.team("South", found["Leo"], found["Margot"])
    return found


#: Each language has a team of its own, so that nobody's automation does another's work.
OF_LANGUAGE = {"en": ("North", "Lea", "Max"), "fr": ("South", "Leo", "Margot")}


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


@pytest.fixture(scope="module")
def rates(site):
    """There is a rate for the dollar, and none for the pound."""
    Rate.objects.create(currency="USD", rate=Decimal("0.8"))


def build(page, words, name, team):
    """Build it in the editor, as the leader."""
    editor = Automations(page, words).open().start_new(name)
    editor.configure()
    editor.choose_trigger("deal", "Deal created")
    editor.add_step("Condition")
    editor.condition("deal", "value", "gt", 1000).apply()
    editor.add_step("Update the organization")
    rating = words.field("organization", "rating")
    editor.set_another_field(rating).set_choice(rating, "A").apply()
    editor.choose_people("Chosen teams", team)
    editor.save()


def rating_of(organization):
    company.settle()
    return Organization.objects.get(pk=organization).rating


def test_a_member_creates_a_deal_above_the_limit(site, open_page, words, people, stages):
    name, customer = f"Good customers {words.language}", f"Atelier Nord {words.language}"
    team, leads, sells = OF_LANGUAGE[words.language]
    organization = company.create(people[sells], "organization", {"name": customer})
    leader = open_page(locale=words.locale, user=people[leads])
    build(leader, words, name, team)

    page = open_page(locale=words.locale, user=people[sells])
    page.goto(f"/organizations/{organization}/")
    RecordForm.add(page, "deal", words).fill(
        title=f"Counter {words.language}", value="1000", organization=customer
    ).save()
    assert rating_of(organization) is None
    RecordForm.add(page, "deal", words).fill(
        title=f"Kitchen {words.language}", value="1001", organization=customer
    ).save()
    page.goto(f"/organizations/{organization}/")
    story = page.get_by_role("region", name=words("Timeline"), exact=True)
    expect(story.get_by_role("link", name=words("by the automation “%(name)s”", name=name))).to_be_visible()
    assert rating_of(organization) == "A"

    runs = Runs(leader, words).open()
    runs.look_into(name, f"Counter {words.language}", words("Condition not met", "run"))
    limit, more = words.money(1000), words.money(1001)
    runs.does_not_hold(runs.condition(words("was %(value)s", value=limit)))
    runs.open().look_into(name, f"Kitchen {words.language}", words("Done", "run"))
    runs.holds(runs.condition(words("was %(value)s", value=more)))
    step = runs.page.get_by_role("article").filter(has=runs.page.get_by_role("link", name=customer))
    expect(step).to_contain_text(words.field("organization", "rating"))
    expect(step).to_contain_text(words("Done", "a step of a run"))


@pytest.fixture(scope="module")
def at_least(site, people):
    """The same from 1,000 on, in words of its author: an amount in another currency counts, too."""
    return builders.automation(
        on="deal.created",
        when=["value >= 1000"],
        do=[builders.update("organization", rating="A")],
        scope={"kind": "teams", "ids": [builders.Team.objects.get(name="North").pk]},
        owner=people["Lea"],
        name="At least 1,000",
    )


def deal_worth(by, title, stages, amount, currency="EUR"):
    """Somebody creates a deal for a new customer; returns the customer."""
    customer = company.create(by, "organization", {"name": f"Customer of {title}"})
    company.deal(by, title, stages["Contacted"], value=euros(amount, currency), organization=customer)
    return customer


def test_at_least_takes_the_limit_itself(site, open_page, people, stages, at_least):
    assert rating_of(deal_worth(people["Max"], "Limit", stages, 1000)) == "A"
    assert rating_of(deal_worth(people["Max"], "Less", stages, 999.99)) is None
    page = open_page(user=people["Lea"])
    runs = Runs(page).open().look_into(at_least.name, "Less", "Condition not met")
    runs.does_not_hold(runs.condition("was €999.99"))


def test_another_currency_counts_by_its_rate(site, open_page, people, stages, at_least, rates):
    assert rating_of(deal_worth(people["Max"], "Dollars", stages, 1250, "USD")) == "A"
    assert rating_of(deal_worth(people["Max"], "Few dollars", stages, 1249, "USD")) is None
    runs = (
        Runs(open_page(user=people["Lea"]))
        .open()
        .look_into(at_least.name, "Few dollars", "Condition not met")
    )
    runs.does_not_hold(runs.condition("1,249"))


def test_a_currency_without_a_rate_is_not_guessed(site, open_page, words, people, stages, at_least, rates):
    title = f"Pounds {words.language}"
    assert rating_of(deal_worth(people["Max"], title, stages, 5000, "GBP")) is None
    page = open_page(locale=words.locale, user=people["Lea"])
    runs = Runs(page, words).open().look_into(at_least.name, title, words("Failed", "run"))
    why = words("there is no exchange rate for %(currency)s", currency="GBP")
    runs.cannot_be_known(runs.condition(why))


def test_somebody_outside_the_team_does_not_start_it(site, people, stages, at_least):
    assert rating_of(deal_worth(people["Otto"], "Elsewhere", stages, 5000)) is None
    assert not [run for run in company.runs_of(at_least.name) if run.record_name == "Elsewhere"]
    assert not [each for each in company.passed_by(at_least.name) if each.record_name == "Elsewhere"]
