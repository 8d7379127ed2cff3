"""Who is who in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from relance.accounts.people import Actor
from relance.automation.explain.wording import bold, fill
from relance.records import access
from relance.records.configuration import Configuration, current
from relance.records.display import display, name_of
from relance.records.fields import Field
from relance.records.snapshot import load_one, title_of


@dataclass(slots=True)
class Names:
    """What sentences about one automation need to know.

    Attributes:
        record_type: of the triggering record, where paths begin.
        viewer: who reads; names of records that they may not see are not told. None reads everything.
        owner_id: whose automation it is: "me" in its conditions.
    """

    configuration: Configuration
    record_type: str = "deal"
    viewer: Actor | None = None
    owner_id: int | None = None
    _titles: dict[tuple[str, int], str | None] = field(default_factory=dict)

    @classmethod
    def now(
        cls, viewer: Actor | None = None, *, record_type: str = "deal", owner_id: int | None = None
    ) -> Names:
        """Names as they are at this moment."""
        return cls(current(), record_type, viewer, owner_id)

    def about(self, record_type: str, owner_id: int | None = None) -> Names:
        """The same, for sentences about another automation; what was looked up is shared."""
        return replace(
            self, record_type=record_type, owner_id=self.owner_id if owner_id is None else owner_id
        )

    def record(self, record_type: str, record_id: int) -> str | None:
        """What a record is called, also one in the bin; none when it is gone or the viewer may not see it."""
        key = (record_type, record_id)
        if key not in self._titles:
            values = load_one(record_type, record_id)
            seen = values is not None and (self.viewer is None or access.may(self.viewer, "see", values))
            self._titles[key] = title_of(values) if seen and values is not None else None
        return self._titles[key]

    def know(self, record_type: str, record_id: int, title: str) -> None:
        """Give a name that is at hand already."""
        self._titles[(record_type, record_id)] = title

    def named(self, what: str, id: int) -> SafeString:
        """The name of a user, team, stage, pipeline or label, in bold, or that it is gone."""
        name = name_of(what, id, self.configuration)
        return bold(_("(deleted)") if name is None else name)

    def shown(self, field: Field, value: Any) -> str:
        """A plain value as people read it; "" when empty."""
        return display(field, value, self.configuration, self.record)

    def value(self, field: Field, value: Any) -> SafeString:
        """A plain value in bold; an empty one is called nothing."""
        return bold(self.shown(field, value) or _("nothing"))

    def owner(self) -> SafeString:
        """The automation's owner, as its reader would say it."""
        if self.viewer is not None and self.viewer.user_id == self.owner_id:
            return fill(_("me"))
        return (
            fill(_("the automation’s owner")) if self.owner_id is None else self.named("user", self.owner_id)
        )
