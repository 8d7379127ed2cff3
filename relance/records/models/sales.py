"""The five record types and their notes. ``records.fields`` says what each column means to people."""

from __future__ import annotations

import uuid

from django.db import models

from relance.records.models.base import Record, labels, link
from relance.records.models.configuration import Pipeline, Stage


class Organization(Record):
    """A company, public body or association we sell to."""

    name = models.CharField(max_length=200)
    rating = models.CharField(max_length=20, null=True)  # noqa: DJ001 (an empty value is NULL everywhere, see snapshot)
    industry = models.CharField(max_length=40, null=True)  # noqa: DJ001
    website = models.CharField(max_length=300, null=True)  # noqa: DJ001
    phones = models.JSONField(default=list)
    employees = models.IntegerField(null=True)
    street = models.CharField(max_length=300, null=True)  # noqa: DJ001
    postcode = models.CharField(max_length=20, null=True)  # noqa: DJ001
    city = models.CharField(max_length=100, null=True)  # noqa: DJ001
    country = models.CharField(max_length=2, null=True)  # noqa: DJ001
    labels = labels()

    def __str__(self) -> str:
        return self.name


class Person(Record):
    """Somebody we talk to."""

    name = models.CharField(max_length=200)
    first_name = models.CharField(max_length=100, null=True)  # noqa: DJ001
    job_title = models.CharField(max_length=150, null=True)  # noqa: DJ001
    emails = models.JSONField(default=list)
    phones = models.JSONField(default=list)
    organization = link("records.Organization", "")
    source = models.CharField(max_length=20, null=True)  # noqa: DJ001
    labels = labels()

    def __str__(self) -> str:
        return self.name


class Deal(Record):
    """A possible sale. It stands in one stage of one pipeline.

    Attributes:
        value_amount: in minor units of ``value_currency``.
        stage_since: when it came to its stage.
        lead: the inquiry it was converted from.
    """

    title = models.CharField(max_length=200)
    value_amount = models.BigIntegerField(null=True)
    value_currency = models.CharField(max_length=3, null=True)  # noqa: DJ001
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    stage_since = models.DateTimeField()
    status = models.CharField(max_length=10)
    won_at = models.DateTimeField(null=True)
    lost_at = models.DateTimeField(null=True)
    lost_reason = models.CharField(max_length=200, null=True)  # noqa: DJ001
    lead = link("records.Lead", "")
    probability = models.IntegerField(null=True)
    expected_close = models.DateField(null=True)
    person = link("records.Person", "")
    organization = link("records.Organization", "")
    source = models.CharField(max_length=20, null=True)  # noqa: DJ001
    labels = labels()

    class Meta:
        indexes = (models.Index(fields=("pipeline", "status", "stage"), name="deal_board"),)

    def __str__(self) -> str:
        return self.title


class Lead(Record):
    """An inquiry that is not a deal yet.

    Attributes:
        deal: what it was converted to.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.CharField(max_length=200)
    value_amount = models.BigIntegerField(null=True)
    value_currency = models.CharField(max_length=3, null=True)  # noqa: DJ001
    person = link("records.Person", "")
    organization = link("records.Organization", "")
    source = models.CharField(max_length=20, null=True)  # noqa: DJ001
    archived = models.BooleanField(default=False)
    deal = link("records.Deal", "")
    labels = labels()

    def __str__(self) -> str:
        return self.title


class Activity(Record):
    """Something to do, or done: a call, a meeting, a task. Its owner is who does it.

    Attributes:
        due_time: local time of day, ``HH:MM``; none = any time of the day.
        duration: in minutes.
        participants: who else is there, as "person:<id>" and "user:<id>".
    """

    subject = models.CharField(max_length=200)
    type = models.CharField(max_length=20)
    due_date = models.DateField(null=True)
    due_time = models.CharField(max_length=5, null=True)  # noqa: DJ001
    duration = models.IntegerField(null=True)
    location = models.CharField(max_length=300, null=True)  # noqa: DJ001
    participants = models.JSONField(default=list)
    done = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True)
    deal = link("records.Deal", "")
    person = link("records.Person", "")
    organization = link("records.Organization", "")
    lead = link("records.Lead", "")
    note = models.TextField(null=True)  # noqa: DJ001
    labels = labels()

    class Meta:
        indexes = (models.Index(fields=("owner", "done", "due_date"), name="activity_agenda"),)
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return self.subject


class Note(Record):
    """Something worth remembering about one record."""

    body = models.TextField()
    deal = link("records.Deal", "")
    person = link("records.Person", "")
    organization = link("records.Organization", "")
    lead = link("records.Lead", "")

    def __str__(self) -> str:
        return self.body[:50]


class ExternalId(models.Model):
    """The name a record has in another system, so that an import can find it again."""

    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    record_type = models.CharField(max_length=20)
    record_id = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("source", "record_type", "external_id"), name="external_id_once"),
        )
        indexes = (models.Index(fields=("record_type", "record_id"), name="external_id_of"),)

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"
