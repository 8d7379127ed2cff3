"""What a failure is told in."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from relance.automation.explain.wording import EMPTY


@dataclass(frozen=True, slots=True)
class Explanation:
    """Three sentences. ``remedy`` is empty where nothing has to be done."""

    what: SafeString
    why: SafeString
    remedy: SafeString = EMPTY
