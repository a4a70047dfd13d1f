"""What blocks that look for patterns have in common."""

from __future__ import annotations

import json
from typing import Any

REFUSED = (
    "A pattern that is wrong, or has look-around, back-references or atomic groups, fails and says where; "
    "there a wrong one looks like no match."
)


def searchable(value: Any) -> str:
    """A text itself, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
