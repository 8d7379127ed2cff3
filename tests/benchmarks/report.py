"""What a benchmark says: one figure, its goal, and what lies behind it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One result.

    Attributes:
        name: "B1".
        system: "sqlite" or "postgresql".
        value: the median.
        unit: what the value is, as it stands behind the number, such as "of floor".
        goal: of ``design``; see ``at_most``.
        at_most: whether the goal is an upper limit instead of a lower one.
        behind: absolute figures of this run on this machine.
    """

    name: str
    system: str
    value: float
    unit: str
    goal: float
    at_most: bool = False
    behind: str = ""

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def line(self) -> str:
        """ "B1 sqlite 0.62 of floor (goal 0.5)"."""
        missed = "" if self.reached else " missed"
        return f"{self.name} {self.system} {self.value:.2f} {self.unit} (goal {self.goal:g}){missed}"
