"""A small workspace for the examples of blocks: answers in the shapes that Slack documents, without a network.

Source: the examples at https://docs.slack.dev/reference/methods.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from backend.blocks.slack._api import SlackClient, SlackCredentials
from backend.data.model import JsonObject
from backend.util.request import Headers, Response

TS = "1503435956.000247"
ADA: JsonObject = {
    "id": "U0ADA0000",
    "team_id": "T0EXAMPLE",
    "name": "ada",
    "real_name": "Ada Lovelace",
    "tz": "Europe/London",
    "deleted": False,
    "is_bot": False,
    "profile": {"display_name": "Ada", "real_name": "Ada Lovelace", "email": "ada@example.com"},
}
BOT: JsonObject = {"id": "U0BOT0000", "name": "blockyard", "deleted": False, "is_bot": True, "profile": {}}
GONE: JsonObject = {"id": "U0GONE000", "name": "charles", "deleted": True, "is_bot": False, "profile": {}}
GENERAL: JsonObject = {
    "id": "C0GENERAL",
    "name": "general",
    "is_channel": True,
    "is_private": False,
    "is_archived": False,
    "num_members": 2,
    "topic": {"value": "Everything", "creator": "U0ADA0000", "last_set": 1503435000},
}
RANDOM: JsonObject = {**GENERAL, "id": "C0RANDOM0", "name": "random"}
DM: JsonObject = {"id": "D0ADA0000", "is_im": True, "user": "U0ADA0000"}
FIRST: JsonObject = {"type": "message", "user": "U0ADA0000", "text": "Hello", "ts": TS}
SECOND: JsonObject = {
    "type": "message",
    "user": "U0BOT0000",
    "text": "Hi",
    "ts": "1503435957.000100",
    "thread_ts": TS,
}
FILE: JsonObject = {
    "id": "F0EXAMPLE",
    "title": "Notes",
    "name": "notes.txt",
    "permalink": "https://example.slack.com/files/U0BOT0000/F0EXAMPLE/notes.txt",
}
MATCH: JsonObject = {**FIRST, "channel": {"id": "C0GENERAL", "name": "general"}, "username": "ada"}

Answer = JsonObject | Callable[[JsonObject], JsonObject]


def _posted(given: JsonObject) -> JsonObject:
    message = {"type": "message", "text": given.get("text", ""), "ts": TS, "bot_id": "B0EXAMPLE"}
    return {"channel": "C0GENERAL", "ts": TS, "message": message}


def _listed(key: str, *items: JsonObject) -> Callable[[JsonObject], JsonObject]:
    def page(given: JsonObject) -> JsonObject:
        start, limit = int(given.get("cursor") or 0), int(given.get("limit") or 100)
        following = str(start + limit) if start + limit < len(items) else ""
        return {
            key: list(items[start : start + limit]),
            "response_metadata": {"next_cursor": following},
        }

    return page


def _by_email(given: JsonObject) -> JsonObject:
    return {"user": ADA} if given["email"] == "ada@example.com" else {"ok": False, "error": "users_not_found"}


def _by_id(given: JsonObject) -> JsonObject:
    return {"user": ADA} if given["user"] == ADA["id"] else {"ok": False, "error": "user_not_found"}


_ANSWERS: dict[str, Answer] = {
    "auth.test": {"url": "https://example.slack.com/", "team": "Example", "user": "blockyard"},
    "chat.delete": {"channel": "C0GENERAL", "ts": TS},
    "chat.postEphemeral": {"message_ts": TS},
    "chat.postMessage": _posted,
    "chat.scheduleMessage": lambda given: {
        "channel": "C0GENERAL",
        "scheduled_message_id": "Q0EXAMPLE",
        "post_at": given["post_at"],
        "message": {"text": given.get("text", ""), "type": "delayed_message"},
    },
    "chat.update": lambda given: {"channel": "C0GENERAL", "ts": TS, "text": given.get("text", "")},
    "conversations.history": _listed("messages", SECOND, FIRST),
    "conversations.list": _listed("channels", GENERAL, RANDOM),
    "conversations.open": {"channel": DM},
    "conversations.replies": _listed("messages", FIRST, SECOND),
    "conversations.setTopic": {"channel": GENERAL},
    "files.completeUploadExternal": {"files": [FILE]},
    "files.getUploadURLExternal": {
        "upload_url": "https://files.slack.com/upload/v1/EXAMPLE",
        "file_id": "F0EXAMPLE",
    },
    "reactions.add": lambda given: (
        {"ok": False, "error": "already_reacted"} if given["name"] == "tada" else {"ok": True}
    ),
    "reactions.remove": lambda given: (
        {"ok": False, "error": "no_reaction"} if given["name"] == "eyes" else {"ok": True}
    ),
    "search.messages": {
        "query": "hello",
        "messages": {
            "total": 1,
            "paging": {"count": 20, "total": 1, "page": 1, "pages": 1},
            "matches": [MATCH],
        },
    },
    "users.info": _by_id,
    "users.list": _listed("members", ADA, BOT, GONE),
    "users.lookupByEmail": _by_email,
}
_REFUSALS: dict[str, JsonObject] = {
    "C0MISSING": {"ok": False, "error": "channel_not_found"},
    "C0OUTSIDE": {"ok": False, "error": "not_in_channel"},
    "C0SCOPES0": {"ok": False, "error": "missing_scope", "needed": "chat:write", "provided": "users:read"},
}
"""By channel: what a person may see go wrong."""


class SampleSlack(SlackClient):
    """The client with everything but the network."""

    async def exchange(self, verb: str, method: str, arguments: JsonObject) -> Response:
        return _response({"ok": True, **self._answer(method, arguments)})

    async def send_file(self, upload_url: str, data: bytes) -> Response:
        return Response(200, Headers(), b"OK - 5", upload_url, 0.1)

    def _answer(self, method: str, arguments: JsonObject) -> JsonObject:
        refused = _REFUSALS.get(str(arguments.get("channel")))
        answer: Any = refused or _ANSWERS[method]
        return answer(arguments) if callable(answer) else answer  # type: ignore[no-any-return]  # see Answer


def sample_slack(credentials: SlackCredentials) -> SlackClient:
    """For `test_mock`, in place of `slack`."""
    return SampleSlack(credentials)


def _response(body: JsonObject) -> Response:
    headers = Headers([("content-type", "application/json; charset=utf-8")])
    return Response(200, headers, orjson.dumps(body), "https://slack.com/api/", 0.1)
