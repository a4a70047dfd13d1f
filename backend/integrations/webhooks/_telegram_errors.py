"""What Telegram's refusals mean for a person. Pure.

Telegram has one code for most of them, 400, and says the rest in words that it may change: words that are not known
here are told as they are.
Source: https://core.telegram.org/bots/api#making-requests, https://core.telegram.org/bots/api#responseparameters
"""

from __future__ import annotations

from typing import Any

from backend.data.json_parts import text_at, value_at
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    ProviderUnavailable,
    RateLimited,
)

_RECONNECT = "Connect the bot again with the token that @BotFather shows."
_LIMITED = "Send fewer: Telegram takes about one message a second for a chat, and 20 a minute for a group."
_MARKS = (
    "Correct the marks in the text, or set `parse_mode` to none. HTML wants &lt; for <, and MarkdownV2 a \\ before "
    "each of _*[]()~`>#+-=|{}.! that is no mark."
)
_LONGEST = 500
_Kind = tuple[type[ProviderError], str]

_KINDS: dict[int, _Kind] = {
    401: (CredentialsError, _RECONNECT),
    403: (
        ProviderForbidden,
        "A person has to write to the bot first, and a group or a channel has to have it as a member that may do this.",
    ),
    404: (CredentialsError, _RECONNECT),
    409: (ProviderError, "Somebody else asks for this bot's updates at the same time. Let only one do so."),
    413: (ProviderError, "Telegram takes photos of 10 MB and other files of 50 MB. Send a smaller one."),
    429: (RateLimited, _LIMITED),
}
_OWN_FILE = (ProviderNotFound, "Give the `file_id` of a file that this same bot has received or sent.")
_WORDS: dict[str, _Kind] = {
    "chat not found": (ProviderNotFound, "Check its id. A person has to write to the bot first."),
    "message to edit not found": (ProviderNotFound, "Check chat and id: it may be deleted."),
    "message to delete not found": (ProviderNotFound, "Check chat and id: it may be deleted already."),
    "message to be replied not found": (ProviderNotFound, "Check `reply_to`: it may be deleted."),
    "message can't be edited": (ProviderForbidden, "A bot changes only what it has sent itself."),
    "message can't be deleted": (
        ProviderForbidden,
        "A bot deletes messages of the last 48 hours; those of others only as an administrator of the group.",
    ),
    "query is too old": (
        ProviderNotFound,
        "Answer a pressed button at once, and only once, with the id of its update.",
    ),
    "can't parse entities": (ProviderError, _MARKS),
    "message is too long": (ProviderError, "It has 4,096 characters at most. Turn `split_long` on."),
    "caption is too long": (ProviderError, "It has 1,024 characters at most. Shorten it."),
    "file is too big": (ProviderError, "A bot gets files of 20 MB at most. Ask for a smaller one."),
    "file_id": _OWN_FILE,
    "file identifier": _OWN_FILE,
}


def error_of(method: str, http_status: int, body: Any, *, secret: str) -> ProviderError:
    """The typed error of an answer whose `ok` is not true; `secret` is blotted out of Telegram's own words.

    `retry_after_s` is what Telegram asks for, and a group that has moved is named with its new id.
    """
    said = text_at(body, "description") or f"HTTP {http_status}"
    said = said.replace(secret, "***").rstrip(".")[:_LONGEST]
    kind, cure = _meaning(http_status, said, value_at(body, "parameters", "migrate_to_chat_id"))
    wait_s = _wait_s(body)
    if kind is RateLimited and wait_s is not None:
        cure = f"It takes the next call in {wait_s:.0f} s. {cure}"
    return kind(
        f"Telegram refused {method}: {said}. {cure}".strip(), http_status=http_status, retry_after_s=wait_s
    )


def is_unchanged(error: ProviderError) -> bool:
    """Whether an edit was refused because the message is so already: Telegram says that in words only."""
    return error.http_status == 400 and "message is not modified" in str(error).lower()


def _meaning(http_status: int, said: str, moved_to: Any) -> _Kind:
    if isinstance(moved_to, int):
        return ProviderNotFound, f"The group has another id since it was upgraded: give {moved_to} as `chat`."
    known = _KINDS.get(http_status)
    if known is not None:
        return known
    if http_status >= 500:
        return ProviderUnavailable, "Telegram has trouble. Try again later."
    lower = said.lower()
    return next((meaning for words, meaning in _WORDS.items() if words in lower), (ProviderError, ""))


def _wait_s(body: Any) -> float | None:
    found = value_at(body, "parameters", "retry_after")
    return float(found) if isinstance(found, int) and found >= 0 else None
