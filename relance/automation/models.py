"""What people build, and what became of it.

An automation has one editable draft and any number of published versions; a version never changes, and a run keeps to
the version it started with. ``LiveSpan`` says which version was in service when, so that an event is matched by its
own time, however late the engine gets to it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Automation(models.Model):
    """Something that happens by itself.

    Attributes:
        draft: the document being edited; may be incomplete (``automation.core.definition``).
        draft_revision: rises with each change of the draft; a stale one is refused.
        version: the version in service, or that was when it was last on.
        active: whether it is on.
        audience: who may trigger it, from the version or else the draft: "me", "users", "teams" or "everyone"; copied
            here so that lists can be filtered.
        revision: when it last changed for the engine (``Catalogue.revision``).
        deleted_at: deleted for people; its runs stay readable.
        minutes_saved: what a run saves somebody; none: worked out from its actions (``automation.benefit``).
    """

    name = models.CharField(_("Name"), max_length=120)
    description = models.TextField(_("Description"), blank=True, default="", max_length=1000)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    draft = models.JSONField(default=dict)
    draft_revision = models.IntegerField(default=1)
    version = models.ForeignKey("Version", on_delete=models.PROTECT, null=True, related_name="+")
    active = models.BooleanField(default=False)
    audience = models.CharField(max_length=10, default="me")
    revision = models.BigIntegerField(default=0, db_index=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    switched_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    minutes_saved = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """A published, numbered, immutable document."""

    automation = models.ForeignKey(Automation, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    document = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("automation", "number"), name="version_once"),)

    def __str__(self) -> str:
        return f"{self.automation} {self.number}"


class LiveSpan(models.Model):
    """A version was in service from ``live_from`` until before ``live_to`` (none: still is)."""

    automation = models.ForeignKey(Automation, on_delete=models.PROTECT, related_name="spans")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    live_from = models.DateTimeField()
    live_to = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.version} {self.live_from}–{self.live_to or ''}"


class Catalogue(models.Model):
    """A single row (id 1) whose revision rises, under its lock, with everything the engine must know of.

    Two people who publish at once get their revisions in the order in which they commit, so no reader skips one.
    """

    revision = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.revision)


class RunState(models.TextChoices):
    """What became of a run."""

    DONE = "done", pgettext_lazy("run", "Done")
    NOT_MET = "not_met", pgettext_lazy("run", "Condition not met")
    FAILED = "failed", pgettext_lazy("run", "Failed")
    BLOCKED = "blocked", pgettext_lazy("run", "Blocked")


class Run(models.Model):
    """One execution of one automation for one occurrence.

    Attributes:
        key: automation and occurrence, such as ``7/event:812``, or of one that was run again ``rerun:55.0`` (the first
            time that run 55 was); unique, so nothing runs twice.
        record_name: what the record was called then.
        actor_id: who triggered it.
        owner_id: with whose rights it acted.
        failure: ``{"code", "params"}`` for ``automation.explain``; also why it was blocked.
        root_id, depth, cause_run_id: its place in the chain, from its event.
        rerun_of, rerun_by: the run that somebody ran again, and who did.
    """

    key = models.CharField(max_length=100, unique=True)
    automation = models.ForeignKey(Automation, on_delete=models.PROTECT, related_name="runs")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()
    record_type = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    record_name = models.CharField(max_length=250)
    actor_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=RunState)
    failure = models.JSONField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    root_id = models.BigIntegerField()
    depth = models.IntegerField(default=0)
    cause_run_id = models.BigIntegerField(null=True)
    rerun_of = models.BigIntegerField(null=True, db_index=True)
    rerun_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("automation", "-started_at"), name="run_of_automation"),
            models.Index(fields=("-started_at",), name="run_latest"),
            models.Index(fields=("record_type", "record_id"), name="run_of_record"),
            models.Index(fields=("event_id",), name="run_of_event"),
        )

    def __str__(self) -> str:
        return self.key


class StepRun(models.Model):
    """One line of a run's trace.

    Attributes:
        path: where the block stands in the document, such as ``steps/2``.
        loop_index: which turn of a loop; 0 outside loops.
        outcome: "done", "met", "not_met", "failed", "stopped"; of a branch "taken" or "otherwise".
        verdict: of a condition, compact (``core.conditions.expand`` gives it back); of a branch a list of them, one for
            each path that was asked.
        effects: what was changed: ``[{"record_type", "id", "name", "kind", "changes": {key: [before, after]}}]``, or
            ``{"kind": "notified", "users": [...], "text": ...}``.
        failure: ``{"code", "params"}``.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps", db_constraint=False)
    path = models.CharField(max_length=200)
    loop_index = models.IntegerField(default=0)
    block_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    type = models.CharField(max_length=60, blank=True, default="")
    outcome = models.CharField(max_length=10)
    verdict = models.JSONField(null=True)
    effects = models.JSONField(default=list)
    failure = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "path", "loop_index"), name="step_run_once"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.path} {self.outcome}"


class Evaluation(models.Model):
    """The automations that looked at an event and did not start, and why: one compact row for each event.

    Attributes:
        items: ``[[automation id, version id, reason, compact verdict]]``; the reason is "not_met" (with its verdict) or
            "off" (switched off before the engine came to the event).
    """

    event_id = models.BigIntegerField(unique=True)
    record_type = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    record_name = models.CharField(max_length=250)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_index=True)
    items = models.JSONField()

    class Meta:
        indexes = (models.Index(fields=("record_type", "record_id"), name="evaluation_of_record"),)

    def __str__(self) -> str:
        return f"{self.event_id}"


class Notification(models.Model):
    """A message in the application, written by an automation to one user."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    text = models.TextField()
    record_type = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    run_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("user", "-created_at"), name="notification_of_user"),)

    def __str__(self) -> str:
        return self.text[:60]
