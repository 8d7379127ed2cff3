"""Logging in, one-time links, one's own account, and who sees nothing without."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from relance.accounts import invitations
from relance.accounts.models import User
from tests.integration.records.conftest import Office
from tests.integration.web.conftest import HTMX, Browser

PASSWORD = "correct horse battery"


def test_one_logs_in_with_e_mail_and_password_whatever_its_case(office: Office) -> None:
    ana = office.users["ana"]
    ana.set_password(PASSWORD)
    ana.save()
    client = Client()
    wrong = client.post("/login/", {"username": ana.email, "password": "x"})
    assert wrong.status_code == 422
    assert "do not belong together" in wrong.content.decode()
    right = client.post("/login/", {"username": ana.email.upper(), "password": PASSWORD})
    assert right.status_code == 302
    assert client.get("/", follow=True).status_code == 200


def test_who_may_not_log_in_any_more_is_out(office: Office, browser: Browser) -> None:
    client = browser("ana")
    office.users["ana"].is_active = False
    office.users["ana"].save()
    assert client.get("/deals/").status_code == 302


def test_every_page_but_a_few_asks_for_a_login(db: None) -> None:
    open_to_all = {"login", "logout", "invitation", "stylesheet", "styleguide", "live"}
    arguments = {"record_type": "deal", "record_id": 1, "key": "title", "verb": "win"}
    client = Client()
    looked_at = 0
    for pattern in get_resolver().url_patterns:
        for group in getattr(pattern, "url_patterns", []):
            for page in getattr(group, "url_patterns", []):
                name = getattr(page, "name", None)
                if name is None or name in open_to_all or getattr(group, "namespace", "") != "web":
                    continue
                wanted = {key: arguments.get(key, 1) for key in page.pattern.converters}
                response = client.get(reverse(f"web:{name}", kwargs=wanted))
                assert response.status_code == 302, name
                assert response["Location"].startswith("/login/?next="), name
                looked_at += 1
    assert looked_at > 30


def test_a_fragment_asked_for_after_logging_out_sends_the_whole_page_to_the_login(db: None) -> None:
    response = Client().get("/deals/board/", headers=HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (204, "/login/?next=%2Fdeals%2Fboard%2F")


def test_the_first_administrator_signs_up_by_the_one_time_link(db: None) -> None:
    link = invitations.create_first_administrator_link()
    assert link is not None
    client = Client()
    assert "You are the first" in client.get(link).content.decode()
    values = {"company": "Kestrel", "name": "Claire", "email": "Claire@Kestrel.example", "password": "short"}
    refused = client.post(link, values)
    assert refused.status_code == 422
    assert 'value="Claire@Kestrel.example"' in refused.content.decode()
    assert client.post(link, {**values, "password": PASSWORD}).status_code == 302
    claire = User.objects.get()
    assert (claire.email, claire.role) == ("claire@kestrel.example", "administrator")
    assert Client().get(link).status_code == 404


def test_language_and_theme_follow_the_user_before_the_browser(browser: Browser, office: Office) -> None:
    client = browser("ana")
    assert '<html lang="fr"' in client.get("/account/", headers={"Accept-Language": "fr"}).content.decode()
    client.post("/account/language/", {"language": "en", "next": "/account/"})
    client.post("/account/theme/", {"theme": "dark"})
    page = client.get("/account/", headers={"Accept-Language": "fr"}).content.decode()
    assert '<html lang="en" data-theme="dark"' in page


def test_a_form_leads_back_only_to_our_own_pages(browser: Browser) -> None:
    answer = browser("ana").post("/account/theme/", {"theme": "", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_a_new_password_needs_the_old_one(browser: Browser, office: Office) -> None:
    office.users["ana"].set_password(PASSWORD)
    office.users["ana"].save()
    client = browser("ana")
    values = {"current": "wrong", "password": "another long password"}
    assert client.post("/account/password/", values).status_code == 422
    assert client.post("/account/password/", {**values, "current": PASSWORD}).status_code == 302
    assert User.objects.get(name="Ana").check_password("another long password")
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("path", ["/login/", "/deals/board/", "/nowhere/"])
def test_the_security_policy_allows_nothing_inline(browser: Browser, path: str) -> None:
    response = browser("ana").get(path)
    policy = response.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    if response.headers["Content-Type"].startswith("text/html"):
        page = response.content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page


def test_the_stylesheet_is_kept_only_under_its_own_hash(db: None) -> None:
    from relance.web.assets import stylesheet_url

    fresh = Client().get(stylesheet_url())
    assert "immutable" in fresh["Cache-Control"]
    assert b"--accent" in fresh.content
    assert Client().get("/assets/relance.000000000000.css")["Cache-Control"] == "no-cache"
    assert Client().get("/assets/relance.x.css").status_code == 404
