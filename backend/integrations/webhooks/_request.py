"""One delivery as it came: headers and raw body, and the answers that a manager may give to it at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from backend.data.model import JsonObject
from backend.util.errors import BadInput
from backend.util.json_text import parse_json


class WebhookRequest:
    """A request of a provider. `headers` have names in lower case; of repeated ones the last counts."""

    def __init__(self, headers: Iterable[tuple[bytes, bytes]], raw: bytes) -> None:
        self.raw = raw
        self.headers: Mapping[str, str] = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers
        }

    @cached_property
    def parsed(self) -> Any:
        """The body as JSON, parsed once.

        Raises:
            BadInput: it is none.
        """
        return parse_json(self.raw)

    def parse_ahead(self) -> None:
        """Parse it where that holds nobody up; what is wrong with it is told to whoever asks."""
        with suppress(BadInput):
            _ = self.parsed

    async def body(self) -> bytes:
        """The bytes that were signed."""
        return self.raw

    async def json(self) -> Any:
        """See `parsed`."""
        return self.parsed

    def header(self, name: str) -> str:
        """Its value, empty without it."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider is answered at once, without a run: a challenge, a ping. `body` is sent as JSON."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Introduction:
    """A provider brings the secret in its first request; it is stored, and what comes later is checked with it."""

    secret: str = field(repr=False)
    reply: Reply = Reply()


@dataclass(frozen=True, slots=True)
class Registration:
    """What a provider said when a webhook was made there. `secret` None: the one that we gave it."""

    provider_webhook_id: str
    secret: str | None = field(default=None, repr=False)
    config: JsonObject = field(default_factory=dict[str, Any])
