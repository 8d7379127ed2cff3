"""Mails as pages show them: their state in a word and a sentence, and their HTML as it can be shown safely."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from relance.accounts.people import Actor
from relance.automation import history, mails, rights
from relance.automation.models import Automation
from relance.outbound import bodies, explain
from relance.outbound.explain import Explanation
from relance.outbound.models import Mail, MailState
from relance.records.fields import address
from relance.web import formats

#: How each state looks: the chip's tone and its glyph.
TONES = {
    MailState.QUEUED: ("live", "clock"),
    MailState.SENDING: ("live", "arrow-right"),
    MailState.SENT: ("good", "check"),
    MailState.HELD: ("warn", "hourglass"),
    MailState.FAILED: ("bad", "close"),
    MailState.DISCARDED: ("off", "trash"),
}
#: The entries above the list: a word in the address, its name, and the states it shows.
VIEWS: Sequence[tuple[str, object, Sequence[MailState]]] = (
    ("", pgettext_lazy("mails", "All mails"), tuple(MailState)),
    ("waiting", pgettext_lazy("mails", "Waiting"), (MailState.QUEUED, MailState.SENDING)),
    ("held", pgettext_lazy("mails", "Held"), (MailState.HELD,)),
    ("failed", pgettext_lazy("mails", "Failed"), (MailState.FAILED,)),
    ("sent", pgettext_lazy("mails", "Sent"), (MailState.SENT,)),
    ("discarded", pgettext_lazy("mails", "Discarded"), (MailState.DISCARDED,)),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A mail for one reader.

    Attributes:
        tone, icon, label: its chip.
        trouble: what stands between it and its reader.
        record_url: of what it is about; empty when that is not to be seen.
        automation: the name; empty when that is not to be seen, or it came from none.
        releases: whether letting it go means its first try, and not one more.
    """

    mail: Mail
    tone: str
    icon: str
    label: str
    trouble: Explanation | None
    record_url: str = ""
    automation: str = ""
    may_decide: bool = False

    @property
    def to(self) -> str:
        """Who gets it, by name where there is one."""
        return self.mail.to_name or self.mail.to_address

    @property
    def releases(self) -> bool:
        """Whether it has not been tried yet."""
        return self.mail.state == MailState.HELD and (self.mail.error or {}).get("code") == "no_server"

    @property
    def may_send(self) -> bool:
        """Whether this reader may let it go."""
        return self.may_decide and self.mail.state in {MailState.HELD, MailState.FAILED}

    @property
    def may_discard(self) -> bool:
        """Whether this reader may throw it away."""
        return self.may_decide and self.mail.state in {MailState.HELD, MailState.FAILED, MailState.QUEUED}

    @property
    def next_try(self) -> str:
        """When it is tried again, after a first try that failed."""
        if self.mail.state != MailState.QUEUED or not self.mail.attempts:
            return ""
        return _("Next try: %(when)s") % {"when": formats.moment(self.mail.next_at)}

    @property
    def letter(self) -> SafeString:
        """Its HTML as a page of its own, for a frame without any rights; as an attribute it must be escaped."""
        return format_html(
            '<!doctype html><html><head><meta charset="utf-8"><title>{}</title><link rel="stylesheet" href="{}"></head>'
            "<body>{}</body></html>",
            self.mail.subject,
            static("relance/letter.css"),
            # Sanitized when it was written, and once more: what is stored is never trusted.
            SafeString(bodies.sanitized(self.mail.html, opens_new=True)),
        )


def told(actor: Actor, found: Iterable[Mail]) -> list[Told]:
    """Mails for one reader; a few queries for any number."""
    rows = list(found)
    records = {(mail.record_type, mail.record_id) for mail in rows}
    seen = history.sees(actor, records)
    names = dict(
        Automation.objects.filter(
            rights.visible(actor), pk__in={mail.automation_id for mail in rows if mail.automation_id}
        ).values_list("pk", "name")
    )
    return [
        Told(
            mail,
            *chip_of(mail),
            trouble=explain.explained(mail),
            record_url=address(mail.record_type, mail.record_id)
            if seen[(mail.record_type, mail.record_id)]
            else "",
            automation=names.get(mail.automation_id or 0, ""),
            may_decide=mails.may_decide(actor, mail),
        )
        for mail in rows
    ]


def chip_of(mail: Mail) -> tuple[str, str, str]:
    """How its state looks: tone, glyph and word."""
    if mail.caught:
        return "try", "inbox", pgettext("mail", "Caught")
    tone, icon = TONES[MailState(mail.state)]
    return tone, icon, str(MailState(mail.state).label)
