"""Times as people and as Slack write them."""

from __future__ import annotations

import re
from datetime import datetime

from backend.util.errors import InvalidInput

TIME_HELP = "2026-05-01T09:00:00+02:00, or Unix time in seconds"
_SECONDS = re.compile(r"\d{1,12}(\.\d{1,6})?")


def slack_time(text: str) -> str | None:
    """Unix time in seconds as text, with as many digits as were given; None for an empty text.

    Raises:
        InvalidInput: it is no time, or one without a zone.
    """
    text = text.strip()
    if not text or _SECONDS.fullmatch(text):
        return text or None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{text[:60]!r} is no time. Write it like {TIME_HELP}.") from error
    if moment.tzinfo is None:
        raise InvalidInput(f"{text!r} has no time zone. Add one: {text}Z, or {text}+02:00.")
    return f"{moment.timestamp():.6f}"
