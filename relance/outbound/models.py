"""What is to leave this machine, and what became of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class MailState(models.TextChoices):
    """What became of a mail so far.

    Only ``QUEUED`` ones are sent. ``HELD`` waits for a person: there was no mail server, or nobody can know whether the
    mail arrived.
    """

    QUEUED = "queued", pgettext_lazy("mail", "Waiting")
    SENDING = "sending", pgettext_lazy("mail", "Being sent")
    SENT = "sent", pgettext_lazy("mail", "Sent")
    HELD = "held", pgettext_lazy("mail", "Held")
    FAILED = "failed", pgettext_lazy("mail", "Failed")
    DISCARDED = "discarded", pgettext_lazy("mail", "Discarded")


class Mail(models.Model):
    """A row of the outbox: one message to one person, written in the transaction of the run that sends it.

    Attributes:
        to_address: exactly one address.
        from_address: what it was sent from; empty until it was handed over.
        message_id: the key that stays the same however often it is tried, so that whoever gets it twice can tell.
        record_type, record_id: what it is about.
        owner_id: with whose rights the automation acted.
        attempts: how often delivery has begun; counted before it begins.
        next_at: when it is due.
        error: ``{"code", "params"}`` of the last trouble (``outbound.explain``).
        lease, lease_until: the delivery that has it in hand, and until when; another one must not touch it.
        handed_at: when the server was about to be given the text. Before that moment nothing can have been sent.
        caught: it was put into the demo's mailbox; nothing left this machine.
        decided_by_id: who last decided about it by hand.
    """

    to_address = models.CharField(max_length=320)
    to_name = models.CharField(max_length=100, blank=True, default="")
    from_address = models.CharField(max_length=320, blank=True, default="")
    from_name = models.CharField(max_length=100, blank=True, default="")
    reply_to = models.CharField(max_length=320, blank=True, default="")
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField()
    message_id = models.CharField(max_length=400, unique=True)
    record_type = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    record_name = models.CharField(max_length=250)
    automation_id = models.BigIntegerField(null=True)
    run_id = models.BigIntegerField(null=True)
    step_path = models.CharField(max_length=200, blank=True, default="")
    owner_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.QUEUED)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    error = models.JSONField(null=True)
    lease = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    caught = models.BooleanField(default=False)
    decided_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = (
            models.Index(fields=("next_at",), name="mail_due", condition=models.Q(state="queued")),
            models.Index(fields=("lease_until",), name="mail_leased", condition=models.Q(state="sending")),
            models.Index(fields=("state", "-id"), name="mail_by_state"),
            models.Index(fields=("record_type", "record_id"), name="mail_of_record"),
            models.Index(fields=("owner_id",), name="mail_of_owner"),
            models.Index(fields=("run_id",), name="mail_of_run"),
        )

    def __str__(self) -> str:
        return self.message_id
