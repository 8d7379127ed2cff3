"""The page of a record: facts, related records, timeline, notes, in-place edits, the bin."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from relance.automation import publish
from relance.automation.models import Automation, Notification, Run, Version
from relance.events.models import Event
from relance.lib import clock
from relance.records.fields import RECORD_TYPES, SLUGS, title_key
from relance.records.models import Activity, Deal, Note
from relance.records.unit_of_work import Cause, write
from tests.integration.records.conftest import Office
from tests.integration.web.conftest import HTMX, Browser

Make = Callable[..., int]


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_every_type_has_a_page_for_everybody_who_sees_it(
    record_type: str, browser: Browser, make: Make
) -> None:
    record = make("ana", record_type, **{title_key(record_type): "<b>Été</b>"})
    path = f"/{SLUGS[record_type]}/{record}/"
    for name in ("ana", "claire", "rita"):
        page = browser(name).get(path).content.decode()
        assert "&lt;b&gt;Été&lt;/b&gt;" in page
        assert "<b>Été</b>" not in page
        assert ("/edit/" in page) is (name != "rita")
    assert browser("ana").get(f"/{SLUGS[record_type]}/{record + 1}/").status_code == 404
    assert browser("ana").get(f"/{SLUGS[record_type]}/{'9' * 30}/").status_code == 404


def test_the_timeline_tells_each_change_and_who_did_it(browser: Browser, make: Make, office: Office) -> None:
    organization = make("ana", "organization", name="Hôtel des Quais")
    deal = make("ana", "deal", title="Refit")
    with write(office.actor("tom")) as change:
        change.update("deal", deal, {"stage": office.stages[1].pk, "organization": organization})
    with write(office.actor("tom")) as change:
        change.update("deal", deal, {"status": "lost", "lost_reason": "Price"})
    make("ana", "note", body="They want two grinders", deal=deal)
    make("ana", "activity", subject="Call back", type="call", deal=deal)
    page = " ".join(browser("ana").get(f"/deals/{deal}/").content.decode().split())
    story = page[page.index('id="timeline"') :]
    for sentence in (
        "Deal created",
        "Moved to <b>Proposal sent</b>",
        "Organization <del>none</del> → <b>Hôtel des Quais</b>",
        "<b>Lost</b>: Price",
        "They want two grinders",
        "Call planned: ",
    ):
        assert sentence in story, sentence
    assert "Tom" in story
    assert "stage_since" not in story


def test_what_an_automation_did_names_it(browser: Browser, make: Make, office: Office) -> None:
    deal = make("ana", "deal", title="Refit")
    now = clock.now()
    automation = Automation.objects.create(
        name="Rate it", owner=office.users["tom"], created_at=now, updated_at=now
    )
    version = Version.objects.create(
        automation=automation, number=1, document={}, published_at=now, published_by=office.users["tom"]
    )
    run = Run.objects.create(
        key="1", automation=automation, version=version, event_id=1, record_type="deal", record_id=deal,
        record_name="Refit",
        owner_id=office.users["tom"].pk, state="done", started_at=now, root_id=1,
    )  # fmt: skip
    with write(office.actor("tom"), "automation", Cause(run.pk, 1, 1)) as change:
        change.update("deal", deal, {"probability": 90})
    page = browser("ana").get(f"/deals/{deal}/").content.decode()
    assert "by the automation “Rate it”" in page
    assert "Probability <del>10%</del> → <b>90%</b>" in page


def test_a_long_story_is_told_in_parts(browser: Browser, make: Make, office: Office) -> None:
    deal = make("ana", "deal", title="Refit")
    for n in range(50):
        with write(office.actor("ana")) as change:
            change.update("deal", deal, {"title": f"Refit {n}"})
    page = browser("ana").get(f"/deals/{deal}/").content.decode()
    assert "Show what was before" in page
    assert "Deal created" not in page
    before = page.split("story/?before=")[1].split('"')[0]
    rest = browser("ana").get(f"/deals/{deal}/story/?before={before}", headers=HTMX).content.decode()
    assert "Deal created" in rest
    assert "<html" not in rest


@pytest.mark.usefixtures("teams_apart")
def test_what_belongs_to_another_team_is_not_told(browser: Browser, make: Make, office: Office) -> None:
    organization = make("claire", "organization", name="Secret Ltd", owner=office.users["ben"].pk)
    deal = make("claire", "deal", title="Shared", owner=office.users["ana"].pk, organization=organization)
    make("ben", "activity", subject="Hidden call", deal=None)
    make("claire", "activity", subject="Hidden call", deal=deal, owner=office.users["ben"].pk)
    page = browser("ana").get(f"/deals/{deal}/").content.decode()
    assert "Shared" in page
    assert "Secret" not in page
    assert "Hidden" not in page


def test_a_note_is_kept_or_refused_with_what_was_typed(browser: Browser, make: Make) -> None:
    deal = make("ana", "deal", title="Refit")
    client = browser("ana")
    answer = client.post(f"/deals/{deal}/note/", {"body": "Line one\nLine two"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Trigger"]) == (200, "refreshRecord")
    assert Note.objects.get(deal=deal).body == "Line one\nLine two"
    refused = client.post(f"/deals/{deal}/note/", {"body": "bad\x00byte"}, headers=HTMX)
    assert refused.status_code == 422
    assert "cannot be stored" in refused.content.decode()
    assert "bad" in refused.content.decode()
    assert client.post(f"/deals/{deal}/note/", {"body": "  "}, headers=HTMX).status_code == 422
    assert Note.objects.count() == 1
    assert browser("rita").post(f"/deals/{deal}/note/", {"body": "x"}).status_code == 403


def test_one_field_is_edited_in_place(browser: Browser, make: Make) -> None:
    deal = make("ana", "deal", title="Refit", source="website")
    client = browser("ana")
    form = client.get(f"/deals/{deal}/field/source/", headers=HTMX).content.decode()
    assert '<option value="website" selected>' in form
    refused = client.post(
        f"/deals/{deal}/field/probability/", {"probability": "500", "version": "1"}, headers=HTMX
    )
    assert refused.status_code == 422
    assert 'value="500"' in refused.content.decode()
    saved = client.post(f"/deals/{deal}/field/source/", {"source": "partner", "version": "1"}, headers=HTMX)
    assert saved.status_code == 200
    assert "Partner" in saved.content.decode()
    assert saved["HX-Trigger"] == "refreshRecord"
    assert Deal.objects.get(pk=deal).source == "partner"
    for key in ("created_at", "nothing", "version"):
        answer = client.post(f"/deals/{deal}/field/{key}/", {key: "x"}, headers=HTMX)
        assert answer.status_code in {403, 404}, key
    assert (
        browser("rita").post(f"/deals/{deal}/field/source/", {"source": ""}, headers=HTMX).status_code == 403
    )


def test_deleting_asks_and_the_bin_gives_back(browser: Browser, make: Make) -> None:
    person = make("ana", "person", name="Jeanne")
    client = browser("ana")
    assert "Delete the person “Jeanne”?" in client.get(f"/people/{person}/delete/").content.decode()
    assert client.post(f"/people/{person}/delete/")["Location"] == "/people/"
    assert f"/people/{person}/restore/" in client.get("/people/").content.decode()
    assert "Jeanne" in client.get("/bin/").content.decode()
    assert "This record is in the bin" in client.get(f"/people/{person}/").content.decode()
    assert client.get(f"/people/{person}/edit/").status_code == 404
    assert client.post(f"/people/{person}/restore/").status_code == 302
    assert Event.objects.latest("pk").kind == "restored"
    assert browser("ben").get(f"/people/{person}/delete/").status_code == 403
    assert browser("rita").get("/bin/").status_code == 200


def test_an_activity_is_ticked_off_and_opened_again(browser: Browser, make: Make) -> None:
    activity = make("ana", "activity", subject="Call")
    client = browser("ana")
    told = json.loads(client.post(f"/activities/{activity}/done/", {"done": "1"}, headers=HTMX)["HX-Trigger"])
    assert told["toast"]["text"] == "“Call” is done"
    assert Activity.objects.get(pk=activity).done
    client.post(told["toast"]["undo"]["url"], told["toast"]["undo"]["values"], headers=HTMX)
    assert not Activity.objects.get(pk=activity).done


def test_notifications_are_ones_own(browser: Browser, make: Make, office: Office) -> None:
    deal = make("ana", "deal", title="Refit")
    for name in ("ana", "tom"):
        Notification.objects.create(
            user=office.users[name],
            text=f"For {name}",
            record_type="deal",
            record_id=deal,
            created_at=clock.now(),
        )
    client = browser("ana")
    assert "Notifications, 1 new" in client.get("/deals/").content.decode()
    menu = client.get("/notifications/", headers=HTMX).content.decode()
    assert "For ana" in menu
    assert "For tom" not in menu
    mine, other = Notification.objects.order_by("pk")
    assert client.get(f"/notifications/{other.pk}/").status_code == 404
    assert client.get(f"/notifications/{mine.pk}/")["Location"] == f"/deals/{deal}/"
    assert "icon-btn__dot" not in client.get("/notifications/bell/", headers=HTMX).content.decode()


def test_every_notification_leads_somewhere(browser: Browser, make: Make, office: Office) -> None:
    automation = publish.create(office.actor("ana"), "Thank them")
    foreign = publish.create(office.actor("tom"), "Of Tom alone")
    deal = make("ana", "deal", title="Refit")
    client = browser("ana")

    def opened(record_type: str, record_id: int) -> str:
        row = Notification.objects.create(
            user=office.users["ana"],
            text="Look",
            record_type=record_type,
            record_id=record_id,
            created_at=clock.now(),
        )
        answer = client.get(f"/notifications/{row.pk}/")
        assert answer.status_code == 302
        assert client.get(answer["Location"]).status_code == 200
        return str(answer["Location"])

    assert opened("deal", deal) == f"/deals/{deal}/"
    assert opened("automation", automation.pk) == f"/automations/{automation.pk}/"
    for record_type, record_id in (
        ("deal", deal + 1),
        ("automation", foreign.pk),
        ("automation", 2**62),
        ("other", 1),
    ):
        assert opened(record_type, record_id) == "/notifications/"
