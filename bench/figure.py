"""One line of the table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """`ours`, `floor`, `peer` and `target` are in `unit`; None: not measured, or there is none."""

    work: str
    what: str
    unit: str
    ours: float
    floor: float | None = None
    peer: float | None = None
    target: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours by the floor; for rates the floor by ours, so that 1 is the floor and more is slower."""
        if not self.floor or not self.ours:
            return None
        return self.floor / self.ours if self.more_is_better else self.ours / self.floor

    @property
    def is_met(self) -> bool | None:
        """Whether ours is as good as the target; None without one."""
        if self.target is None:
            return None
        return self.ours >= self.target if self.more_is_better else self.ours <= self.target

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio, "is_met": self.is_met}
