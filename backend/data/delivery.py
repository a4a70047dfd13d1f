"""What a webhook brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery that is about to be stored, with the runs that it starts. `headers` is JSON.

    Where its event is stored already, neither this nor its runs are.
    """

    id: str
    webhook_id: str
    user_id: str
    event_id: str | None
    event_type: str
    headers: str
    body: bytes
    received_at: datetime
    is_test: bool = False
    replay_of: str | None = None
