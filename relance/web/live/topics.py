"""Which topics a change concerns.

``deal:12`` one record and what hangs on it · ``list:deal`` any record of a type · ``board:1`` the deals of a pipeline ·
``user:3`` the notifications of a person · ``runs`` any run of an automation · ``mails`` the state of any mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from relance.records.fields import RECORD_TYPES, parents_of

_TOPIC = re.compile(
    rf"(?:(?:{'|'.join(RECORD_TYPES)}|board|user):[1-9]\d{{0,17}}|list:(?:{'|'.join(RECORD_TYPES)})|runs|mails)\Z"
)
MOST = 40


def parse(text: str) -> frozenset[str]:
    """The topics in a text, separated by spaces; what is none is left out."""
    return frozenset(topic for topic in text.split()[:MOST] if _TOPIC.match(topic))


def of_event(
    record_type: str, record_id: int, record: dict[str, Any], changes: dict[str, Any]
) -> Iterable[str]:
    """The topics one event concerns: its record, the records it links or linked to, its list, its boards."""
    yield f"{record_type}:{record_id}"
    yield f"list:{record_type}"
    for key, target in parents_of(record_type).items():
        for value in {record.get(key), *changes.get(key, ())}:
            if value is not None:
                yield f"{target}:{value}"
    if record_type == "deal":
        for pipeline in {record.get("pipeline"), *changes.get("pipeline", ())}:
            if pipeline is not None:
                yield f"board:{pipeline}"
