"""Why a step could not write its e-mail, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from relance.automation.explain.explanation import Explanation
from relance.automation.explain.names import Names
from relance.automation.explain.wording import bold, capital, fill, record_noun
from relance.records import fields


def of_mail(code: str, params: Mapping[str, Any], names: Names) -> Explanation | None:
    """Explain what kept an e-mail from being written; none when the code is about something else."""
    what = fill(_("The e-mail was not written."))
    found = _of_contact(code, params, names) or _of_words(code, params, names)
    return Explanation(what, *found) if found else None


def _of_contact(code: str, params: Mapping[str, Any], names: Names) -> tuple[SafeString, SafeString] | None:
    match code:
        case "mail_no_address":
            person = _person(params, names)
            return (
                capital(fill(_("%(person)s has no e-mail address."), person=person)),
                fill(
                    _(
                        "Add one to %(person)s. Or add a condition before this step that asks whether there is one, "
                        "so that the automation leaves people without an address alone."
                    ),
                    person=_person(params, names, link=True),
                ),
            )
        case "mail_no_contact":
            return (
                capital(
                    fill(_("%(record)s has no contact: no person is linked to it."), record=_noun(params))
                ),
                fill(_("Link a person. Or add a condition before this step that asks whether there is one.")),
            )
        case "mail_contact_gone":
            return (
                fill(_("The contact is in the bin or was deleted for good.")),
                fill(_("Take the person back from the bin, or link another one.")),
            )
        case "mail_contact_hidden":
            return (
                fill(
                    _("The automation acts with the rights of %(owner)s, who may not see the contact."),
                    owner=names.owner(),
                ),
                fill(
                    _("Ask somebody who may to save the automation: it then acts with that person’s rights.")
                ),
            )
        case "mail_nobody":
            return (_nobody(params), fill(_("Choose somebody else in this step.")))
    return None


def _of_words(code: str, params: Mapping[str, Any], names: Names) -> tuple[SafeString, SafeString] | None:
    match code:
        case "mail_bad_address":
            return (
                fill(
                    _("“%(address)s” is not exactly one e-mail address."), address=params.get("address", "")
                ),
                fill(_("Correct the address on the record, or choose another one in this step.")),
            )
        case "mail_no_subject":
            return (fill(_("The subject line came out empty.")), fill(_("Write one in this step.")))
        case "mail_no_body":
            return (fill(_("The text came out empty.")), fill(_("Write one in this step.")))
        case "mail_body_too_long":
            return (
                fill(_("The text came out far too long for an e-mail.")),
                fill(_("Shorten it in this step.")),
            )
    return None


def _nobody(params: Mapping[str, Any]) -> SafeString:
    match params.get("to"):
        case "owner":
            return capital(fill(_("%(record)s has no owner, or the owner has left."), record=_noun(params)))
        case "trigger_user":
            return fill(_("Nobody triggered it: the change was made by Relance itself."))
    return fill(_("The colleague named in this step has left."))


def _noun(params: Mapping[str, Any]) -> str:
    return record_noun(str(params.get("record_type", "")))


def _person(params: Mapping[str, Any], names: Names, *, link: bool = False) -> SafeString:
    """The contact by name, for those who may see them."""
    person_id = params.get("person")
    name = names.record("person", person_id) if isinstance(person_id, int) else None
    if name is None:
        return fill(_("the contact"))
    if link and isinstance(person_id, int):
        return format_html('<a class="link" href="{}">{}</a>', fields.address("person", person_id), name)
    return bold(name)
