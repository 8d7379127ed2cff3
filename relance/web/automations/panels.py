"""The panel beside the steps: what it shows for each kind of step, and what Apply makes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from pydantic import ValidationError

from relance.automation import drafting
from relance.automation.core.checks import check_paths
from relance.automation.core.problems import Problem, from_validation
from relance.automation.drafting import Block, Document
from relance.automation.registry import GROUPS, registry
from relance.records import fields
from relance.web.automations import saying
from relance.web.automations.asks import Typed
from relance.web.automations.calculating import CalculationForm
from relance.web.automations.conditions import ConditionForm
from relance.web.automations.desk import Desk
from relance.web.automations.icons import glyph
from relance.web.automations.params import ParamsForm
from relance.web.automations.sampling import work_out


class Panel:
    """What stands in the panel.

    Attributes:
        which: "trigger", a block's id, "audience", "add", or nothing for the overview.
        template: draws its body.
        focus: the id of the element that gets the focus once it is there.
    """

    template = "relance/automations/panel/overview.html"
    kind = "overview"
    icon = "bolt"
    tile = ""

    def __init__(self, desk: Desk, which: str = "") -> None:
        self.desk, self.which = desk, which
        self.focus = ""
        self.refused = False
        self.banner = ""

    @property
    def title(self) -> str:
        """Its heading."""
        return _("How it reads")

    @property
    def readback(self) -> SafeString | None:
        """What is set up here, read back in a sentence."""
        return None

    @property
    def applies(self) -> bool:
        """Whether there is something to apply."""
        return False

    @property
    def leads_on(self) -> bool:
        """Whether a next step suggests itself: what stands here is the last of a draft that never was in service."""
        if not self.applies or self.desk.automation.version_id is not None:
            return False
        steps = self.desk.document.get("steps") or []
        return self.which == (str(steps[-1].get("id")) if steps else "trigger")

    @property
    def calculations(self) -> Sequence[tuple[CalculationForm, fields.Field]]:
        """What is worked out here, each with the field it is for."""
        return ()

    @property
    def redrawn(self) -> str:
        """Where results, and what depends on a formula, are drawn anew while somebody types; for htmx."""
        return ",".join(
            f"#{part}-{form.prefix}"
            for form, _field in self.calculations
            for part in (("result", "defaults") if form.kind == "formula" else ("result",))
        )

    def work_out(self) -> None:
        """Work out what the calculations give on a sample record."""
        if found := self.calculations:
            desk = self.desk
            work_out(found, desk.record_type or "deal", desk.actor, desk.said, rounded=self.kind == "action")

    def fill(self, typed: Typed) -> None:
        """Take over what was typed."""

    def act(self, deed: str, typed: Typed) -> None:
        """Do what a button inside the panel says, such as adding a row."""

    def apply(self) -> Document | None:
        """The draft with what is set up here; none when something has to be put right first."""
        return None


class TriggerPanel(Panel):
    """What starts it."""

    template = "relance/automations/panel/trigger.html"
    kind = "trigger"
    icon = "bolt"
    tile = "trigger"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "trigger")
        stored = desk.document.get("trigger")
        self.stored: dict[str, Any] = stored if isinstance(stored, dict) else {}
        self.choices = {
            group: offers for group, offers in registry.trigger_choices().items() if group in GROUPS
        }
        self.record = desk.record_type or ""
        self.event = str(self.stored.get("type", ""))
        self.event_error = ""
        self.form: ParamsForm | None = None
        self._build(None)

    @property
    def title(self) -> str:
        return _("What starts it?")

    @property
    def applies(self) -> bool:
        return True

    @property
    def records(self) -> Sequence[tuple[str, str]]:
        """The kinds of record something can happen to."""
        return [(group, saying.record_label(group)) for group in self.choices]

    @property
    def events(self) -> Sequence[tuple[str, str, str]]:
        """What can happen to the chosen kind of record: type, label and glyph."""
        offers = self.choices.get(self.record, [])
        return [(type, preset.label, glyph(registry.triggers[type].icon)) for type, preset in offers]

    @property
    def readback(self) -> SafeString | None:
        trigger = self._trigger(strict=False)
        return saying.trigger(trigger, self.desk.said) if trigger else None

    def fill(self, typed: Typed) -> None:
        self.record = next(iter(typed.get("record", ())), "")
        self.event = next(iter(typed.get("event", ())), "")
        if self.record not in self.choices:
            self.record = ""
        if self.event not in {type for type, _label, _icon in self.events}:
            self.event = ""
        self._build(typed)

    def apply(self) -> Document | None:
        if not self.event:
            self.event_error = _("Choose what happens.") if self.record else _("Choose a kind of record.")
            self.refused = True
            return None
        trigger = self._trigger(strict=True)
        if trigger is None:
            self.refused = True
            return None
        entry = registry.triggers[self.event]
        if not self._accepted(entry, trigger["params"]):
            self.refused = True
            return None
        return {**self.desk.document, "trigger": trigger}

    def _accepted(self, entry: Any, params: dict[str, Any]) -> bool:
        found = _problems(entry, params, None)
        for problem in found:
            if self.form is None or not self.form.refuse(
                problem.pointer, saying.problem(problem, self.desk.said)
            ):
                self.banner = saying.problem(problem, self.desk.said)
        return not found

    def _trigger(self, *, strict: bool) -> dict[str, Any] | None:
        if not self.event or self.form is None:
            return None
        params = self.form.read(strict=strict)
        return None if params is None else {"type": self.event, "params": params}

    def _build(self, typed: Typed | None) -> None:
        self.form = None
        if not self.event or self.event not in registry.triggers:
            return
        entry = registry.triggers[self.event]
        preset = next(
            (preset for type, preset in self.choices.get(self.record, []) if type == self.event), None
        )
        given = preset.params if preset else {}
        if typed is not None:
            self.form = ParamsForm.of_typed(entry.Params, typed, None, self.desk.names, given)
        else:
            params = self.stored.get("params")
            params = params if isinstance(params, dict) else {}
            self.form = ParamsForm.of_stored(entry.Params, params, None, self.desk.names, given)


class ConditionPanel(Panel):
    """What must hold to carry on."""

    template = "relance/automations/panel/condition.html"
    kind = "condition"
    icon = "condition"
    tile = "logic"

    def __init__(self, desk: Desk, block: Block) -> None:
        super().__init__(desk, str(block["id"]))
        self.record_type = desk.record_type or "deal"
        self.form = ConditionForm.of_block(block, self.record_type, updates=desk.updates, names=desk.names)

    @property
    def title(self) -> str:
        return _("Carry on only if…")

    @property
    def applies(self) -> bool:
        return True

    @property
    def readback(self) -> SafeString | None:
        return saying.condition(self.form.read(strict=False) or [], self.desk.said)

    @property
    def calculations(self) -> Sequence[tuple[CalculationForm, fields.Field]]:
        return self.form.calculations

    def fill(self, typed: Typed) -> None:
        self.form = ConditionForm.of_typed(
            typed, self.record_type, updates=self.desk.updates, names=self.desk.names
        )

    def act(self, deed: str, typed: Typed) -> None:
        self.focus = self.form.act(deed)

    def apply(self) -> Document | None:
        groups = self.form.read()
        if groups is None:
            self.refused = True
            return None
        block = {"id": self.which, "kind": "condition", "groups": groups}
        return drafting.replace(self.desk.document, self.which, block)


class ActionPanel(Panel):
    """What is done."""

    template = "relance/automations/panel/action.html"
    kind = "action"

    def __init__(self, desk: Desk, block: Block) -> None:
        super().__init__(desk, str(block["id"]))
        self.type = str(block.get("type", ""))
        self.entry = registry.actions[self.type]
        params = block.get("params")
        self.stored: Mapping[str, Any] = params if isinstance(params, dict) else {}
        self.icon = glyph(self.entry.icon)
        self.form = ParamsForm.of_stored(self.entry.Params, self.stored, desk.record_type, desk.names)

    @property
    def title(self) -> str:
        """As the picker calls it where it can be told, else the type's name."""
        for offers in registry.action_choices(self.desk.record_type).values():
            for type, preset in offers:
                if type == self.type and all(
                    self.stored.get(key) == value for key, value in preset.params.items()
                ):
                    return preset.label
        return str(self.entry.label)

    @property
    def applies(self) -> bool:
        return True

    @property
    def caution(self) -> str:
        """What to know about this installation before relying on it."""
        return self.entry.caution()

    @property
    def readback(self) -> SafeString | None:
        params = self.form.read(strict=False)
        block = {"id": self.which, "kind": "action", "type": self.type, "params": params or {}}
        return saying.block(block, self.desk.said)

    @property
    def calculations(self) -> Sequence[tuple[CalculationForm, fields.Field]]:
        return self.form.calculations

    def fill(self, typed: Typed) -> None:
        self.form = ParamsForm.of_typed(self.entry.Params, typed, self.desk.record_type, self.desk.names)

    def act(self, deed: str, typed: Typed) -> None:
        self.focus = self.form.act(deed, typed)

    def apply(self) -> Document | None:
        params = self.form.read()
        if params is None:
            self.refused = True
            return None
        found = _problems(self.entry, params, self.desk.record_type)
        for problem in found:
            sentence = saying.problem(problem, self.desk.said)
            if not self.form.refuse(problem.pointer, sentence):
                self.banner = sentence
        if found:
            self.refused = True
            return None
        block = {"id": self.which, "kind": "action", "type": self.type, "params": params}
        return drafting.replace(self.desk.document, self.which, block)


class StopPanel(Panel):
    """The end of the run."""

    template = "relance/automations/panel/stop.html"
    kind = "stop"
    icon = "stop"
    tile = "logic"

    @property
    def title(self) -> str:
        return _("Stop here")


class BrokenPanel(Panel):
    """A step this Relance does not know."""

    template = "relance/automations/panel/broken.html"
    kind = "broken"
    icon = "warning"

    @property
    def title(self) -> str:
        return _("A step that is not known here")


def panel_for(desk: Desk, which: str) -> Panel:
    """The panel of the trigger or of a block; nothing chosen gives the overview.

    Raises:
        UnknownBlock: the draft has no such block.
    """
    from relance.web.automations.audience import AudiencePanel
    from relance.web.automations.branches import BranchPanel, PathPanel

    if not which:
        return Panel(desk)
    if which == "trigger":
        return TriggerPanel(desk)
    if which == "audience":
        return AudiencePanel(desk)
    if any(head.get("id") == which for _path, head in drafting.paths(desk.document)):
        return PathPanel(desk, which)
    _path, block = drafting.find(desk.document, which)
    match block.get("kind"):
        case "branch":
            return BranchPanel(desk, block)
        case "condition":
            return ConditionPanel(desk, block)
        case "action" if block.get("type") in registry.actions:
            return ActionPanel(desk, block)
        case "stop":
            return StopPanel(desk, which)
    return BrokenPanel(desk, which)


def _problems(entry: Any, params: dict[str, Any], record_type: str | None) -> list[Problem]:
    """What is wrong with parameters; pointers start at them."""
    try:
        parsed = entry.Params.model_validate_json(json.dumps(params), strict=True)
    except ValidationError as error:
        return list(from_validation(error, params, ()))
    whose = record_type or entry.record_type(parsed)
    found = list(check_paths(parsed, whose, fields))
    pointers = {problem.pointer for problem in found}
    return found + [
        problem for problem in entry.check(parsed, whose, fields) if problem.pointer not in pointers
    ]
