"""The first minutes: the first administrator signs up by the one-time link, and colleagues log in."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from relance.accounts import invitations
from relance.accounts.models import Company, Role, User
from tests.acceptance.conftest import PASSWORD
from tests.acceptance.words import en, fr


def test_the_first_administrator_signs_up_by_the_link_and_only_once(site, open_page, accessible):
    link = invitations.create_first_administrator_link()
    page = open_page()
    page.goto(link)
    accessible(page)
    page.get_by_label("Company").fill("Maison Laurent")
    page.get_by_label("Your name").fill("Camille Laurent")
    page.get_by_label("E-mail").fill("Camille@Example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_label("Camille Laurent: your account")).to_be_visible()
    camille = User.objects.get()
    assert (camille.email, camille.role, Company.get().name) == (
        "camille@example.com",
        Role.ADMINISTRATOR,
        "Maison Laurent",
    )

    late = open_page()
    assert late.goto(link).status == 404
    assert invitations.create_first_administrator_link() is None


def log_in(page, words, email, password):
    """Fill in the login page and send it."""
    page.get_by_label(words("E-mail"), exact=True).fill(email)
    page.get_by_label(words("Password"), exact=True).fill(password)
    page.get_by_role("button", name=words("Log in"), exact=True).click()


def test_a_colleague_logs_in_and_out(site, open_page, words):
    ana = site.user("Ana")
    page = open_page(locale=words.locale)
    page.goto("/people/")
    assert page.locator("html").get_attribute("lang") == words.language
    log_in(page, words, "ANA@example.com", PASSWORD)
    page.wait_for_url("**/people/")
    page.get_by_label(words("%(name)s: your account", name=ana.name), exact=True).click()
    page.get_by_role("button", name=words("Log out"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words("Log in"))
    page.goto("/people/")
    expect(page.get_by_role("heading", level=1)).to_have_text(words("Log in"))


@pytest.mark.parametrize("email", ["ana@example.com", "nobody@example.com"])
def test_a_wrong_password_keeps_the_address_and_says_nothing_more(site, open_page, words, email):
    site.user("Ana")
    page = open_page(locale=words.locale)
    page.goto("/login/")
    log_in(page, words, email, "wrong horse battery")
    said = words("This e-mail and password do not belong together. Check both and try again.")
    expect(page.get_by_role("alert")).to_have_text(said)
    expect(page.get_by_label(words("E-mail"), exact=True)).to_have_value(email)
    expect(page.get_by_label(words("Password"), exact=True)).to_have_value("")


def test_somebody_who_left_is_refused(site, open_page):
    gone = site.user("Gone", is_active=False)
    page = open_page()
    page.goto("/login/")
    log_in(page, en, gone.email, PASSWORD)
    expect(page.get_by_role("alert")).to_be_visible()
    assert "/login/" in page.url


def test_the_language_follows_the_browser_until_somebody_chooses(site, open_page):
    page = open_page(locale="fr-FR", user=site.user("Bea"))
    page.goto("/people/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.get_by_label(fr("%(name)s: your account", name="Bea"), exact=True).click()
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Contacts")
    elsewhere = open_page(locale="fr-FR", user=site.user("Bea"))
    elsewhere.goto("/people/")
    expect(elsewhere.locator("html")).to_have_attribute("lang", "en")

    elsewhere.goto("/account/")
    elsewhere.get_by_role("combobox", name="Language", exact=True).select_option(label="Français")
    elsewhere.get_by_role("main").get_by_role("button", name="Save", exact=True).click()
    expect(elsewhere.locator("html")).to_have_attribute("lang", "fr")
    english = open_page(locale="en-GB", user=site.user("Bea"))
    english.goto("/people/")
    expect(english.locator("html")).to_have_attribute("lang", "fr")


def test_a_new_password_replaces_the_old_one(site, open_page):
    dora = site.user("Dora")
    page = open_page(user=dora)
    page.goto("/account/")
    form = page.get_by_role("main").locator("form").filter(has=page.get_by_label("New password"))
    form.get_by_label("Present password").fill("not this one")
    form.get_by_label("New password").fill("another good one 1")
    form.get_by_role("button", name="Set the new password").click()
    expect(page.get_by_text("This is not your present password.")).to_be_visible()
    form.get_by_label("Present password").fill(PASSWORD)
    form.get_by_label("New password").fill("another good one 1")
    form.get_by_role("button", name="Set the new password").click()
    expect(page.get_by_text("Your new password is set.")).to_be_visible()
    other = open_page()
    other.goto("/login/")
    log_in(other, en, dora.email, "another good one 1")
    expect(other.get_by_label("Dora: your account")).to_be_visible()
