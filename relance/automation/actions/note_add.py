"""Write a note about a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from relance.automation.acting import attempt, check_target
from relance.automation.core.paths import Catalogue
from relance.automation.core.placeholders import MAX_TEMPLATE, Template
from relance.automation.core.problems import Problem
from relance.automation.core.values import FromText
from relance.automation.explain.names import Names
from relance.automation.explain.phrases import ADD_NOTE
from relance.automation.explain.values import text_clause
from relance.automation.explain.wording import fill, quoted
from relance.automation.inputs import Input, InputKind, Params, Target, target_type, targets
from relance.automation.registry import Action, Preset, Step, action
from relance.lib.shapes import text_fault


class NoteAddParams(Params):
    """About which record, and what it says."""

    target: Target = "record"
    text: Annotated[
        Template, Field(max_length=MAX_TEMPLATE), Input(InputKind.TEXT, gettext_lazy("What the note says"))
    ]


@action
class NoteAdd(Action[NoteAddParams]):
    """Writes a note about the triggering record or one it links to. There are no notes about activities."""

    type = "note.add"
    label = gettext_lazy("Add a note")
    icon = "note"
    rank = 22
    Params = NoteAddParams

    def perform(self, params: NoteAddParams, step: Step) -> None:
        record_type, record_id = step.target(params.target)
        text = FromText.model_validate({"from": "text", "template": params.text})
        values = {"body": step.value(text, "note", "body"), record_type: record_id}

        def write() -> None:
            step.change.update(
                record_type, record_id, {}
            )  # who may not change a record writes no notes about it
            step.change.create("note", values)

        attempt(write)

    def sentence(self, params: NoteAddParams, names: Names) -> SafeString:
        record_type = target_type(params.target, names.record_type) or names.record_type
        return fill(
            _("%(deed)s: %(text)s"),
            deed=ADD_NOTE.get(record_type, self.label),
            text=quoted(text_clause(params.text, names)),
        )

    def presets(self, record_type: str | None = None) -> Iterator[Preset]:
        for option in targets(record_type) if record_type else ():
            found = target_type(str(option.value), str(record_type))
            if found in ADD_NOTE:
                yield Preset(found, str(ADD_NOTE[found]), {"target": option.value})

    def check(self, params: NoteAddParams, record_type: str, catalogue: Catalogue, /) -> Iterator[Problem]:
        yield from check_target(params.target, record_type)
        found = target_type(params.target, record_type)
        if found is not None and found not in ADD_NOTE:
            yield Problem("/target", "target_does_not_fit", {"target": found})
        if fault := text_fault(params.text, max_length=MAX_TEMPLATE):
            yield Problem("/text", fault.code, fault.params)
