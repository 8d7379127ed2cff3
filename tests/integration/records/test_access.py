"""The two renderings of the rule of access agree, and both say what the table in records.access says."""

from __future__ import annotations

import pytest

from relance.accounts.models import Company
from relance.accounts.people import SYSTEM
from relance.records.access import Verb, may, permitted
from relance.records.models import Deal
from relance.records.snapshot import load
from relance.records.unit_of_work import write
from tests.integration.records.conftest import Office

#: By hand from the table: who (under team visibility) may do what to a deal owned by whom.
EXPECTED = {
    "claire": {"see": "tom ana ben nobody", "change": "tom ana ben nobody", "delete": "tom ana ben nobody"},
    "tom": {"see": "tom ana nobody", "change": "tom ana nobody", "delete": "tom ana nobody"},
    "ana": {"see": "tom ana nobody", "change": "tom ana nobody", "delete": "ana nobody"},
    "ben": {"see": "ben nobody", "change": "ben nobody", "delete": "ben nobody"},
    "rita": {"see": "nobody", "change": "", "delete": ""},
}


@pytest.mark.parametrize("visibility", ["everyone", "team"])
@pytest.mark.parametrize("name", sorted(EXPECTED))
@pytest.mark.parametrize("verb", ["see", "change", "delete"])
def test_sql_and_python_agree(office: Office, visibility: str, name: str, verb: Verb) -> None:
    owners = {}
    with write(SYSTEM) as change:
        for owner in ("tom", "ana", "ben", "nobody"):
            user = office.users.get(owner)
            owners[change.create("deal", {"title": owner, "owner": user.pk if user else None})] = owner
    company = Company.get()
    company.visibility = visibility
    company.save()
    actor = office.actor(name)
    in_sql = set(Deal.objects.filter(permitted(actor, verb)).values_list("id", flat=True))
    in_python = {deal for deal, values in load("deal", list(owners)).items() if may(actor, verb, values)}
    assert in_sql == in_python
    if visibility == "team":
        assert {owners[deal] for deal in in_python} == set(EXPECTED[name][verb].split())
    elif verb == "see":
        assert len(in_python) == 4
