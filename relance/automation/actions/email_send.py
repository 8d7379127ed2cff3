"""Send an e-mail to the record's contact, a colleague or an address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from relance.accounts.people import Actor
from relance.automation.core.paths import Catalogue
from relance.automation.core.placeholders import MAX_TEMPLATE, Template, parse_template, primary
from relance.automation.core.problems import Problem, pointer
from relance.automation.core.references import Reference
from relance.automation.explain.names import Names
from relance.automation.explain.values import text_clause
from relance.automation.explain.wording import bold, field_of, fill, quoted
from relance.automation.inputs import Input, InputKind, Params
from relance.automation.registry import Action, Preset, Step, StepFailure, action
from relance.lib.shapes import text_fault
from relance.outbound.addresses import MAX_SUBJECT, is_address
from relance.outbound.letters import Letter, Unsendable
from relance.outbound.transport import is_ready
from relance.records import access
from relance.records.snapshot import Snapshot, title_of

Recipient = Annotated[str, Field(pattern=r"^(contact|owner|trigger_user|address|user:[1-9][0-9]{0,17})$")]

#: Whose contact is known: their own, or that of a record they belong to. An organization has none of its own.
CONTACTS = {
    "person": gettext_lazy("the person"),
    "deal": gettext_lazy("the deal’s contact"),
    "lead": gettext_lazy("the lead’s contact"),
    "activity": gettext_lazy("the activity’s contact"),
}


class EmailSendParams(Params):
    """To whom, and what.

    ``to`` is "contact" (the person the record is about), "owner" (of the record), "trigger_user" (who caused it),
    "user:7", or "address": what ``address`` gives, exactly one.
    """

    to: Annotated[Recipient, Input(InputKind.RECIPIENT, pgettext_lazy("a mail", "To"))] = "contact"
    address: Annotated[
        Template,
        Field(max_length=500),
        Input(
            InputKind.LINE,
            gettext_lazy("Address"),
            gettext_lazy("One address, or a placeholder that gives one."),
            when=("to", "address"),
        ),
    ] = ""
    subject: Annotated[Template, Field(max_length=500), Input(InputKind.LINE, gettext_lazy("Subject line"))]
    body: Annotated[Template, Field(max_length=MAX_TEMPLATE), Input(InputKind.TEXT, gettext_lazy("Text"))]
    html: Annotated[
        bool,
        Input(
            InputKind.YES_NO,
            gettext_lazy("The text is HTML"),
            gettext_lazy(
                "For headings, links and tables. A plain text is made from it for those who prefer that."
            ),
        ),
    ] = False


@action
class EmailSend(Action[EmailSendParams]):
    """Writes a mail into the outbox. It comes from the record's owner, and answers go to them."""

    type = "email.send"
    label = gettext_lazy("Send an e-mail")
    icon = "mail"
    rank = 5
    help = "email"
    Params = EmailSendParams

    def perform(self, params: EmailSendParams, step: Step) -> None:
        name, address = self._recipient(params, step)
        sender = self._sender(step)
        subject = step.text(params.subject)
        body = step.text(params.body, _in_html) if params.html else step.text(params.body)
        try:
            letter = Letter.written(
                to=address,
                to_name=name,
                from_name=sender.name,
                reply_to=sender.email if is_address(sender.email) else "",
                subject=subject,
                body=body,
                is_html=params.html,
            )
        except Unsendable as problem:
            raise StepFailure(f"mail_{problem.code}", **problem.params, name=name) from None
        step.send_mail(letter)

    def _recipient(self, params: EmailSendParams, step: Step) -> tuple[str, str]:
        """The name and the address, which is not checked yet.

        Raises:
            StepFailure: there is none.
        """
        actors = step.change.uow.configuration.directory.actors
        match params.to.partition(":"):
            case ("contact", _, _):
                person = _contact(step)
                if not person["emails"]:
                    raise StepFailure("mail_no_address", person=person["id"], name=title_of(person))
                return title_of(person), primary(person["emails"])
            case ("address", _, _):
                return "", step.text(params.address)
            case ("owner", _, _):
                user = step.scope.record.get("owner")
            case ("trigger_user", _, _):
                user = step.scope.actor_id
            case (_, _, id):
                user = int(id)
        found = actors.get(user) if user is not None else None
        if found is None or not found.active:
            raise StepFailure(
                "mail_nobody", to=params.to.partition(":")[0], record_type=step.scope.record_type
            )
        return found.name, found.email

    @staticmethod
    def _sender(step: Step) -> Actor:
        """The record's owner; the automation's, when the record has none or they left."""
        owner = step.scope.record.get("owner")
        found = step.change.uow.configuration.directory.actors.get(owner) if owner is not None else None
        return found if found is not None and found.active else step.actor

    def sentence(self, params: EmailSendParams, names: Names) -> SafeString:
        return fill(
            _("Send %(who)s an e-mail: %(subject)s"),
            who=self._named(params, names),
            subject=quoted(text_clause(params.subject, names)),
        )

    @staticmethod
    def _named(params: EmailSendParams, names: Names) -> SafeString:
        kind, _colon, id = params.to.partition(":")
        match kind:
            case "contact":
                return fill(CONTACTS.get(names.record_type, _("the contact")))
            case "owner":
                return field_of(names.record_type, "owner")
            case "trigger_user":
                return fill(_("whoever triggered it"))
            case "address":
                return bold(text_clause(params.address, names))
        return names.named("user", int(id))

    def presets(self, record_type: str | None = None) -> Iterable[Preset]:
        to = "contact" if record_type is None or record_type in CONTACTS else "owner"
        return (Preset("message", str(self.label), {"to": to}),)

    def caution(self) -> str:
        if is_ready():
            return ""
        return _(
            "No mail server is set up yet. E-mails are written and held on the Mail page until there is one."
        )

    def references(self, params: EmailSendParams, record_type: str) -> Iterator[Reference]:
        kind, colon, id = params.to.partition(":")
        if colon:
            yield Reference(kind, int(id), pointer(("to",)))

    def check(self, params: EmailSendParams, record_type: str, catalogue: Catalogue, /) -> Iterator[Problem]:
        if params.to == "contact" and record_type not in CONTACTS:
            yield Problem("/to", "no_contact_here", {})
        if params.to == "address":
            yield from _check_address(params.address)
        for key, text, limit in (
            ("subject", params.subject, 2 * MAX_SUBJECT),
            ("body", params.body, MAX_TEMPLATE),
        ):
            if fault := text_fault(text, max_length=limit):
                yield Problem(f"/{key}", fault.code, fault.params)


def _check_address(text: str) -> Iterator[Problem]:
    if not text.strip():
        yield Problem("/address", "blank", {})
    elif all(isinstance(part, str) for part in parse_template(text)) and not is_address(text):
        yield Problem("/address", "not_an_address", {})


def _contact(step: Step) -> Snapshot:
    """The person the triggering record is about.

    Raises:
        StepFailure: there is none, they are in the bin, or the automation's owner may not see them.
    """
    record_type, record = step.scope.record_type, step.scope.record
    person_id: Any = record["id"] if record_type == "person" else record.get("person")
    if person_id is None and record_type == "activity" and record.get("deal") is not None:
        deal = step.change.uow.get("deal", record["deal"])
        if deal is not None and access.may(step.actor, "see", deal):
            person_id = deal["person"]
    if person_id is None:
        raise StepFailure("mail_no_contact", record_type=record_type)
    person = step.change.uow.get("person", person_id)
    if person is None:
        raise StepFailure("mail_contact_gone", person=person_id)
    if not access.may(step.actor, "see", person):
        raise StepFailure("mail_contact_hidden", person=person_id)
    return person


def _in_html(value: str) -> str:
    """A value as it stands in HTML: nothing in it is a tag, its lines stay lines."""
    return str(escape(value)).replace("\n", "<br>")
