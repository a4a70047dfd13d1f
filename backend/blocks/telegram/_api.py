"""The client of Telegram's blocks: what the webhooks' client knows, and files, waits and the errors' cures.

The token is part of each address. No error, output or log has it: errors are made anew without the one they
come from, and the engine takes the credential out of what is shown of a failed call.

Source: https://core.telegram.org/bots/api#making-requests
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote, urlsplit

from backend.data.file import FileContent
from backend.data.json_parts import object_at, objects_at, text_at
from backend.data.json_types import as_object
from backend.data.model import JsonObject
from backend.integrations.webhooks._telegram_api import ORIGIN, TelegramApi, body_of
from backend.integrations.webhooks._telegram_errors import error_of, is_unchanged
from backend.util.errors import ProviderError, ProviderNotFound, RateLimited
from backend.util.http_encode import encoded
from backend.util.off_loop import off_loop
from backend.util.request import AsyncRequests, CallOptions, Response

MEGABYTE = 1_048_576
"""The larger one: Telegram does not say which it means, and refuses itself what lies between."""
MAX_PHOTO_BYTES = 10 * MEGABYTE
MAX_DOCUMENT_BYTES = 50 * MEGABYTE
MAX_DOWNLOAD_BYTES = 20 * MEGABYTE
"""Source: https://core.telegram.org/bots/api#sending-files, https://core.telegram.org/bots/api#getfile"""
CALL_TIMEOUT_S = 30.0
FILE_TIMEOUT_S = 120.0
MAX_WAITS = 3
LONGEST_WAIT_S = 30.0
"""A call waits so long for its turn, three times at most; whoever has to wait longer hears it as an error."""


class TelegramClient(TelegramApi):
    """One bot.

    Every method raises CredentialsError (401, 404: the token), ProviderForbidden (403), ProviderNotFound (no such
    chat, message, file), RateLimited (`retry_after_s`), ProviderUnavailable (5xx, no answer in time) or
    ProviderError, with Telegram's own sentence. Nothing is sent again but what Telegram has not taken (429): it
    knows no keys by which it would find repeats.
    """

    @property
    def bot_id(self) -> str:
        """The id of the bot's own user, with which its token begins; it is no secret."""
        return self._token.partition(":")[0]

    async def call(self, method: str, **parameters: Any) -> Any:
        """The `result` of a method; parameters that are None are left out."""
        return await self._result(method, {"json": _given(parameters)})

    async def send(self, method: str, **parameters: Any) -> JsonObject:
        """The message that a method has sent.

        Source: https://core.telegram.org/bots/api#sendmessage
        """
        return _message(method, await self.call(method, **parameters))

    async def send_file(
        self, method: str, field: str, file: str | FileContent, **parameters: Any
    ) -> JsonObject:
        """The message with the file in `field`; as text it is the id of one that Telegram has.

        Source: https://core.telegram.org/bots/api#sending-files
        """
        if isinstance(file, str):
            return await self.send(method, **parameters, **{field: file})
        fields = {name: _form_value(value) for name, value in _given(parameters).items()}
        part = (file.name, file.data, file.media_type)
        body, described = await off_loop(
            len(file.data), encoded, json_value=None, data=fields, content=None, files={field: part}
        )
        options: CallOptions = {"content": body, "headers": described, "timeout_s": FILE_TIMEOUT_S}
        return _message(method, await self._result(method, options))

    async def edit(self, method: str, **parameters: Any) -> tuple[bool, JsonObject]:
        """Whether anything changed, and the message as it is then; empty where Telegram does not tell it.

        Source: https://core.telegram.org/bots/api#updating-messages
        """
        try:
            return True, as_object(await self.call(method, **parameters)) or {}
        except ProviderError as error:
            if is_unchanged(error):
                return False, {}
            raise

    async def delete(self, chat_id: int | str, message_id: int) -> None:
        """Source: https://core.telegram.org/bots/api#deletemessage"""
        await self.call("deleteMessage", chat_id=chat_id, message_id=message_id)

    async def answer(self, query_id: str, text: str, *, show_alert: bool, cache_s: int) -> None:
        """Source: https://core.telegram.org/bots/api#answercallbackquery"""
        await self.call(
            "answerCallbackQuery",
            callback_query_id=query_id,
            text=text or None,
            show_alert=show_alert or None,
            cache_time=cache_s or None,
        )

    async def updates(
        self, *, offset: int | None, limit: int, wait_s: int, kinds: list[str]
    ) -> list[JsonObject]:
        """Updates from `offset` on, oldest first; Telegram forgets those before it. Waits `wait_s` for a first one.

        Raises:
            ProviderError: they go to a webhook (409); the message says whither.
        Source: https://core.telegram.org/bots/api#getupdates
        """
        asked = {"offset": offset, "limit": limit, "timeout": wait_s, "allowed_updates": kinds or None}
        options: CallOptions = {"json": _given(asked), "timeout_s": CALL_TIMEOUT_S + wait_s}
        try:
            return objects_at({"updates": await self._result("getUpdates", options)}, "updates")
        except ProviderError as error:
            if error.http_status != 409:
                raise
            refusal = error
        raise await self._taken() or refusal

    async def file(self, file_id: str) -> JsonObject:
        """Where a file lies for an hour at least: `file_path`, `file_size`, `file_unique_id`.

        Source: https://core.telegram.org/bots/api#getfile
        """
        found = object_at({"file": await self.call("getFile", file_id=file_id)}, "file")
        if not text_at(found, "file_path"):
            raise ProviderNotFound("Telegram has that file no longer. Have it sent to the bot again.")
        return found

    async def download(self, file_path: str) -> bytes:
        """The bytes of a file.

        Raises:
            ProviderNotFound: the path of `file` has expired.
        Source: https://core.telegram.org/bots/api#file
        """
        response = await self.fetch(quote(file_path))
        if response.status == 404:
            raise ProviderNotFound(
                "Telegram has that file no longer. Have it sent to the bot again.", http_status=404
            )
        if not response.ok:
            body = await body_of(response)
            raise error_of("the download of a file", response.status, body, secret=self._token)
        return response.content

    async def fetch(self, quoted_path: str) -> Response:
        """One download over HTTP, whatever its answer."""
        client = AsyncRequests(raise_for_status=False, timeout_s=FILE_TIMEOUT_S, max_bytes=MAX_DOWNLOAD_BYTES)
        return await self._sent(client, "GET", f"{ORIGIN}/file/bot{self._token}/{quoted_path}", {})

    async def _result(self, method: str, options: CallOptions) -> Any:
        for _ in range(MAX_WAITS):
            try:
                return await self._once(method, options)
            except RateLimited as error:
                wait_s = error.retry_after_s
                if wait_s is None or wait_s > LONGEST_WAIT_S:
                    raise
            await asyncio.sleep(wait_s)
        return await self._once(method, options)

    async def _taken(self) -> ProviderError | None:
        """The error that says where the updates go; None when no webhook is set.

        Source: https://core.telegram.org/bots/api#getwebhookinfo
        """
        url = text_at(await self.call("getWebhookInfo"), "url")
        if not url:
            return None
        host = urlsplit(url).hostname or "another address"  # no more of it: the path is often a secret
        return ProviderError(
            f"This bot's updates go to the webhook at {host}, so nobody can ask for them. A graph with a "
            "Telegram trigger sets one: unpublish it, or use another bot here.",
            http_status=409,
        )


def _given(parameters: JsonObject) -> JsonObject:
    return {name: value for name, value in parameters.items() if value is not None}


def _form_value(value: Any) -> str | int | float | bool:
    """As a form has it: objects are JSON."""
    return value if isinstance(value, (str, int, float)) else json.dumps(value, ensure_ascii=False)


def _message(method: str, result: Any) -> JsonObject:
    message = as_object(result)
    if message is None or not text_at(message, "message_id"):
        raise ProviderError(
            f"Telegram took {method} without naming the message. Look in the chat before you try again."
        )
    return message
