"""Lists: search, order, filters, columns, pages, access, cost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relance.records.fields import RECORD_TYPES, SLUGS, fields_of, title_key
from relance.web import listing
from relance.web.types import TYPES
from tests.integration.records.conftest import Office
from tests.integration.web.conftest import Browser

Make = Callable[..., int]


def _names(client: Client, path: str) -> list[str]:
    page = client.get(path).content.decode()
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]*)</a>', page)


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_every_type_has_a_list_an_empty_one_teaches(record_type: str, browser: Browser, make: Make) -> None:
    client = browser("ana")
    path = f"/{SLUGS[record_type]}/"
    assert str(TYPES[record_type].empty)[:30] in client.get(path).content.decode()
    make("ana", record_type, **{title_key(record_type): "Été & co"})
    assert _names(client, path) == ["Été &amp; co"]


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_every_column_can_be_shown_and_sorted_by(
    record_type: str, browser: Browser, make: Make, office: Office
) -> None:
    client = browser("ana")
    make("ana", record_type, **{title_key(record_type): "One"})
    make("ana", record_type, **{title_key(record_type): "Two"})
    path = f"/{SLUGS[record_type]}/"
    every = "&".join(f"columns={key}" for key in fields_of(record_type))
    assert client.get(f"{path}?{every}").status_code == 302
    for key in fields_of(record_type):
        for sign in ("", "-"):
            assert len(_names(client, f"{path}?sort={sign}{key}")) == 2, key


def test_search_ignores_case_and_accents_and_needs_every_word(browser: Browser, make: Make) -> None:
    make("ana", "person", name="Jeanne Kerbrat", emails=[{"value": "jk@quais.example"}])
    make("ana", "person", name="Élodie Brun")
    client = browser("ana")
    assert _names(client, "/people/?q=elodie") == ["Élodie Brun"]
    assert _names(client, "/people/?q=KERBRAT+jeanne") == ["Jeanne Kerbrat"]
    assert _names(client, "/people/?q=quais") == ["Jeanne Kerbrat"]
    assert _names(client, "/people/?q=kerbrat+brun") == []


def test_a_phone_number_is_found_however_it_is_typed(browser: Browser, make: Make) -> None:
    make("ana", "person", name="Jeanne Kerbrat", phones=[{"value": "+33 2 40 12 34 56"}])
    make("ana", "organization", name="Hôtel des Quais", phones=[{"value": "02.40.99.88.77"}])
    client = browser("ana")
    for typed in ("40 12 34", "240123456", "%2B33 2 40 12", "123456"):
        assert _names(client, f"/people/?q={typed}") == ["Jeanne Kerbrat"], typed
    assert _names(client, "/organizations/?q=0240998877") == ["Hôtel des Quais"]


def test_names_sort_as_people_expect_and_amounts_by_what_they_are_worth(browser: Browser, make: Make) -> None:
    for title, amount, currency in (
        ("Zèbre", 100, "EUR"),
        ("été", 300, "EUR"),
        ("Abbey", 200, "JPY"),
        ("eta", 200, "EUR"),
    ):
        make("ana", "deal", title=title, value={"amount": amount, "currency": currency})
    client = browser("ana")
    assert _names(client, "/deals/?sort=title") == ["Abbey", "eta", "été", "Zèbre"]
    # There is no rate for the yen, so that deal is worth nothing we know.
    assert _names(client, "/deals/?sort=-value") == ["été", "eta", "Zèbre", "Abbey"]


def test_links_and_owners_sort_by_name_whatever_the_database(
    browser: Browser, make: Make, office: Office
) -> None:
    office.users["ben"].name = "Élie"
    office.users["ben"].save()
    for title, organization, by in (
        ("1", "zinc & co", "ana"),
        ("2", "Éclair", "ben"),
        ("3", "echo-2", "tom"),
        ("4", "Echo 2", "ana"),
    ):
        link = make(by, "organization", name=organization)
        make(by, "deal", title=title, organization=link, owner=office.users[by].pk)
    make("ana", "deal", title="none", owner=None)
    client = browser("ana")
    assert _names(client, "/deals/?sort=organization") == ["4", "3", "2", "1", "none"]
    assert _names(client, "/deals/?sort=-organization") == ["1", "2", "3", "4", "none"]
    assert _names(client, "/deals/?sort=owner") == ["1", "4", "2", "3", "none"]


def test_quick_filters_and_owner(browser: Browser, make: Make, office: Office) -> None:
    make("ana", "deal", title="Open")
    make("tom", "deal", title="Won", status="won")
    client = browser("ana")
    assert _names(client, "/deals/") == ["Open"]
    assert _names(client, "/deals/?status=won") == ["Won"]
    assert sorted(_names(client, "/deals/?status=all")) == ["Open", "Won"]
    assert _names(client, f"/deals/?status=all&owner={office.users['tom'].pk}") == ["Won"]
    make("ana", "activity", subject="Done", done=True)
    make("ana", "activity", subject="To do")
    assert _names(client, "/activities/") == ["To do"]


def test_pages(browser: Browser, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    for n in range(5):
        make("ana", "person", name=f"P{n}")
    client = browser("ana")
    assert _names(client, "/people/?page=2") == ["P2", "P3"]
    assert _names(client, "/people/?page=99") == ["P4"]
    assert "Page 1 of 3" in client.get("/people/").content.decode()


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%ED%A0%80", "q=" + "x" * 5000, "q=%25_%5C", "sort=folded", "sort=--title", "sort=owner__password",
     "page=-1", "page=x", "page=" + "9" * 50, "owner=x", "owner=" + "9" * 50, "status=%00",
     "columns=nope", "columns=%00",
     "unknown=1"],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_error(browser: Browser, make: Make, query: str) -> None:
    make("ana", "deal", title="A")
    client = browser("ana")
    assert client.get(f"/deals/?{query}", follow=True).status_code == 200
    assert client.get(f"/deals/board/?{query}").status_code == 200
    assert client.get(f"/search/?{query}").status_code == 200
    assert client.get(f"/pick/people/?{query}").status_code == 200


@pytest.mark.usefixtures("teams_apart")
def test_lists_search_and_pickers_keep_to_what_one_may_see(browser: Browser, make: Make) -> None:
    secret = make("ben", "organization", name="Secret Ltd")
    make("ana", "organization", name="Open Ltd")
    make("ana", "deal", title="Mine")
    ana = browser("ana")
    assert _names(ana, "/organizations/") == ["Open Ltd"]
    assert "Secret" not in ana.get("/search/?q=ltd").content.decode()
    picked = ana.get("/pick/organizations/?q=ltd").content.decode()
    assert "Open Ltd" in picked
    assert "Secret" not in picked
    refused = ana.post(
        "/people/new/", {"name": "X", "organization": secret, "organization_text": "Secret Ltd"}
    )
    assert refused.status_code == 422


def test_a_list_costs_the_same_whatever_its_length(browser: Browser, make: Make) -> None:
    client = browser("ana")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/deals/")
        return len(queries)

    for n in range(2):
        make(
            "ana",
            "deal",
            title="A",
            organization=make("ana", "organization", name=f"O{n}"),
            person=make("ana", "person", name=f"P{n}"),
        )
    cost()
    before = cost()
    for n in range(15):
        make(
            "ana",
            "deal",
            title="A",
            organization=make("ana", "organization", name=f"O{n}"),
            person=make("ana", "person", name=f"P{n}"),
        )
    assert cost() == before
    assert before <= 13
