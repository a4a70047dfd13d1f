"""What every webhook manager does: check who sent a delivery, read it, name its event."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import ClassVar

from backend.data.integrations import Webhook
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._request import Introduction, Reply, WebhookRequest
from backend.integrations.webhooks._verify import verify_any_scheme


class SecretFrom(StrEnum):
    """Who makes the secret by which deliveries are checked."""

    US = "us"
    """We do; the person gives it to the provider, or the manager does when it registers."""
    PROVIDER = "provider"
    """The provider does; the person copies it here."""
    INTRODUCTION = "introduction"
    """The provider does, and sends it in its first request."""


class WebhookManager(ABC):
    """How one provider's webhooks are read. One instance serves all of its webhooks, so it keeps nothing.

    The ingress calls, in this order: `introduce` (only while there is no secret), `verify`, `handshake`,
    `validate_payload`, `event_id`. What any of them raises is an answer of 4xx, whatever it is.
    """

    PROVIDER_NAME: ClassVar[ProviderName]
    WebhookEventType: ClassVar[type[StrEnum] | None] = None
    """The events that are known; None: whatever the sender says."""
    IGNORED_EVENTS: ClassVar[frozenset[str]] = frozenset()
    """Events that the provider sends unasked, and that start nothing."""
    SECRET_FROM: ClassVar[SecretFrom] = SecretFrom.US
    MAX_BODY_BYTES: ClassVar[int] = 1_048_576
    ANSWER_WITHIN_S: ClassVar[float] = 30.0
    """How long the sender waits for a graph that answers; after it comes what `accepted` says."""
    SETUP: ClassVar[str] = "Paste the address and the secret where the sender asks for them."
    """What a person does at the provider: where the address and the secret go, in a sentence or two."""

    def introduce(self, webhook: Webhook, request: WebhookRequest) -> Introduction | None:
        """The secret that the provider's first request brings; None: it brings none."""
        return None

    async def verify(self, webhook: Webhook, request: WebhookRequest) -> None:
        """Let only deliveries of the provider pass: in constant time, within its replay window.

        Here any of the common schemes does: Standard Webhooks, an HMAC-SHA256 of the body, or the secret itself.

        Raises:
            Unauthorized: says what does not match, and where to set it.
        """
        verify_any_scheme(webhook, request)

    def handshake(self, webhook: Webhook, request: WebhookRequest) -> Reply | None:
        """The answer to a request that is no event: a challenge, a ping. None: it is an event."""
        return None

    @abstractmethod
    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        """What was sent, and its event's name: `pull_request.opened` belongs to `pull_request`.

        Raises:
            BadInput: it cannot be read.
        """
        ...

    def event_id(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> str | None:
        """By which the provider itself tells repeats of an event; None: it does not, so nothing is a repeat."""
        return request.header("webhook-id") or None

    def accepted(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> Reply | None:
        """What a stored delivery is answered when no graph answers it; None: 202 with the delivery's id.

        For providers that take no other status, or that show the body to somebody.
        """
        return None

    def known_events(self) -> list[str]:
        """The names of the events, empty where any is taken."""
        return [] if self.WebhookEventType is None else [event.value for event in self.WebhookEventType]
