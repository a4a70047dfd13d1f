"""What we ask of Telegram's Bot API. The token is part of each address, so errors never quote one.

Source: https://core.telegram.org/bots/api#making-requests
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from backend.data.credentials import APIKeyCredentials, Credentials
from backend.data.json_parts import text_at, value_at
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderUnavailable,
    RateLimited,
)
from backend.util.request import AsyncRequests, Response

ORIGIN = "https://api.telegram.org"
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,100}")
_KINDS: dict[int, type[ProviderError]] = {
    401: CredentialsError,
    403: ProviderForbidden,
    404: CredentialsError,  # a token that never was one
    429: RateLimited,
}


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
        try:
            response = await self._requests.post(f"{ORIGIN}/bot{self._token}/{method}", json=parameters)
        except ProviderError as error:
            said = str(error).replace(self._token, "***")
            raise type(error)(
                said, http_status=error.http_status, retry_after_s=error.retry_after_s
            ) from None
        body = _json_of(response)
        if value_at(body, "ok") is not True:
            _refuse(method, response.status, body)
        return value_at(body, "result")


def _token_of(credentials: Credentials | None) -> str:
    if not isinstance(credentials, APIKeyCredentials):
        raise CredentialsError("Telegram needs a bot's token as an API key. Get one from @BotFather.")
    token = credentials.api_key.get_secret_value().strip()
    if not _TOKEN.fullmatch(token):
        raise CredentialsError(
            "This is no token of a Telegram bot, which looks like 123456:ABC-DEF. Get it from @BotFather."
        )
    return token


def _json_of(response: Response) -> Any:
    try:
        return response.json()
    except ProviderError:
        return {}


def _refuse(method: str, status: int, body: Any) -> NoReturn:
    said = text_at(body, "description") or f"HTTP {status}"
    wait_s = value_at(body, "parameters", "retry_after")
    kind = _KINDS.get(status) or (ProviderUnavailable if status >= 500 else ProviderError)
    cure = " Connect the bot again with the token that @BotFather shows." if kind is CredentialsError else ""
    raise kind(
        f"Telegram refused {method}: {said}.{cure}",
        http_status=status,
        retry_after_s=float(wait_s) if isinstance(wait_s, int) else None,
    )
