"""Beginning with automations: from a template, guided, for chosen people only; and looking after them later."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Company, Role
from relance.automation.models import Automation, Run
from relance.records.models import Activity, Organization
from tests import builders
from tests.acceptance import company
from tests.acceptance.editor import Automations
from tests.acceptance.runs import Runs
from tests.acceptance.words import Words, en


@pytest.fixture(scope="module")
def camille(site):
    """Camille administers a company with a pipeline."""
    company.pipeline()
    return site.user("Camille", Role.ADMINISTRATOR)


def test_the_lightning_on_the_deals_leads_to_a_template_that_works(
    site, open_page, camille, words: Words, accessible
) -> None:
    page = open_page(user=camille, locale=words.locale)
    page.goto("/deals/board/")
    page.get_by_role("main").get_by_role("link", name=words("Automation templates")).click()
    title = words("Plan the next step in a stage")
    page.get_by_role("searchbox", name=words("Search templates")).fill(
        words("stage" if words is en else "opportunité")
    )
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    accessible(page)
    page.get_by_label(words("Stage"), exact=True).select_option(label="Offer")
    page.get_by_label(words("In how many days"), exact=True).fill("3")
    # The sentence follows the answers.
    expect(page.locator("#use-say")).to_contain_text("Offer")
    expect(page.locator("#use-say")).to_contain_text("3")
    name = f"{title} {words.language}"
    page.get_by_label(words("Name"), exact=True).fill(name)
    page.get_by_role("button", name=words("Switch on"), exact=True).click()
    expect(page.get_by_text(words("On, version %(number)s", number=1), exact=True)).to_be_visible()
    made = Automation.objects.get(name=name)
    offer = company.Stage.objects.get(name="Offer")
    company.deal(camille, f"Ovens {words.language}", offer)
    [run] = company.runs_of(name)
    assert run.state == "done"
    assert Activity.objects.filter(subject__endswith=f": Ovens {words.language}", type="call").exists()
    builders.publish.switch(made, False, builders.actor_for(camille.pk))


def test_who_is_not_chosen_finds_no_trace_of_automations(site, open_page, camille) -> None:
    sam = site.user("Sam")
    made = builders.automation(
        on="organization.created",
        do=[builders.update(rating="B")],
        owner=builders.actor_for(camille.pk),
        name="B",
    )
    settings = open_page(user=camille)
    settings.goto("/settings/automations/")
    people = settings.get_by_role("checkbox", name="Sam")
    expect(people).to_be_hidden()
    settings.get_by_role("radio", name="Chosen people and teams").check()
    expect(people).to_be_visible()
    settings.get_by_role("button", name="Save").click()
    expect(settings.get_by_role("status").filter(has_text="saved")).to_be_visible()

    page = open_page(user=sam)
    page.goto("/deals/board/")
    page.get_by_role("navigation", name="Main").get_by_text("More", exact=True).click()
    expect(page.get_by_role("link", name="Bin")).to_be_visible()
    expect(page.get_by_text("Automations")).to_have_count(0)
    expect(page.get_by_role("link", name="Automation templates")).to_have_count(0)
    for path in (
        "/automations/",
        "/automations/templates/",
        "/automations/runs/",
        f"/automations/{made.pk}/",
    ):
        answer = page.goto(path)
        assert answer is not None and answer.status == 404
    # What he does still starts them.
    organization = company.create(sam, "organization", {"name": "Kiosk"})
    [run] = company.runs_of("B")
    assert run.actor_id == sam.pk and Organization.objects.get(pk=organization).rating == "B"
    page.goto(f"/organizations/{organization}/")
    timeline = page.get_by_role("region", name="Timeline")
    expect(timeline).to_contain_text("by the automation “B”")
    expect(timeline.get_by_role("link", name="by the automation")).to_have_count(0)
    expect(page.get_by_role("heading", name="Automations")).to_have_count(0)

    settings.get_by_role("checkbox", name="Sam").check()
    settings.get_by_role("button", name="Save").click()
    company.eventually(lambda: Company.get().automation_users == [sam.pk])
    page.reload()
    Automations(page).open()


def test_a_failed_run_is_found_put_right_and_run_again(site, open_page, camille, accessible) -> None:
    zoe = site.user("Zoe")
    builders.automation(
        on="deal.created", when=["value > 1000"], do=[builders.update("organization", rating="A")],
        owner=builders.actor_for(camille.pk), name="Rate",
    )  # fmt: skip
    stage = company.Stage.objects.get(name="Demo")
    company.deal(camille, "Small", stage, value=company.euros(980))
    deal = company.deal(zoe, "Big", stage, value=company.euros(2000))
    company.settle()
    page = open_page(user=camille)
    runs = Runs(page).open()
    expect(runs.line("Rate", "Small")).to_contain_text("value is over €1,000 — was €980")
    for label, choice in (("Result", "Failed"), ("Triggered by", "Zoe")):
        page.get_by_role("combobox", name=label).select_option(label=choice)
        page.wait_for_url(f"**{label.split()[0].lower().replace('triggered', 'user')}=*")
    expect(runs.line("Rate", "Small")).to_have_count(0)
    line = runs.line("Rate", "Big")
    expect(line).to_contain_text("organization is empty. Link the organization")
    accessible(page)
    with page.expect_navigation():
        line.get_by_role("link", name="Open the record").click()
    organization = company.create(zoe, "organization", {"name": "Grand Hotel"})
    company.update(zoe, "deal", deal, organization=organization)
    page.get_by_role("link", name="All runs").click()
    page.get_by_role("checkbox", name="Choose run").check()
    page.get_by_role("button", name="Run the chosen ones again").click()
    expect(page.get_by_role("status").filter(has_text="1 run was run again.")).to_be_visible()
    assert Organization.objects.get(pk=organization).rating == "A"
    again = Run.objects.get(rerun_by=camille.pk)
    page.goto(f"/automations/runs/{again.pk}/")
    expect(page.get_by_role("main")).to_contain_text("by Camille, of run")
    accessible(page)


def test_the_guide_leads_through_the_first_automation(site, open_page, words: Words, accessible) -> None:
    page = open_page(user=site.user(f"Noa{words.language}", Role.ADMINISTRATOR), locale=words.locale)
    editor = Automations(page, words).open().start_new("First")
    guide = page.locator("#guide")
    expect(guide.get_by_role("heading")).to_contain_text(words("What starts it", "guide"))
    accessible(page)
    height = guide.bounding_box()["height"]
    editor.choose_trigger("lead", words("Lead created"))
    now = guide.locator("[aria-current=step]")
    expect(now).to_contain_text(words("Only if", "guide"))
    guide.get_by_role("link", name=words("What happens", "guide")).click()
    expect(page.get_by_label(words("Search steps"), exact=True)).to_be_focused()
    # It stays as high as it was: nothing jumps.
    assert guide.bounding_box()["height"] == height
    guide.get_by_role("button", name=words("Close the guide")).click()
    expect(guide.get_by_role("heading")).to_have_count(0)
    page.get_by_role("button", name=words("Guide me through it")).click()
    expect(guide.get_by_role("heading")).to_be_focused()
