"""What happened: one append-only row for each change of a record.

An event is at once the outbox that wakes the engine, the record's timeline, the audit log and the ground on which
automations are explained. It holds plain ids, so that the log depends on nobody.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    """What kind of change it was."""

    CREATED = "created", _("created")
    UPDATED = "updated", _("updated")
    DELETED = "deleted", _("deleted")
    RESTORED = "restored", _("restored")
    PURGED = "purged", _("deleted for ever")


class Origin(models.TextChoices):
    """By which way the change came."""

    USER = "user", _("people")
    API = "api", _("the API")
    IMPORT = "import", _("imports")
    AUTOMATION = "automation", _("automations")
    SYSTEM = "system", _("the system")


class Event(models.Model):
    """One change of one record, written in the transaction of the change itself.

    Attributes:
        rseq: the place of this event among those of its record, from 1; equal to the record's version after it.
        changes: ``{field: [before, after]}`` in plain values (see ``records.snapshot``).
        record: the whole record after the change; for a deletion, also one for ever, as it was last.
        actor_id: the user who did it, or with whose rights it was done; none for the system.
        actor_teams: the teams of that user at this moment.
        cause_run_id: the run that made this change, when an automation did.
        root_id: the event that started the chain (its own id when nothing caused it).
        depth: how many automations stand between the root and this event.
    """

    record_type = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    rseq = models.IntegerField()
    kind = models.CharField(max_length=10, choices=EventKind)
    changes = models.JSONField()
    record = models.JSONField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_teams = models.JSONField(default=list)
    origin = models.CharField(max_length=12, choices=Origin)
    cause_run_id = models.BigIntegerField(null=True)
    root_id = models.BigIntegerField()
    depth = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("record_type", "record_id", "rseq"), name="event_once_per_version"
            ),
        )
        indexes = (
            models.Index(fields=("at",), name="event_at"),
            models.Index(
                fields=("cause_run_id",), name="event_cause", condition=models.Q(cause_run_id__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id} {self.kind} ({self.rseq})"


class Pending(models.Model):
    """An event the engine has not looked at yet.

    A table of its own keeps the log append-only and what the engine polls small. Events are picked by being here, never
    by an id greater than the last one seen: ids are given out before their transaction commits.
    """

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, db_constraint=False)

    def __str__(self) -> str:
        return f"{self.event_id}"
