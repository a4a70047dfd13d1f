"""The house rules that a program can hold, one a file: `check()` returns what breaks it.

`python -m tools.checks` runs all of them, `python -m tools.checks file_size block_ids` the named ones.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that breaks a rule: the file from the repository's root, the line from 1, what to do."""

    file: str
    line: int
    message: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}\n    {self.cure}"
