"""What we ask of Telegram's Bot API. The token is part of each address, so errors never quote one.

Source: https://core.telegram.org/bots/api#making-requests
"""

from __future__ import annotations

import re
from typing import Any

from backend.data.credentials import APIKeyCredentials, Credentials
from backend.data.json_parts import value_at
from backend.data.json_types import as_object
from backend.data.model import JsonObject
from backend.integrations.webhooks._telegram_errors import error_of
from backend.util.errors import BadInput, CredentialsError, ProviderError
from backend.util.json_text import parse_json
from backend.util.off_loop import off_loop
from backend.util.request import AsyncRequests, CallOptions, Response

ORIGIN = "https://api.telegram.org"
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,100}")


class TelegramApi:
    """One bot."""

    def __init__(self, credentials: Credentials | None) -> None:
        """
        Raises:
            CredentialsError: there is no bot token.
        """
        self._token = _token_of(credentials)
        self._requests = AsyncRequests(raise_for_status=False)

    async def call(self, method: str, **parameters: Any) -> Any:
        """The `result` of a method.

        Raises:
            ProviderError: as Telegram describes it.
        """
        return await self._once(method, {"json": parameters})

    async def exchange(self, method: str, options: CallOptions) -> Response:
        """One call over HTTP, whatever its answer."""
        return await self._sent(self._requests, "POST", f"{ORIGIN}/bot{self._token}/{method}", options)

    async def _once(self, method: str, options: CallOptions) -> Any:
        response = await self.exchange(method, options)
        body = await body_of(response)
        if value_at(body, "ok") is True:
            return value_at(body, "result")
        raise error_of(method, response.status, body, secret=self._token)

    async def _sent(self, client: AsyncRequests, verb: str, url: str, options: CallOptions) -> Response:
        """Raised outside of `except`, so that no traceback has the address of the first error in it."""
        try:
            return await client.request(verb, url, **options)
        except ProviderError as error:
            said = str(error).replace(self._token, "***")
            kind, http_status, wait_s = type(error), error.http_status, error.retry_after_s
        raise kind(said, http_status=http_status, retry_after_s=wait_s)


async def body_of(response: Response) -> JsonObject:
    """The answer as an object; empty where it is none, so that the status decides."""
    try:
        return as_object(await off_loop(len(response.content), parse_json, response.content)) or {}
    except BadInput:
        return {}


def _token_of(credentials: Credentials | None) -> str:
    if not isinstance(credentials, APIKeyCredentials):
        raise CredentialsError("Telegram needs a bot's token as an API key. Get one from @BotFather.")
    token = credentials.api_key.get_secret_value().strip()
    if not _TOKEN.fullmatch(token):
        raise CredentialsError(
            "This is no token of a Telegram bot, which looks like 123456:ABC-DEF. Get it from @BotFather."
        )
    return token
