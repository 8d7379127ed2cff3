"""What stands between a mail and its reader: what happened, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from relance.outbound.models import Mail, MailState


@dataclass(frozen=True, slots=True)
class Explanation:
    """Plain sentences, not escaped.

    Attributes:
        answer: what the mail server said, word for word; empty when it said nothing.
    """

    what: str
    remedy: str = ""
    answer: str = ""


def explained(mail: Mail) -> Explanation | None:
    """Why a mail was not sent; none when nothing stands in its way."""
    if mail.error is None or mail.state not in {MailState.QUEUED, MailState.HELD, MailState.FAILED}:
        return None
    code = str(mail.error.get("code", ""))
    params: Mapping[str, Any] = mail.error.get("params") or {}
    server = str(params.get("server", ""))
    answer = " ".join(str(params[key]) for key in ("number", "answer") if params.get(key))
    again = _("Nothing was sent. Press “Send again” once that is put right.")
    if mail.state == MailState.QUEUED:
        again = _("Nothing was sent. Relance tries again by itself.")
    found = _refusals(code, params, again) or _of_server(code, server, again) or _unsure(code)
    if found is None:
        found = Explanation(_("The mail could not be sent (“%(code)s”).") % {"code": code}, again)
    return Explanation(found.what, found.remedy, answer)


def _refusals(code: str, params: Mapping[str, Any], again: str) -> Explanation | None:
    match code:
        case "refused_recipient":
            return Explanation(
                _("The mail server does not accept the address %(address)s.")
                % {"address": params.get("address", "")},
                _(
                    "Nothing was sent. Correct the address on the person; the next mail will go to the new one."
                ),
            )
        case "refused_sender":
            return Explanation(
                _("The mail server does not accept mails from our address."),
                _("Nothing was sent. An administrator can check MAIL_FROM; then press “Send again”."),
            )
        case "refused_message":
            return Explanation(
                _("The mail server did not accept this message."),
                _("Nothing was sent. Its answer below often says why: too big, or taken for advertising."),
            )
        case "busy":
            return Explanation(_("The mail server asked to come back later."), again)
        case "invalid":
            return Explanation(
                _("This message cannot be put into the form of a mail."),
                _("Nothing was sent. Change the text in the automation’s step."),
            )
    return None


def _of_server(code: str, server: str, again: str) -> Explanation | None:
    names = {"server": server}
    match code:
        case "unreachable":
            return Explanation(_("The mail server %(server)s could not be reached.") % names, again)
        case "dropped":
            return Explanation(_("The mail server %(server)s ended the conversation.") % names, again)
        case "slow":
            return Explanation(_("The mail server %(server)s did not answer in time.") % names, again)
        case "login":
            return Explanation(
                _("The mail server %(server)s does not accept our user or password.") % names,
                _("Nothing was sent. An administrator can correct SMTP_URL; then press “Send again”."),
            )
        case "tls" | "no_tls":
            return Explanation(
                _("No protected connection to the mail server %(server)s could be made.") % names,
                _("Nothing was sent. An administrator can check the server’s certificate and SMTP_URL."),
            )
        case "server_refused":
            return Explanation(_("The mail server %(server)s does not talk to us.") % names, again)
        case "interrupted":
            return Explanation(_("Relance was stopped before the mail was handed over."), again)
    return None


def _unsure(code: str) -> Explanation | None:
    decide = _(
        "It may have arrived. Ask, or look into the mail server’s log; then send it again or discard it. "
        "Sent again, it carries the same number, by which many mail programs know that they have it already."
    )
    match code:
        case "no_server":
            return Explanation(
                _("No mail server is set up, so the mail waits here."),
                _("An administrator sets SMTP_URL and MAIL_FROM and starts Relance again; then release it."),
            )
        case "unknown":
            return Explanation(
                _(
                    "The connection ended after the mail was handed over, before the mail server had answered."
                ),
                decide,
            )
        case "interrupted_unknown":
            return Explanation(
                _("Relance was stopped in the very moment in which the mail was handed over."), decide
            )
    return None
