"""A10: a won deal writes to its contact, over a real mail server; a contact without an address is told about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from relance.accounts.models import Role
from relance.accounts.people import actor_for
from relance.automation import publish
from relance.automation.models import Automation
from tests.acceptance import company
from tests.acceptance.editor import Automations
from tests.acceptance.runs import Runs
from tests.smtp import Postbox


@pytest.fixture(scope="module")
def postbox() -> Iterator[Postbox]:
    with Postbox() as box:
        yield box


@pytest.fixture(scope="module")
def surroundings(postbox: Postbox) -> dict[str, str]:
    return {"SMTP_URL": postbox.url, "MAIL_FROM": "Kestrel CRM <crm@kestrel.example>"}


@pytest.fixture(scope="module")
def stages(site):
    return company.pipeline()


def test_a_won_deal_writes_to_its_contact_and_says_so_when_it_cannot(site, open_page, words, stages, postbox):
    camille, tom = site.user("Camille", Role.ADMINISTRATOR), site.user("Tom")
    language = words.language
    name, address = f"Thank them {language}", f"nadia.{language}@hotel.example"
    emails = [{"value": address, "kind": "work", "primary": True}]
    nadia = company.create(tom, "person", {"name": "Nadia Benali", "first_name": "Nadia", "emails": emails})
    karim = company.create(tom, "person", {"name": f"Karim Haddad {language}"})
    won = company.deal(tom, f"Bakery {language}", stages["Offer"], person=nadia)
    mute = company.deal(tom, f"Laundry {language}", stages["Offer"], person=karim)

    page = open_page(locale=words.locale, user=camille)
    editor = Automations(page, words).open().start_new(name)
    editor.configure()
    editor.choose_trigger("deal", "Deal won")
    editor.add_step("Send an e-mail")
    recipient = editor.panel().get_by_label(words("To", "a mail"), exact=True)
    expect(recipient.locator("option:checked")).to_have_text(words("The contact: the deal’s person"))
    expect(editor.panel().get_by_role("link", name=words("How this works, with examples"))).to_be_visible()
    editor.write(words("Subject line"), "Thank you, ", "person.first_name", "!")
    editor.write(words("Text"), "Dear ", "person.first_name", ", we are glad.")
    editor.apply()
    editor.everyone()
    editor.save()

    colleague = open_page(locale=words.locale, user=tom)
    for deal in (won, mute):
        colleague.goto(f"/deals/{deal}/")
        colleague.get_by_role("button", name=words("Won"), exact=True).click()
        expect(colleague.get_by_role("button", name=words("Reopen"), exact=True)).to_be_visible()

    [got] = company.eventually(lambda: [each for each in postbox.mails if each.to == [address]])
    message = got.message
    assert message["Subject"] == "Thank you, Nadia!"
    assert message["From"] == "Tom <crm@kestrel.example>" and message["Reply-To"] == "tom@example.com"
    assert next(message.iter_parts()).get_content().strip() == "Dear Nadia, we are glad."

    Runs(page, words).open().look_into(name, f"Bakery {language}", words("Done", "run"))
    expect(page.get_by_text(words("Sent", "mail"), exact=True)).to_be_visible()
    page.get_by_role("link", name=words("Open the mail"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, Nadia!")
    text = page.frame_locator("iframe").get_by_text("Dear Nadia, we are glad.")
    expect(text).to_be_visible()

    Runs(page, words).open().look_into(name, f"Laundry {language}", words("Failed", "run"))
    said = words("%(person)s has no e-mail address.", person=f"Karim Haddad {language}")
    expect(page.get_by_role("complementary").get_by_text(said)).to_be_visible()
    expect(
        page.get_by_role("complementary").get_by_role("link", name=f"Karim Haddad {language}")
    ).to_be_visible()
    assert len([each for each in postbox.handed if each.to == [address]]) == 1
    # The next story has an automation of its own.
    publish.switch(Automation.objects.get(name=name), False, actor_for(camille))
