"""Why something was not done with an automation. Each error is raised before anything was written.

What is wrong with a document is ``core.problems.DocumentError``.
"""

from __future__ import annotations

from collections.abc import Mapping


class AutomationError(Exception):
    """A request that cannot be carried out; the reason is the subclass."""


class NotFound(AutomationError):
    """There is no such automation, or the actor may not see it; which of the two is not said."""


class Forbidden(AutomationError):
    """The actor sees the automation, or the page, but may not do this.

    Attributes:
        code: "may_not_build" or "may_not_edit".
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Conflict(AutomationError):
    """Somebody else changed the draft in the meantime; read it again and repeat.

    Attributes:
        revision: the draft's revision by now.
    """

    def __init__(self, revision: int) -> None:
        super().__init__(f"the draft is at revision {revision}")
        self.revision = revision


class NotPublished(AutomationError):
    """It was never published, so that there is nothing to switch on."""


class NotRunAgain(AutomationError):
    """A run that is not run again; nothing was done.

    Attributes:
        code: "off", "record_gone", "record_hidden", "event_gone", "other_record", "owner_inactive", "owner_reads",
            "broken" or "busy"; ``automation.explain.reruns`` has the sentence for each.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Invalid(AutomationError):
    """A name or description that cannot be stored.

    Attributes:
        problems: for "name" or "description", a sentence for the person who typed it.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{key}: {text}" for key, text in problems.items()))
        self.problems = dict(problems)
