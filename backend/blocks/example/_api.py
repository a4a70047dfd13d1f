"""The client of the Example API; `examples/example_api.py` answers to it."""

from __future__ import annotations

from typing import Any, cast

from backend.data.credentials import APIKeyCredentials
from backend.data.model import JsonObject
from backend.util.errors import ProviderError
from backend.util.request import AsyncRequests

BASE_URL = "https://api.example.com/v1"


class ExampleClient:
    """One person's Example account.

    Every method raises what `AsyncRequests` raises, with the API's own sentence in it: CredentialsError (401),
    ProviderNotFound (404), RateLimited (429, `retry_after_s`), ProviderUnavailable (5xx, no answer in time),
    ProviderError (422 and the rest).
    Source: examples/example_api.py.
    """

    def __init__(self, credentials: APIKeyCredentials) -> None:
        self._requests = AsyncRequests(
            extra_headers={"Authorization": credentials.auth_header()},
            trusted_origins=["https://api.example.com"],
        )

    async def create_resource(self, name: str, kind: str, *, idempotency_key: str) -> JsonObject:
        """Make a resource; with the key of an earlier call that one's resource comes back."""
        response = await self._requests.post(
            f"{BASE_URL}/resources",
            json={"name": name, "type": kind},
            headers={"Idempotency-Key": idempotency_key},
        )
        return _object(response.json())

    async def read_me(self) -> JsonObject:
        """Whose API key it is: `name`, `email`, `organization`."""
        response = await self._requests.get(f"{BASE_URL}/me")
        return _object(response.json())


def _object(value: Any) -> JsonObject:
    if not isinstance(value, dict):
        raise ProviderError(
            "The Example API answered with something else than an object. Is it the right address?"
        )
    return cast("JsonObject", value)
