"""Webhooks that are made through the provider's API."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from backend.data.credentials import Credentials
from backend.data.integrations import Webhook
from backend.integrations.webhooks._base import WebhookManager
from backend.integrations.webhooks._request import Registration


class AutoWebhookManagerBase(WebhookManager):
    """A manager that registers itself for a resource when a graph goes live, and leaves with the last one.

    The webhook has its secret before `register` is called. All three may be repeated after a crash, so `register`
    first looks whether a webhook with this address is there. They raise the client's typed errors
    (`ProviderError`), which are shown to the person and tried again later.
    """

    @abstractmethod
    async def register(
        self, webhook: Webhook, credentials: Credentials | None, ingress_url: str, events: Sequence[str]
    ) -> Registration:
        """Make it at the provider, for `webhook.resource`."""
        ...

    @abstractmethod
    async def update(
        self, webhook: Webhook, credentials: Credentials | None, ingress_url: str, events: Sequence[str]
    ) -> Registration:
        """Bring it to other events, another address or another secret."""
        ...

    @abstractmethod
    async def deregister(self, webhook: Webhook, credentials: Credentials | None) -> None:
        """Take it away there; that it is gone already is fine."""
        ...
