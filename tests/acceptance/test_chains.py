"""Automations that start each other come to an end, and say so."""

from __future__ import annotations

from playwright.sync_api import expect

from relance.accounts.models import Role
from relance.automation.models import Run
from tests import builders
from tests.acceptance import company
from tests.acceptance.runs import Runs

DEPTH = 10  # GUARD_DEPTH, as a new installation has it


def test_two_that_start_each_other_end_after_the_set_depth_with_a_message(site, open_page, words):
    camille = site.user("Camille", Role.ADMINISTRATOR)
    owner = builders.actor_for(camille.pk)
    company.pipeline(f"Sales {words.language}")
    ping, pong, title = f"Ping {words.language}", f"Pong {words.language}", f"Ball {words.language}"
    ours = builders.row("subject contains", words.language)
    text = {"from": "text", "template": f"{words.language}: once more"}
    call = builders.act("record.create", record="activity", link=False, values={"subject": text})
    lead = builders.act("record.create", record="lead", link=False, values={"title": text})
    on_lead = builders.condition([builders.row("title contains", words.language)])
    chained = ("user", "automation")
    builders.automation(on="lead.created", do=[on_lead, call], owner=owner, name=ping, origins=chained)
    builders.automation(
        on="activity.created", do=[builders.condition([ours]), lead], owner=owner, name=pong, origins=chained
    )

    company.create(camille, "lead", {"title": title})
    runs = company.eventually(lambda: Run.objects.filter(automation__name__in=[ping, pong], state="blocked"))
    company.settle()

    # The first run starts from what somebody did; each of the others from what the one before it did.
    done = Run.objects.filter(automation__name__in=[ping, pong], state="done")
    assert done.count() == DEPTH
    (blocked,) = runs
    page = open_page(locale=words.locale, user=camille)
    result = {"en": "Blocked", "fr": "Bloquée"}[words.language]
    Runs(page, words).open().look_into(blocked.automation.name, blocked.record_name, result)
    message = {"en": "10 automations had already started one another", "fr": "10 automatisations"}[
        words.language
    ]
    expect(page.get_by_role("main")).to_contain_text(message)
    chain = page.get_by_role("region", name=words("How it came to this")).get_by_role("listitem")
    expect(chain).to_have_count(DEPTH + 2)
    expect(chain.filter(has_text=ping).first).to_be_visible()
