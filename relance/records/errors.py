"""Why a change of a record was refused. Each error is raised before anything was written."""

from __future__ import annotations

from collections.abc import Mapping


class RecordError(Exception):
    """A change that cannot be made; the reason is the subclass."""


class Invalid(RecordError):
    """Some values are not acceptable.

    Attributes:
        problems: for each field's key, a sentence for the person who filled it in.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{key}: {text}" for key, text in problems.items()))
        self.problems = dict(problems)


class NotFound(RecordError):
    """There is no such record, or the actor may not see it; which of the two is not said."""

    def __init__(self, record_type: str, record_id: int) -> None:
        super().__init__(f"{record_type} {record_id}")
        self.record_type, self.record_id = record_type, record_id


class Forbidden(RecordError):
    """The actor sees the record but may not do this to it."""

    def __init__(self, verb: str, record_type: str, record_id: int | None) -> None:
        super().__init__(f"{verb} {record_type} {record_id}")
        self.verb, self.record_type, self.record_id = verb, record_type, record_id


class Conflict(RecordError):
    """Somebody else changed the record in the meantime; read it again and repeat."""

    def __init__(self, record_type: str, record_id: int) -> None:
        super().__init__(f"{record_type} {record_id}")
        self.record_type, self.record_id = record_type, record_id
