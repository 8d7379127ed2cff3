from __future__ import annotations

from relance.automation.core.references import references
from tests.unit.automation.core.samples import CATALOGUE, document, read, row


def test_everything_named_by_its_id_is_found_at_its_place() -> None:
    made = document(scope={"kind": "teams", "ids": [7]})
    made["steps"][0]["groups"] = [
        {
            "rows": [
                row("stage", "changed_from_to", 2, **{"from": 1}),
                row("stage", "one_of", [2, 3]),
                row("pipeline", "is", 1),
            ]
        },
        {
            "rows": [
                row("owner", "in_team", 50),
                row("organization.owner", "is", 5),
                row("labels", "any_of", [8]),
                row("organization", "is", 12),
                row("count", "is", 12),
                row("owner", "me"),
            ]
        },
    ]
    found = [
        (reference.target, reference.id, reference.pointer)
        for reference in references(read(made), "deal", CATALOGUE)
    ]
    first, second = "/steps/0/groups/0/rows", "/steps/0/groups/1/rows"
    assert found == [
        ("team", 7, "/scope/ids/0"),
        ("stage", 2, f"{first}/0/value"),
        ("stage", 1, f"{first}/0/from"),
        ("stage", 2, f"{first}/1/value/0"),
        ("stage", 3, f"{first}/1/value/1"),
        ("pipeline", 1, f"{first}/2/value"),
        ("team", 50, f"{second}/0/value"),
        ("user", 5, f"{second}/1/value"),
        ("label", 8, f"{second}/2/value/0"),
        ("organization", 12, f"{second}/3/value"),
    ]
