"""One parameter of a trigger or an action as it stands on the panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from relance.automation import inputs as registered
from relance.records import fields
from relance.web.automations.asks import Input
from relance.web.automations.expressions import ExpressionForm
from relance.web.automations.options import Group


@dataclass
class Part:
    """One parameter on the panel.

    Attributes:
        kind: decides the component that draws it.
        typed: what stands in it, for those that are a single input.
        recasts: whether others depend on it, so that the panel is drawn anew when it changes.
    """

    form: registered.Form
    kind: str
    name: str
    label: str
    hint: str = ""
    error: str = ""
    typed: Sequence[str] = ()
    groups: Sequence[Group] = ()
    recasts: bool = False
    inputs: Sequence[Input] = ()
    rows: list[tuple[fields.Field, ExpressionForm]] = field(default_factory=list)
    expression: ExpressionForm | None = None
    placeholders: Sequence[Group] = ()
    addable: Sequence[tuple[str, str]] = ()

    @property
    def id(self) -> str:
        """Of its element."""
        return f"in-{self.name}"

    @property
    def value(self) -> str:
        """What stands in it, where that is one text."""
        return self.typed[0] if self.typed else ""

    @property
    def only(self) -> str:
        """The one thing that can be chosen, where nothing else can: it need not be asked for."""
        options = self.form.options
        if self.kind != "select" or self.optional or len(options) != 1 or self.error:
            return ""
        return str(options[0].value)

    @property
    def optional(self) -> bool:
        """Whether it may stay empty."""
        return not self.form.required and self.form.default is None
