"""A Bot API on this machine, for one bot: who it is, its webhook, its chats, and the files that it was sent.

Chats, messages and updates are kept, so that what was sent can be changed, deleted and looked at.
Source: https://core.telegram.org/bots/api
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from tests.support.http_server import Answer, LocalServer, Seen, local_http_server, reachable

TOKEN = "123456:mock-telegram-bot-token"
STRANGER = "654321:the-token-of-a-bot-that-was-deleted"
ORIGIN = "https://api.telegram.org"
ADA: dict[str, Any] = {"id": 1111111, "type": "private", "first_name": "Ada", "username": "ada"}
GROUP: dict[str, Any] = {"id": -1001234567890, "type": "supergroup", "title": "Engines"}
NEWS: dict[str, Any] = {"id": -1009876543210, "type": "channel", "title": "News", "username": "engine_news"}
BOT: dict[str, Any] = {"id": 123456, "is_bot": True, "first_name": "Test", "username": "test_bot"}
LONGEST_TEXT, LONGEST_CAPTION, MOST_FILE_BYTES = 4096, 1024, 20_000_000
_METHODS = (
    "answerCallbackQuery",
    "deleteMessage",
    "deleteWebhook",
    "editMessageCaption",
    "editMessageReplyMarkup",
    "editMessageText",
    "getFile",
    "getMe",
    "getUpdates",
    "getWebhookInfo",
    "sendDocument",
    "sendMessage",
    "sendPhoto",
    "setWebhook",
)
_TAG = re.compile(r"<(/?)([a-z]+)[^>]*>")
_CHANGEABLE = {"text", "caption", "reply_markup"}
_DONE = {"edit": "edited", "delete": "deleted"}
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


class Refused(Exception):
    """What Telegram says instead of a result. `parameters` are its ResponseParameters."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = parameters


class TelegramBot:
    """What the server knows of the bot. `refusals`: method -> the status and description it answers."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.webhook: dict[str, Any] = {"url": ""}
        self.calls: list[str] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.refusals: dict[str, tuple[int, str]] = {}
        self.limits: dict[str, list[int]] = defaultdict(list)
        """Method -> the seconds for which its next calls are put off, one after the other."""
        self.server: LocalServer | None = None
        self.chats = {str(chat["id"]): chat for chat in (ADA, GROUP, NEWS)} | {"@engine_news": NEWS}
        self.moved: dict[str, int] = {}
        """Chats that were upgraded -> their new id."""
        self.blocked: set[str] = set()
        self.messages: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.uploaded: dict[str, tuple[str, bytes]] = {}
        """Id of a file -> its name and its bytes."""
        self.updates: list[dict[str, Any]] = []
        self.pressed: set[str] = set()
        """Ids of buttons that wait for an answer."""
        self._files: dict[str, dict[str, Any]] = {}

    def routes(self) -> Mapping[str, Any]:
        stranger = _refused(Refused(401, "Unauthorized"))
        return {
            **{f"/bot{self.token}/{method}": self._answering(method) for method in _METHODS},
            **{f"/bot{STRANGER}/{method}": stranger for method in _METHODS},
        }

    def of(self, method: str) -> list[dict[str, Any]]:
        """The parameters of the calls of a method, in order."""
        return [parameters for called, parameters in self.asked if called == method]

    def say(self, chat: dict[str, Any], text: str) -> int:
        """A message of somebody else's; its id."""
        return int(self._kept(chat, {"from": {"id": 5, "first_name": "Eve"}, "text": text})["message_id"])

    def keep_file(self, file_id: str, path: str, data: bytes) -> None:
        """A file that the bot was sent; it can be downloaded."""
        assert self.server is not None
        self._files[file_id] = {"file_path": path, "file_size": len(data)}
        self.server.routes[f"/file/bot{self.token}/{quote(path)}"] = Answer(
            200, data, {"Content-Type": "application/octet-stream"}
        )

    def _answering(self, method: str) -> Any:
        def answer(seen: Seen) -> Answer:
            self.calls.append(method)
            parameters = self._parameters(seen)
            self.asked.append((method, parameters))
            try:
                if self.limits[method]:
                    wait_s = self.limits[method].pop(0)
                    raise Refused(429, f"Too Many Requests: retry after {wait_s}", retry_after=wait_s)
                if method in self.refusals:
                    status, said = self.refusals[method]
                    raise Refused(status, said, **({"retry_after": 7} if status == 429 else {}))
                return Answer.of_json({"ok": True, "result": self._result(method, parameters)})
            except Refused as refused:
                return _refused(refused)

        return answer

    def _result(self, method: str, parameters: dict[str, Any]) -> Any:
        match method:
            case "getMe":
                return BOT
            case "getWebhookInfo":
                return {
                    "url": self.webhook["url"],
                    "has_custom_certificate": False,
                    "pending_update_count": 0,
                }
            case "setWebhook" | "deleteWebhook":
                self.webhook = {"url": "", **(parameters if method == "setWebhook" else {})}
                return True
            case "getUpdates":
                return self._updates(parameters)
            case "getFile":
                return self._file(parameters)
            case "answerCallbackQuery":
                return self._answer(parameters)
            case "sendMessage" | "sendPhoto" | "sendDocument":
                return self._send(method, parameters)
            case "deleteMessage":
                message = self._found(parameters, "delete")
                self.messages[message["chat"]["id"]].remove(message)
                return True
            case _:
                return self._edit(parameters)

    def _parameters(self, seen: Seen) -> dict[str, Any]:
        """Of JSON or of a form, whose file is kept under an id of its own."""
        kind, _, boundary = seen.headers.get("content-type", "").partition("; boundary=")
        if kind != "multipart/form-data":
            return dict(seen.json()) if seen.body else {}
        found: dict[str, Any] = {}
        for part in seen.body.split(b"--" + boundary.encode())[1:-1]:
            head, _, content = part.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
            name, filename = (re.search(rf'\b{key}="([^"]*)"', head.decode()) for key in ("name", "filename"))
            assert name is not None
            if filename is None:
                text = content.decode()
                found[name[1]] = json.loads(text) if text[:1] in ("{", "[") else text
            else:
                found[name[1]] = f"BQACAgIAAxkBAAIB_upload_{len(self.uploaded)}"
                self.uploaded[found[name[1]]] = (filename[1], content)
        return found

    def _chat(self, parameters: dict[str, Any]) -> dict[str, Any]:
        wanted = str(parameters["chat_id"])
        if wanted in self.moved:
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, said, migrate_to_chat_id=self.moved[wanted])
        if wanted in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if wanted not in self.chats:
            raise Refused(400, "Bad Request: chat not found")
        return self.chats[wanted]

    def _found(self, parameters: dict[str, Any], verb: str) -> dict[str, Any]:
        """The message that is to be changed, which is the bot's own.

        Source of the words: none is documented; they are what the Bot API says in 2025.
        """
        chat, wanted = self._chat(parameters), int(parameters["message_id"])
        found = [one for one in self.messages[chat["id"]] if one["message_id"] == wanted]
        if not found:
            raise Refused(400, f"Bad Request: message to {verb} not found")
        if found[0]["from"] != BOT:
            raise Refused(400, f"Bad Request: message can't be {_DONE[verb]}")
        return found[0]

    def _send(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        chat = self._chat(parameters)
        field = {"sendMessage": "text", "sendPhoto": "photo", "sendDocument": "document"}[method]
        content = _content(parameters)
        if field != "text":
            content[field] = self._media(field, parameters[field])
        elif not content.get("text", "").strip():
            raise Refused(400, "Bad Request: message text is empty")
        if "reply_parameters" in parameters:
            wanted = parameters["reply_parameters"]["message_id"]
            replied = [one for one in self.messages[chat["id"]] if one["message_id"] == wanted]
            if not replied:
                raise Refused(400, "Bad Request: message to be replied not found")
            content["reply_to_message"] = replied[0]
        return self._kept(chat, {"from": BOT, **content})

    def _media(self, field: str, file_id: str) -> Any:
        if file_id not in self.uploaded and file_id not in self._files:
            raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
        name, data = self.uploaded.get(file_id, ("file", b""))
        if field == "photo":
            size = {"file_id": file_id, "file_unique_id": "l", "width": 900, "height": 600}
            return [{**size, "file_id": f"{file_id}_small", "width": 90, "height": 60}, size]
        return {"file_id": file_id, "file_unique_id": "d", "file_name": name, "file_size": len(data)}

    def _edit(self, parameters: dict[str, Any]) -> dict[str, Any]:
        message = self._found(parameters, "edit")
        content = _content(parameters)
        keeps = {"text", "caption"} - content.keys()
        after = {name: value for name, value in message.items() if name in keeps or name not in _CHANGEABLE}
        after |= content
        if after == message:
            raise Refused(400, f"Bad Request: {_SAME}")
        message.clear()
        message.update(after)
        return message

    def _kept(self, chat: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
        number = len(self.messages[chat["id"]]) + 1
        message = {"message_id": number, "chat": chat, "date": 1441645600, **parts}
        self.messages[chat["id"]].append(message)
        return message

    def _updates(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook["url"]:
            said = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise Refused(409, f"Conflict: {said}")
        first = parameters.get("offset", 0)
        self.updates = [one for one in self.updates if one["update_id"] >= first]
        wanted = parameters.get("allowed_updates")
        fitting = [one for one in self.updates if not wanted or one.keys() & set(wanted)]
        return fitting[: parameters.get("limit", 100)]

    def _file(self, parameters: dict[str, Any]) -> dict[str, Any]:
        file_id = parameters["file_id"]
        if file_id not in self._files:
            raise Refused(400, "Bad Request: invalid file_id")
        if self._files[file_id]["file_size"] > MOST_FILE_BYTES:
            raise Refused(400, "Bad Request: file is too big")
        return {"file_id": file_id, "file_unique_id": "u", **self._files[file_id]}

    def _answer(self, parameters: dict[str, Any]) -> bool:
        if parameters["callback_query_id"] not in self.pressed:
            said = "query is too old and response timeout expired or query ID is invalid"
            raise Refused(400, f"Bad Request: {said}")
        self.pressed.remove(parameters["callback_query_id"])
        return True


def _content(parameters: dict[str, Any]) -> dict[str, Any]:
    """What a message says, checked: its text without marks, its caption, its buttons."""
    made: dict[str, Any] = {}
    for name, longest, word in (("text", LONGEST_TEXT, ""), ("caption", LONGEST_CAPTION, "caption ")):
        if name in parameters:
            text = _unmarked(parameters[name], parameters.get("parse_mode"))
            if len(text.encode("utf-16-le")) > 2 * longest:
                raise Refused(400, f"Bad Request: message {word}is too long")
            made[name] = text
    if "reply_markup" in parameters:
        made["reply_markup"] = parameters["reply_markup"]
    return made


def _unmarked(text: str, parse_mode: str | None) -> str:
    if parse_mode != "HTML":
        return text
    opened: list[str] = []
    for closes, tag in _TAG.findall(text):
        if not closes:
            opened.append(tag)
        elif not opened or opened.pop() != tag:
            raise Refused(400, f'Bad Request: can\'t parse entities: Unexpected end tag "{tag}"')
    if opened:
        said = f'Can\'t find end tag corresponding to start tag "{opened[-1]}"'
        raise Refused(400, f"Bad Request: can't parse entities: {said}")
    return _TAG.sub("", text)


def _refused(refused: Refused) -> Answer:
    body: dict[str, Any] = {"ok": False, "error_code": refused.status, "description": str(refused)}
    if refused.parameters:
        body["parameters"] = refused.parameters
    return Answer.of_json(body, status=refused.status)


@contextmanager
def telegram_bot() -> Iterator[TelegramBot]:
    """The bot is reached under Telegram's own address until the block is left."""
    bot = TelegramBot()
    with local_http_server(bot.routes()) as server, reachable(server, origin_map={ORIGIN: server.base_url}):
        bot.server = server
        yield bot
