"""What ids are called: colleagues, stages, labels and, for who may see them, linked records.

Ids are collected first and looked up together, so that a page of any length costs one query for each record type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from relance.accounts.people import Actor
from relance.events.models import Event, EventKind
from relance.lib.kinds import Kind
from relance.lib.shapes import participant
from relance.records import access
from relance.records.configuration import Configuration, current
from relance.records.fields import RECORD_TYPES, fields_of, title_key
from relance.records.snapshot import title_of
from relance.web.rows import visible_or_binned


class Names:
    """The names one person sees on one page."""

    def __init__(self, actor: Actor, configuration: Configuration | None = None) -> None:
        self.actor = actor
        self.configuration = configuration or current()
        self._wanted: dict[str, set[int]] = {}
        self._found: dict[tuple[str, int], str | None] = {}
        #: Records with a name but without a page: deleted for ever.
        self.gone: set[tuple[str, int]] = set()

    def want(self, record_type: str, record_id: int | None) -> None:
        """Say early that a record's name will be asked for."""
        if record_id is not None and (record_type, record_id) not in self._found:
            self._wanted.setdefault(record_type, set()).add(record_id)

    def want_links(self, record_type: str, records: Iterable[Mapping[str, Any]]) -> None:
        """Say so for every record that these records link to."""
        fields = fields_of(record_type).values()
        links = [field for field in fields if field.kind is Kind.LINK and field.target]
        meetings = [field for field in fields if field.kind is Kind.PARTICIPANTS]
        for record in records:
            for field in links:
                self.want(str(field.target), record.get(field.key))
            for field in meetings:
                for kind, number in map(participant, record.get(field.key) or ()):
                    if kind == "person":
                        self.want(kind, number)

    def know(self, record_type: str, record_id: int, name: str) -> None:
        """Give a name that is at hand already."""
        self._found[(record_type, record_id)] = name

    def record(self, record_type: str, record_id: int) -> str | None:
        """What a linked record is called, also one that was deleted for ever; ``None`` when it is not to be seen."""
        key = (record_type, record_id)
        if key not in self._found:
            self.want(record_type, record_id)
            self._look_up(record_type)
        return self._found[key]

    def _look_up(self, record_type: str) -> None:
        ids = self._wanted.pop(record_type, set())
        for record_id in ids:
            self._found[(record_type, record_id)] = None
        if record_type not in RECORD_TYPES:
            return
        rows = visible_or_binned(record_type, self.actor).filter(pk__in=ids)
        for record_id, name in rows.values_list("pk", title_key(record_type)):
            self._found[(record_type, record_id)] = name
        if missing := [record_id for record_id in ids if self._found[(record_type, record_id)] is None]:
            self._look_up_purged(record_type, missing)

    def _look_up_purged(self, record_type: str, ids: list[int]) -> None:
        """What was deleted for ever is still called by its last name, where it was to be seen."""
        gone = Event.objects.filter(record_type=record_type, record_id__in=ids, kind=EventKind.PURGED)
        for record_id, record in gone.values_list("record_id", "record"):
            seen = access.may(self.actor, "see", record)
            self._found[(record_type, record_id)] = (
                _("%(name)s (deleted for ever)") % {"name": title_of(record)}
                if seen
                else _("(deleted for ever)")
            )
            self.gone.add((record_type, record_id))

    def user(self, user_id: int | None) -> str:
        """A colleague's name."""
        if user_id is None:
            return _("Relance")
        person = self.configuration.directory.actors.get(user_id)
        return person.name if person else _("somebody who has left")

    def participant(self, entry: str) -> str:
        """Who takes part: a person, or a colleague."""
        kind, number = participant(entry)
        if kind == "user":
            return self.user(number)
        return self.record(kind, number) or _("somebody you may not see")

    def stage(self, stage_id: int) -> str:
        """A stage's name."""
        stage = self.configuration.stages.get(stage_id)
        return stage.name if stage else _("a stage that is gone")

    def pipeline(self, pipeline_id: int) -> str:
        """A pipeline's name."""
        return self.configuration.pipelines.get(pipeline_id) or _("a pipeline that is gone")

    def label(self, label_id: int) -> tuple[str, int]:
        """A label's name and colour."""
        return self.configuration.labels.get(label_id) or (_("a label that is gone"), 1)

    def active_users(self) -> list[tuple[int, str]]:
        """The colleagues who can log in, by name."""
        actors = self.configuration.directory.actors
        return sorted(
            ((key, actor.name) for key, actor in actors.items() if actor.active),
            key=lambda pair: pair[1].casefold(),
        )
