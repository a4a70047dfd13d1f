"""A small Telegram for the examples of blocks: answers in the shapes that are documented, without a network.

Source: https://core.telegram.org/bots/api#available-types
"""

from __future__ import annotations

import json
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any, cast

from backend.blocks.telegram._api import TelegramClient
from backend.blocks.telegram._auth import TEST_CREDENTIALS_INPUT
from backend.data.credentials import APIKeyCredentials
from backend.data.json_types import as_object
from backend.data.model import JsonObject
from backend.util.request import CallOptions, Headers, Response

ADA: JsonObject = {"id": 1111111, "type": "private", "first_name": "Ada"}
GROUP: JsonObject = {"id": -1001234567890, "type": "supergroup", "title": "Engines"}
BOT: JsonObject = {"id": 123456, "is_bot": True, "first_name": "Test", "username": "test_bot"}
GONE = "-100404"
PHOTO_ID, DOCUMENT_ID, BIG_ID = (
    "AgACAgIAAxkBAAIB_photo",
    "BQACAgIAAxkBAAIB_document",
    "BQACAgIAAxkBAAIB_too_big",
)
PHOTO: list[JsonObject] = [
    {"file_id": "AgACAgIAAxkBAAIB_small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 100},
    {"file_id": PHOTO_ID, "file_unique_id": "l", "width": 900, "height": 600, "file_size": 900},
]
DOCUMENT: JsonObject = {
    "file_id": DOCUMENT_ID,
    "file_unique_id": "d",
    "file_name": "größe.txt",
    "mime_type": "text/plain",
    "file_size": 5,
}
UPDATES: list[JsonObject] = [
    {"update_id": 10000, "message": {"message_id": 1365, "date": 1441645532, "chat": ADA, "text": "/start"}},
    {"update_id": 10001, "message": {"message_id": 1366, "date": 1441645533, "chat": ADA, "text": "Hello"}},
]
_PATHS = {PHOTO_ID: "photos/file_1.jpg", DOCUMENT_ID: "documents/file_2.txt"}


def given(**inputs: Any) -> JsonObject:
    """Inputs of an example, with its credential."""
    return {**inputs, "credentials": TEST_CREDENTIALS_INPUT}


def message(number: int = 7, chat: JsonObject = ADA, **parts: Any) -> JsonObject:
    """A message that the bot has sent."""
    return {"message_id": number, "from": BOT, "chat": chat, "date": 1441645600, **parts}


class SampleTelegram(TelegramClient):
    """The client with everything but the network."""

    async def exchange(self, method: str, options: CallOptions) -> Response:
        asked = _parameters(options)
        if str(asked.get("chat_id")) == GONE:
            return _refusal("Bad Request: chat not found")
        return _ANSWERS[method](asked)

    async def fetch(self, quoted_path: str) -> Response:
        return Response(200, Headers(), b"hello", "", 0.1)


def sample_telegram(credentials: APIKeyCredentials) -> TelegramClient:
    """For `test_mock`, in place of `telegram`."""
    return SampleTelegram(credentials)


def _sent(asked: JsonObject) -> Response:
    chat = ADA if asked["chat_id"] == ADA["id"] else GROUP
    replied = as_object(asked.get("reply_parameters"))
    parts: JsonObject = {name: asked[name] for name in ("text", "caption", "reply_markup") if name in asked}
    if replied is not None:
        parts["reply_to_message"] = {"message_id": replied["message_id"], "chat": chat}
    return _result(message(chat=chat, **parts))


def _sent_file(name: str, value: Any) -> Callable[[JsonObject], Response]:
    def answer(asked: JsonObject) -> Response:
        caption = {"caption": asked["caption"]} if "caption" in asked else {}
        return _result(message(**{name: value}, **caption))

    return answer


def _edited(asked: JsonObject) -> Response:
    if asked.get("text") == "As it is":
        return _refusal(
            "Bad Request: message is not modified: specified new message content is exactly the same"
        )
    return _result(message(asked["message_id"], text=asked.get("text", "As it was")))


def _deleted(asked: JsonObject) -> Response:
    is_there = asked["message_id"] == 7
    return _result(True) if is_there else _refusal("Bad Request: message to delete not found")


def _answered(asked: JsonObject) -> Response:
    is_there = asked["callback_query_id"] == "4382bfdwdsb323b2d9"
    said = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    return _result(True) if is_there else _refusal(said)


def _updates(asked: JsonObject) -> Response:
    first = asked.get("offset", 0)
    return _result([one for one in UPDATES if one["update_id"] >= first][: asked["limit"]])


def _located(asked: JsonObject) -> Response:
    path = _PATHS.get(asked["file_id"])
    if path is None:
        return _refusal("Bad Request: file is too big")
    return _result({"file_id": asked["file_id"], "file_unique_id": "u", "file_size": 5, "file_path": path})


_ANSWERS: dict[str, Callable[[JsonObject], Response]] = {
    "answerCallbackQuery": _answered,
    "deleteMessage": _deleted,
    "editMessageCaption": _edited,
    "editMessageReplyMarkup": _edited,
    "editMessageText": _edited,
    "getFile": _located,
    "getUpdates": _updates,
    "sendDocument": _sent_file("document", DOCUMENT),
    "sendMessage": _sent,
    "sendPhoto": _sent_file("photo", PHOTO),
}


def _parameters(options: CallOptions) -> JsonObject:
    """Of JSON, and of a form without its file."""
    raw = options.get("content")
    if raw is None:
        return as_object(options.get("json")) or {}
    kind = (options.get("headers") or {}).get("content-type", "")
    body = raw.encode() if isinstance(raw, str) else raw
    form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=policy.HTTP)
    parts = {part.get_param("name", header="content-disposition"): part for part in form.iter_parts()}
    fields = {str(name): part for name, part in parts.items() if part.get_filename() is None}
    return {name: cast("bytes", part.get_payload(decode=True)).decode() for name, part in fields.items()}


def _result(result: Any) -> Response:
    return _response(200, {"ok": True, "result": result})


def _refusal(said: str) -> Response:
    return _response(400, {"ok": False, "error_code": 400, "description": said})


def _response(status: int, body: JsonObject) -> Response:
    headers = Headers([("content-type", "application/json")])
    return Response(status, headers, json.dumps(body).encode(), "", 0.1)
