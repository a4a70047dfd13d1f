"""A Slack workspace in memory: channels, users, messages, reactions, files, and the methods that change them.

Shapes and error codes are those of the examples at https://docs.slack.dev/reference/methods (each method's page).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Arguments = dict[str, str]
Answer = dict[str, Any]


class Refused(Exception):
    """`{"ok": false, "error": code}`, with what Slack sends beside it."""

    def __init__(self, code: str, **beside: Any) -> None:
        super().__init__(code)
        self.body: Answer = {"ok": False, "error": code, **beside}


@dataclass
class Workspace:
    """Everything of one workspace, as tests look at it."""

    team: Answer = field(default_factory=lambda: {"id": "T0LOCAL00", "name": "Local", "domain": "local"})
    bot: str = "U0BOT0000"
    users: list[Answer] = field(default_factory=list[Answer])
    channels: dict[str, Answer] = field(default_factory=dict[str, Answer])
    messages: dict[str, list[Answer]] = field(default_factory=dict[str, list[Answer]])
    scheduled: list[Answer] = field(default_factory=list[Answer])
    ephemeral: list[Answer] = field(default_factory=list[Answer])
    files: dict[str, Answer] = field(default_factory=dict[str, Answer])
    uploaded: dict[str, bytes] = field(default_factory=dict[str, bytes])
    outside: set[str] = field(default_factory=set[str])
    """Channels that the app is not in."""
    page_items: int = 1000
    """The most items of a page, whatever `limit` asks for."""
    upload_origin: str = "https://files.slack.com"
    _clock: int = 0

    def __post_init__(self) -> None:
        self.users = [
            user("U0ADA0000", "ada", "Ada Lovelace", "ada@example.com"),
            user("U0GRACE00", "grace", "Grace Hopper", "grace@example.com"),
            {**user(self.bot, "blockyard", "Blockyard", ""), "is_bot": True},
            {**user("U0CHARLES", "charles", "Charles Babbage", ""), "deleted": True},
        ]
        for channel_id, name in (("C0GENERAL", "general"), ("C0RANDOM0", "random")):
            self.channels[channel_id] = channel(channel_id, name)

    def ts(self) -> str:
        """The next message's; each is later than the one before."""
        self._clock += 1
        return f"{1_700_000_000 + self._clock}.{self._clock:06d}"

    def say(self, channel_id: str, text: str, *, user_id: str = "U0ADA0000", **beside: Any) -> str:
        """Put a message there; its `ts`."""
        message = {"type": "message", "user": user_id, "text": text, "ts": self.ts(), **beside}
        self.messages.setdefault(channel_id, []).append(message)
        return str(message["ts"])

    # -- methods ---------------------------------------------------------------------------------------

    def auth_test(self, given: Arguments) -> Answer:
        """Source: https://docs.slack.dev/reference/methods/auth.test."""
        return {
            "url": f"https://{self.team['domain']}.slack.com/",
            "team": self.team["name"],
            "user": "blockyard",
            "team_id": self.team["id"],
            "user_id": self.bot,
            "bot_id": "B0LOCAL00",
            "is_enterprise_install": False,
        }

    def chat_post_message(self, given: Arguments) -> Answer:
        """A repeated `client_msg_id` gives the message of the first time.

        Source: https://docs.slack.dev/reference/methods/chat.postMessage (errors `duplicate_…_not_found`).
        """
        place = self._place(given, is_post=True)
        said = self.messages.setdefault(place, [])
        client_msg_id = given.get("client_msg_id")
        message = next(
            (one for one in said if client_msg_id and one.get("client_msg_id") == client_msg_id), None
        )
        if message is None:
            self.say(place, _text(given), user_id=self.bot, bot_id="B0LOCAL00", **_beside(given))
            message = said[-1]
        return {"channel": place, "ts": message["ts"], "message": message}

    def chat_update(self, given: Arguments) -> Answer:
        message = self._own_message(given, "cant_update_message")
        message.update(text=_text(given), **_beside(given))
        return {"channel": given["channel"], "ts": message["ts"], "text": message["text"], "message": message}

    def chat_delete(self, given: Arguments) -> Answer:
        message = self._own_message(given, "cant_delete_message")
        self.messages[given["channel"]].remove(message)
        return {"channel": given["channel"], "ts": message["ts"]}

    def chat_post_ephemeral(self, given: Arguments) -> Answer:
        place = self._place(given, is_post=True)
        self.ephemeral.append({"channel": place, "user": given["user"], "text": _text(given)})
        return {"message_ts": self.ts()}

    def chat_schedule_message(self, given: Arguments) -> Answer:
        post_at = int(given["post_at"])
        if post_at < 1_700_000_000:
            raise Refused("time_in_past")
        place, text = self._place(given, is_post=True), _text(given)
        self.scheduled.append({"channel": place, "text": text, "post_at": post_at})
        return {
            "channel": place,
            "scheduled_message_id": f"Q{len(self.scheduled):08d}",
            "post_at": str(post_at),
            "message": {"text": text, "type": "delayed_message", "subtype": "bot_message"},
        }

    def conversations_history(self, given: Arguments) -> Answer:
        said = [one for one in self.messages.get(self._place(given), []) if _is_between(one["ts"], given)]
        return self._page("messages", [one for one in reversed(said) if _is_root(one)], given)

    def conversations_replies(self, given: Arguments) -> Answer:
        said = self.messages.get(self._place(given), [])
        thread = [one for one in said if given["ts"] in (one["ts"], one.get("thread_ts"))]
        if not thread:
            raise Refused("thread_not_found")
        return self._page("messages", thread, given)

    def conversations_list(self, given: Arguments) -> Answer:
        kinds = given.get("types", "public_channel").split(",")
        found = [one for one in self.channels.values() if _kind(one) in kinds]
        if given.get("exclude_archived") == "true":
            found = [one for one in found if not one.get("is_archived")]
        return self._page("channels", found, given)

    def conversations_open(self, given: Arguments) -> Answer:
        users = given["users"].split(",")
        for user_id in users:
            self._user(user_id, "user_not_found")
        opened = "D0" + "".join(sorted(users))[2:9].ljust(7, "0")
        self.channels.setdefault(opened, {"id": opened, "is_im": True, "user": users[0]})
        return {"channel": self.channels[opened]}

    def conversations_set_topic(self, given: Arguments) -> Answer:
        place = self.channels[self._place(given, is_post=True)]
        place["topic"] = {"value": given["topic"], "creator": self.bot, "last_set": 1_700_000_000}
        return {"channel": place}

    def files_get_upload_url(self, given: Arguments) -> Answer:
        if not int(given["length"]):
            raise Refused("missing_argument")
        file_id = f"F{len(self.files):08d}"
        self.files[file_id] = {
            "id": file_id,
            "name": given["filename"],
            "size": int(given["length"]),
            "permalink": f"https://local.slack.com/files/{self.bot}/{file_id}/{given['filename']}",
        }
        return {"upload_url": f"{self.upload_origin}/upload/v1/{file_id}", "file_id": file_id}

    def files_complete_upload(self, given: Arguments) -> Answer:
        done: list[Answer] = []
        for one in json.loads(given["files"]):
            known = self.files.get(one["id"])
            if known is None or len(self.uploaded.get(one["id"], b"")) != known["size"]:
                raise Refused("file_not_found")
            known["title"] = one.get("title", known["name"])
            if "channel_id" in given:
                known["shared_in"] = (self._place({"channel": given["channel_id"]}), given.get("thread_ts"))
                known["initial_comment"] = given.get("initial_comment")
            done.append(known)
        return {"files": done}

    def reactions_add(self, given: Arguments) -> Answer:
        found = self._message(given, "timestamp").setdefault("reactions", [])
        if given["name"] in found:
            raise Refused("already_reacted")
        found.append(given["name"])
        return {}

    def reactions_remove(self, given: Arguments) -> Answer:
        found = self._message(given, "timestamp").get("reactions", [])
        if given["name"] not in found:
            raise Refused("no_reaction")
        found.remove(given["name"])
        return {}

    def search_messages(self, given: Arguments) -> Answer:
        found = [
            {**message, "channel": {"id": place, "name": self.channels[place].get("name", "")}}
            for place, said in self.messages.items()
            for message in said
            if given["query"].lower() in message["text"].lower()
        ]
        count, page = min(int(given.get("count", 20)), self.page_items), int(given.get("page", 1))
        paging = {"count": count, "total": len(found), "page": page, "pages": -(-len(found) // count)}
        matches = found[(page - 1) * count : page * count]
        return {
            "query": given["query"],
            "messages": {"total": len(found), "paging": paging, "matches": matches},
        }

    def users_info(self, given: Arguments) -> Answer:
        return {"user": self._user(given["user"], "user_not_found")}

    def users_list(self, given: Arguments) -> Answer:
        return {**self._page("members", self.users, given), "cache_ts": 1_700_000_000}

    def users_lookup_by_email(self, given: Arguments) -> Answer:
        for one in self.users:
            if one["profile"].get("email") == given["email"]:
                return {"user": one}
        raise Refused("users_not_found")

    # -- what they share -------------------------------------------------------------------------------

    def _page(self, key: str, items: list[Answer], given: Arguments) -> Answer:
        """Source: https://docs.slack.dev/apis/web-api/pagination."""
        start = int(given.get("cursor") or 0)
        end = start + min(int(given.get("limit", 100)), self.page_items)
        following = str(end) if end < len(items) else ""
        return {
            key: items[start:end],
            "has_more": bool(following),
            "response_metadata": {"next_cursor": following},
        }

    def _place(self, given: Arguments, *, is_post: bool = False) -> str:
        """Posting takes names and users too; everything else takes ids only."""
        asked = given["channel"]
        names = {one.get("name"): channel_id for channel_id, one in self.channels.items()}
        if is_post and asked.startswith("U"):
            asked = self.conversations_open({"users": asked})["channel"]["id"]
        place = names.get(asked.removeprefix("#"), asked) if is_post else asked
        if place not in self.channels:
            raise Refused("channel_not_found")
        if place in self.outside:
            raise Refused("not_in_channel")
        if self.channels[place].get("is_archived") and is_post:
            raise Refused("is_archived")
        return place

    def _message(self, given: Arguments, name: str = "ts") -> Answer:
        for message in self.messages.get(self._place(given), []):
            if message["ts"] == given[name]:
                return message
        raise Refused("message_not_found")

    def _own_message(self, given: Arguments, code: str) -> Answer:
        message = self._message(given)
        if message["user"] != self.bot:
            raise Refused(code)
        return message

    def _user(self, user_id: str, code: str) -> Answer:
        for one in self.users:
            if one["id"] == user_id:
                return one
        raise Refused(code)


def user(user_id: str, name: str, real_name: str, email: str) -> Answer:
    """Source: https://docs.slack.dev/reference/objects/user-object."""
    profile = {"real_name": real_name, "display_name": real_name.partition(" ")[0], "email": email}
    return {
        "id": user_id,
        "team_id": "T0LOCAL00",
        "name": name,
        "deleted": False,
        "real_name": real_name,
        "tz": "Europe/London",
        "profile": profile,
        "is_bot": False,
    }


def channel(channel_id: str, name: str, **beside: Any) -> Answer:
    """Source: https://docs.slack.dev/reference/objects/conversation-object."""
    kinds = {"is_channel": True, "is_group": False, "is_im": False, "is_private": False, "is_archived": False}
    return {"id": channel_id, "name": name, "name_normalized": name, **kinds, **beside}


def _kind(one: Answer) -> str:
    if one.get("is_im"):
        return "im"
    return "private_channel" if one.get("is_private") else "public_channel"


def _text(given: Arguments) -> str:
    if not given.get("text") and given.get("blocks", "[]") == "[]":
        raise Refused("no_text")
    return given.get("text", "")


def _beside(given: Arguments) -> Answer:
    kept: Answer = {name: given[name] for name in ("thread_ts", "client_msg_id") if name in given}
    return {**kept, **({"blocks": json.loads(given["blocks"])} if "blocks" in given else {})}


def _is_root(message: Answer) -> bool:
    return message.get("thread_ts") in (None, message["ts"])


def _is_between(ts: str, given: Arguments) -> bool:
    moment, oldest, latest = (float(one) for one in (ts, given.get("oldest", 0), given.get("latest", 9e9)))
    if given.get("inclusive") == "true":
        return oldest <= moment <= latest
    return oldest < moment < latest


Method = Callable[[Workspace, Arguments], Answer]
METHODS: dict[str, tuple[str, Method]] = {
    "auth.test": ("", Workspace.auth_test),
    "chat.delete": ("chat:write", Workspace.chat_delete),
    "chat.postEphemeral": ("chat:write", Workspace.chat_post_ephemeral),
    "chat.postMessage": ("chat:write", Workspace.chat_post_message),
    "chat.scheduleMessage": ("chat:write", Workspace.chat_schedule_message),
    "chat.update": ("chat:write", Workspace.chat_update),
    "conversations.history": ("channels:history", Workspace.conversations_history),
    "conversations.list": ("channels:read", Workspace.conversations_list),
    "conversations.open": ("im:write", Workspace.conversations_open),
    "conversations.replies": ("channels:history", Workspace.conversations_replies),
    "conversations.setTopic": ("channels:write.topic", Workspace.conversations_set_topic),
    "files.completeUploadExternal": ("files:write", Workspace.files_complete_upload),
    "files.getUploadURLExternal": ("files:write", Workspace.files_get_upload_url),
    "reactions.add": ("reactions:write", Workspace.reactions_add),
    "reactions.remove": ("reactions:write", Workspace.reactions_remove),
    "search.messages": ("search:read", Workspace.search_messages),
    "users.info": ("users:read", Workspace.users_info),
    "users.list": ("users:read", Workspace.users_list),
    "users.lookupByEmail": ("users:read.email", Workspace.users_lookup_by_email),
}
"""Method -> the scope that it takes, and what it does."""
