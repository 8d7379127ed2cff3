"""The action in CONTRIBUTING.md is real: it is the file that stands there, registered, published and run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from relance.automation.engine.pump import Pump
from relance.automation.registry import registry
from relance.automation.validity import problems_of
from relance.records.snapshot import load_one
from relance.records.unit_of_work import write
from tests.automations import automation, do
from tests.integration.records.conftest import Office, office

__all__ = ["office"]

ROOT = Path(__file__).resolve().parents[2]
TYPE = "lead.archive"


def example() -> tuple[str, str]:
    """The path and the source of the example."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    blocks = re.findall(r"```python\n# (relance/automation/actions/\w+\.py)\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 1
    return blocks[0]


def test_it_is_the_file_in_the_project():
    path, source = example()
    assert (ROOT / path).read_text() == source


def test_it_stands_in_the_standard_form():
    path, source = example()
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", path, "-"]
        result = subprocess.run(ruff, input=source, cwd=ROOT, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr


def test_the_editor_offers_it_for_leads_only():
    assert (TYPE, {"target": "record"}) in [
        (type, preset.params) for type, preset in registry.action_choices("lead")["lead"]
    ]
    assert all(
        type != TYPE for types in registry.action_choices("person").values() for type, _preset in types
    )


def test_it_is_refused_where_it_makes_no_sense(office: Office):
    document = {
        "schema": 1,
        "trigger": {"type": "record.created", "params": {"record": "person"}},
        "origins": ["user"],
        "scope": {"kind": "me", "ids": []},
        "steps": [{"id": "b1", **do(TYPE, target="record")}],
    }
    assert [problem.pointer for problem in problems_of(document, office.actor("claire"))] == [
        "/steps/0/params/target"
    ]
    document["trigger"]["params"]["record"] = "lead"
    assert problems_of(document, office.actor("claire")) == []


def test_it_archives_a_lead_and_leaves_a_trace(office: Office):
    made = automation(office.users["claire"], "record.created", [do(TYPE, target="record")], record="lead")
    with write(office.actor("ana")) as change:
        lead = change.create("lead", {"title": "Nobody answers"})
    while Pump().step():
        pass
    assert load_one("lead", lead)["archived"] is True
    run = made.runs.get()
    assert run.state == "done"
