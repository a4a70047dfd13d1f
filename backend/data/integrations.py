"""A webhook as its manager sees it."""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a provider sends events of one kind.

    `secret` is in clear, None while there is none; `config` holds what the manager keeps beside it (never
    secrets); `events` are those that somebody listens for, empty for all of `webhook_type`.
    """

    id: str
    user_id: str
    provider: ProviderName
    webhook_type: str = ""
    resource: str = ""
    credentials_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    events: tuple[str, ...] = ()
    config: JsonObject = field(default_factory=dict[str, object])
    provider_webhook_id: str = ""
