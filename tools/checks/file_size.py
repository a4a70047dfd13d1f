"""A file of more than 500 lines hides a second noun, unless there is a reason."""

from __future__ import annotations

from collections.abc import Mapping

from tools.checks import Finding
from tools.checks.sources import text_of, tracked

MOST_LINES = 500
KINDS = (".py", ".ts", ".tsx", ".sh")
REASONS: dict[str, str] = {
    "backend/data/tables.py": "generated",
    "frontend/src/lib/autogpt-server-api/schema.d.ts": "generated",
}


def check() -> list[Finding]:
    sizes = {name: len((text_of(name) or "").splitlines()) for name in tracked() if name.endswith(KINDS)}
    return findings_for(sizes, REASONS)


def findings_for(sizes: Mapping[str, int], reasons: Mapping[str, str]) -> list[Finding]:
    """`sizes`: lines by file; `reasons`: files that may be longer."""
    cure = f"Look for the second noun in it, or give the reason in {__name__.replace('.', '/')}.py."
    return [
        Finding(name, MOST_LINES + 1, f"{lines} lines; a file has at most {MOST_LINES}.", cure)
        for name, lines in sizes.items()
        if lines > MOST_LINES and name not in reasons
    ]
