"""Tell colleagues something in the application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from pydantic import Field

from relance.automation.core.paths import Catalogue
from relance.automation.core.placeholders import Template
from relance.automation.core.problems import Problem, pointer
from relance.automation.core.references import Reference
from relance.automation.core.values import FromText
from relance.automation.explain.names import Names
from relance.automation.explain.values import text_clause
from relance.automation.explain.wording import field_of, fill, listed, quoted
from relance.automation.inputs import Input, InputKind, Params
from relance.automation.registry import Action, Preset, Step, StepFailure, action
from relance.lib.shapes import text_fault

MAX_TEXT = 2000
Recipient = Annotated[str, Field(pattern=r"^(owner|trigger_user|(user|team):[1-9][0-9]{0,17})$")]


class NotifyParams(Params):
    """Whom, and what.

    ``to`` holds "owner" (of the triggering record), "trigger_user" (who caused it), "user:7" and "team:3".
    """

    to: Annotated[
        tuple[Recipient, ...],
        Field(min_length=1, max_length=50),
        Input(InputKind.PEOPLE, gettext_lazy("Whom to tell")),
    ]
    text: Annotated[Template, Field(max_length=MAX_TEXT), Input(InputKind.TEXT, gettext_lazy("Message"))]


@action
class Notify(Action[NotifyParams]):
    """Writes a message to colleagues; each gets it once. Those who left get none."""

    type = "notify"
    label = gettext_lazy("Tell colleagues in the application")
    icon = "bell"
    rank = 10
    minutes = 1
    Params = NotifyParams

    def perform(self, params: NotifyParams, step: Step) -> None:
        text = step.value(FromText.model_validate({"from": "text", "template": params.text}), "note", "body")
        actors = step.change.uow.configuration.directory.actors
        people = [
            user
            for user in dict.fromkeys(self._people(params, step))
            if user in actors and actors[user].active
        ]
        if not people:
            raise StepFailure("nobody_to_tell")
        step.notify(people, text)

    def _people(self, params: NotifyParams, step: Step) -> Iterator[int]:
        members = step.change.uow.configuration.directory.members
        for recipient in params.to:
            match recipient.partition(":"):
                case ("owner", _, _):
                    user = step.scope.record.get("owner")
                case ("trigger_user", _, _):
                    user = step.scope.actor_id
                case ("user", _, id):
                    user = int(id)
                case (_, _, id):
                    yield from sorted(members.get(int(id), ()))
                    continue
            if user is not None:
                yield user

    def sentence(self, params: NotifyParams, names: Names) -> SafeString:
        return fill(
            _("Tell %(people)s: %(text)s"),
            people=listed(self._person(recipient, names) for recipient in params.to),
            text=quoted(text_clause(params.text, names)),
        )

    def _person(self, recipient: str, names: Names) -> SafeString:
        kind, _colon, id = recipient.partition(":")
        match kind:
            case "owner":
                return field_of(names.record_type, "owner")
            case "trigger_user":
                return fill(_("whoever triggered it"))
            case "team":
                return fill(pgettext("a team to be told", "%(team)s"), team=names.named(kind, int(id)))
        return names.named(kind, int(id))

    def presets(self, record_type: str | None = None) -> Iterable[Preset]:
        return (Preset("message", str(self.label), {"to": ["owner"]}),)

    def references(self, params: NotifyParams, record_type: str) -> Iterator[Reference]:
        for position, recipient in enumerate(params.to):
            kind, colon, id = recipient.partition(":")
            if colon:
                yield Reference(kind, int(id), pointer(("to", position)))

    def check(self, params: NotifyParams, record_type: str, catalogue: Catalogue, /) -> Iterator[Problem]:
        if fault := text_fault(params.text, max_length=MAX_TEXT):
            yield Problem("/text", fault.code, fault.params)
        if len(set(params.to)) < len(params.to):
            yield Problem("/to", "duplicates", {})
