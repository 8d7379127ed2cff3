"""The world as an automation sees it: with its owner's eyes, and with what its batch has changed so far."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from relance.accounts.people import SYSTEM, Actor
from relance.automation.core.scope import HIDDEN, Hidden, StageInfo
from relance.records import access, display
from relance.records.snapshot import title_of
from relance.records.unit_of_work import UnitOfWork

_CONFIGURED = frozenset({"user", "team", "stage", "pipeline", "label"})


class BatchWorld:
    """Answers from a UnitOfWork and its configuration. ``owner`` is set before each automation is asked."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._configuration = uow.configuration
        self.owner: Actor = SYSTEM
        self.currency: str = uow.configuration.directory.company.currency

    def parent(self, record_type: str, record_id: int, /) -> Mapping[str, Any] | Hidden | None:
        values = self._uow.get(record_type, record_id)
        if values is None or access.may(self.owner, "see", values):
            return values
        return HIDDEN

    def rate(self, currency: str, /) -> Decimal | None:
        return self._configuration.directory.rate(currency)

    def stage(self, stage_id: int, /) -> StageInfo | None:
        stage = self._configuration.stages.get(stage_id)
        return None if stage is None else StageInfo(stage.id, stage.pipeline, stage.position, stage.name)

    def name_of(self, kind_or_type: str, name_id: int, /) -> str | None:
        if kind_or_type in _CONFIGURED:
            return display.name_of(kind_or_type, name_id, self._configuration)
        values = self.parent(kind_or_type, name_id)
        return title_of(values) if isinstance(values, Mapping) else None

    def email_of(self, user_id: int, /) -> str | None:
        actor = self._configuration.directory.actors.get(user_id)
        return actor.email if actor else None

    def teams_of(self, user_id: int, /) -> frozenset[int]:
        actor = self._configuration.directory.actors.get(user_id)
        return actor.team_ids if actor else frozenset()
