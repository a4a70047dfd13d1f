"""What a message says that somebody else wrote: headers, texts, attachments. Nothing in it is believed.

It is taken apart in a process within limits (`jobs/mail.py`), which stops what was made to be slow.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.blocks.email._runs import Thin, decoded_body, thin
from backend.data.model import JsonObject
from backend.util.bounded.pool import TIMEOUT_S, run_bounded
from backend.util.charset import decoded
from backend.util.errors import LimitReached

SHOWN_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References")
MOST_HEADER_BYTES = 65_536
"""Of the shown headers of one message."""
MOST_TEXT_CHARS = 2_000_000
_LONGEST_CHARACTER = 4
_MOST_PARSED_BYTES = 12 * 1_048_576
_BYTES_A_SECOND = 10 * 1_048_576
"""An honest message is read in half of that time. Its long runs count for neither."""
_HEADERS_AT_ONCE = 20
_CURE = "Look at it in a mail program."
_HEADERS_TIMEOUT_S = 8.0
"""For messages of `_HEADERS_AT_ONCE` strangers who all mean harm; each takes 0.2 s at the most, usually 0.3 ms."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is a file. `is_inline`: a picture within the HTML, mostly."""

    name: str
    media_type: str
    is_inline: bool
    data: bytes

    def as_json(self) -> JsonObject:
        return {
            "name": self.name,
            "media_type": self.media_type,
            "size_bytes": len(self.data),
            "is_inline": self.is_inline,
        }


@dataclass(frozen=True, slots=True)
class Content:
    """What is in the message. Headers are as `headers_of` gives them; `is_complete`: the texts are all there."""

    headers: JsonObject
    text: str
    html: str
    attachments: list[Attachment]
    is_complete: bool


def content_of(raw: bytes) -> Content:
    """The whole message.

    Raises:
        BlockError: it cannot be taken apart, or that would take too much (LimitReached).
    """
    thinned = thin(raw, f"run{secrets.token_hex(16)}x".encode())
    if len(thinned.data) > _MOST_PARSED_BYTES:
        raise LimitReached(
            f"The message has {len(thinned.data) / 1_048_576:,.0f} MiB beside what is written in base64, and "
            f"{_MOST_PARSED_BYTES // 1_048_576} MiB is the most that is read. {_CURE}"
        )
    request = {"message": base64.b64encode(thinned.data).decode(), "mark": thinned.mark.decode()}
    timeout_s = round(TIMEOUT_S + len(thinned.data) / _BYTES_A_SECOND, 1)
    found: JsonObject = run_bounded("mail", request, subject="The message", cure=_CURE, timeout_s=timeout_s)
    parts = [(part, _data(part, thinned)) for part in found["parts"]]
    text, has_all_text = _text_of(parts, "text")
    html, has_all_html = _text_of(parts, "html")
    return Content(
        found["headers"],
        text,
        html,
        [
            Attachment(part["name"], part["media_type"], part["is_inline"], data)
            for part, data in parts
            if part["kind"] == "file"
        ],
        has_all_text and has_all_html,
    )


def headers_of(raws: Sequence[bytes]) -> list[JsonObject]:
    """Of the first lines of each message: who, to whom, what about, when, and the ids by which threads are found.

    `date` is in UTC, empty when it is none. `thread_id` is the id of the thread's first message: the same for all of it.

    Raises:
        LimitReached: the machine has too much to do.
    """
    found: list[JsonObject] = []
    for start in range(0, len(raws), _HEADERS_AT_ONCE):
        part = raws[start : start + _HEADERS_AT_ONCE]
        request = {"headers": [base64.b64encode(one[:MOST_HEADER_BYTES]).decode() for one in part]}
        found += run_bounded(
            "mail",
            request,
            subject="Reading the headers of messages",
            cure="Try again, or ask for fewer.",
            timeout_s=_HEADERS_TIMEOUT_S,
        )
    return found


def _data(part: JsonObject, thinned: Thin) -> bytes:
    if "data" in part:
        return base64.b64decode(part["data"])
    return decoded_body(thinned.whole(base64.b64decode(part["raw"])), part["encoding"])


def _text_of(parts: Sequence[tuple[JsonObject, bytes]], kind: str) -> tuple[str, bool]:
    """The text of that kind, and whether it is the whole."""
    found: Any = next(((part, data) for part, data in parts if part["kind"] == kind), None)
    if found is None:
        return "", True
    part, data = found
    most_bytes = MOST_TEXT_CHARS * _LONGEST_CHARACTER
    text = decoded(data[:most_bytes], part["content_type"]).replace("\r\n", "\n").replace("\0", "")
    storable = text.encode("utf-8", "replace").decode()
    return storable[:MOST_TEXT_CHARS], len(data) <= most_bytes and len(storable) <= MOST_TEXT_CHARS
