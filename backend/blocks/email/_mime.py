"""What a message says that somebody else wrote: headers, texts, attachments. Pure; nothing in it is believed.

The parser keeps the headers as they came (`compat32`), for the newer policy raises on what is malformed; each is
then decoded for itself, and one that cannot be is shown as it is.
"""

from __future__ import annotations

import email.policy
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from email.message import Message
from email.parser import BytesParser
from typing import Any, TypeAlias, cast

from backend.data.model import JsonObject
from backend.util.charset import decoded
from backend.util.errors import BlockError

SHOWN_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References")
_LONGEST_HEADER = 20_000
_LONGEST_TEXT = 2_000_000
_LONGEST_PART_HEADER = 2_000
_MOST_PARTS = 1_000
_MOST_MULTIPARTS = 200
_MULTIPART = re.compile(rb"multipart/", re.IGNORECASE)
_PART_HEADER = re.compile(rb"^content-[a-z-]{1,40}:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_DECODE = email.policy.default.header_factory
_PARSER = BytesParser(policy=email.policy.compat32)

AnyMessage: TypeAlias = "Message[Any, Any]"


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
    """Headers as `headers_of` gives them, and what is in the message."""

    headers: JsonObject
    text: str
    html: str
    attachments: list[Attachment]


def content_of(raw: bytes) -> Content:
    """The whole message.

    Raises:
        BlockError: it cannot be taken apart.
    """
    try:
        _check_effort(raw)
        message = _PARSER.parsebytes(raw)
        parts = list(_leaves(message))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError) as error:
        raise BlockError(
            f"The message cannot be read: {type(error).__name__}. Look at it in a mail program."
        ) from None
    text, html, attachments = "", "", list[Attachment]()
    for part in parts:
        kind, data = part.get_content_type(), _payload(part)
        if _is_file(part):
            attachments.append(_attachment(part, data, len(attachments) + 1))
        elif kind == "text/html":
            html = html or _decoded(part, data)
        elif kind == "text/plain":
            text = text or _decoded(part, data)
        elif not kind.startswith("text/"):
            attachments.append(_attachment(part, data, len(attachments) + 1))
    return Content(headers_of(message), text, html, attachments)


def _check_effort(raw: bytes) -> None:
    """Refuse what the parser would take the square of its length for.

    Raises:
        ValueError: parts within parts without end, or a header of a part without end.
    """
    if len(_MULTIPART.findall(raw)) > _MOST_MULTIPARTS:
        raise ValueError("too many parts")
    if any(len(header[0]) > _LONGEST_HEADER for header in _PART_HEADER.finditer(raw)):
        raise ValueError("a header is too long")


def headers_in(raw: bytes) -> JsonObject:
    """As `headers_of`, of a message's first lines."""
    return headers_of(_PARSER.parsebytes(raw, headersonly=True))


def headers_of(message: AnyMessage) -> JsonObject:
    """Decoded: who, to whom, what about, when (UTC, empty when it is no date), and the ids by which threads are found.

    `thread_id` is the id of the thread's first message: the same for all of a thread.
    """
    references = _ids(_header(message, "References"))
    own = _first(_ids(_header(message, "Message-ID")))
    replied = _first(_ids(_header(message, "In-Reply-To")))
    sender = _people(_header(message, "From"))
    return {
        "from": sender[0]["shown"] if sender else "",
        "from_email": sender[0]["email"] if sender else "",
        "from_name": sender[0]["name"] if sender else "",
        "to": [one["shown"] for one in _people(_header(message, "To"))],
        "cc": [one["shown"] for one in _people(_header(message, "Cc"))],
        "reply_to": [one["shown"] for one in _people(_header(message, "Reply-To"))],
        "subject": _readable("Subject", _header(message, "Subject")),
        "date": _date(_header(message, "Date")),
        "message_id": own,
        "in_reply_to": replied,
        "references": references,
        "thread_id": _first(references) or replied or own,
    }


def clean(text: str) -> str:
    """Without what cannot be stored: U+0000 and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


# -- headers -----------------------------------------------------------------------------------------------


def _header(message: AnyMessage, name: str) -> str:
    """The first of that name on one line; bytes that should not be there are read as UTF-8."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    readable = raw[:_LONGEST_HEADER].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return clean(" ".join(readable.split()))


def _readable(name: str, value: str) -> str:
    """With its encoded words (RFC 2047) decoded."""
    if "=?" not in value:
        return value
    try:
        return clean(" ".join(str(_DECODE(name, value)).split()))
    except Exception:  # whatever the library meets in a header of a stranger
        return value


def _people(value: str) -> list[dict[str, str]]:
    """Split before anything is decoded, so that a name cannot hold another address."""
    found: list[dict[str, str]] = []
    for raw_name, address in email.utils.getaddresses([value]):
        if address:
            name = _readable("Subject", raw_name)
            found.append(
                {"name": name, "email": address, "shown": f"{name} <{address}>" if name else address}
            )
    return found


def _ids(value: str) -> list[str]:
    """`<a@b> <c@d>` one by one; what has no brackets is taken by its blanks."""
    return [
        one for one in value.replace(">", "> ").replace("<", " <").replace(",", " ").split() if "@" in one
    ]


def _first(values: list[str]) -> str:
    return values[0] if values else ""


def _date(value: str) -> str:
    try:
        moment = email.utils.parsedate_to_datetime(value)
        return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


# -- parts -------------------------------------------------------------------------------------------------


def _leaves(message: AnyMessage) -> Iterator[AnyMessage]:
    """Those parts that hold something; a message within the message is one file."""
    stack: list[AnyMessage] = [message]
    for _ in range(_MOST_PARTS):
        if not stack:
            return
        part = stack.pop()
        inner = _inner(part)
        if inner and part.get_content_type() != "message/rfc822":
            stack.extend(reversed(inner))
        else:
            yield part
    raise ValueError("too many parts")


def _inner(part: AnyMessage) -> list[AnyMessage]:
    """The parts within; a multipart that is broken has none."""
    payload: list[AnyMessage] = cast("Any", part.get_payload()) if part.is_multipart() else []
    return payload


def _is_file(part: AnyMessage) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _payload(part: AnyMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        return b"".join(one.as_bytes() for one in _inner(part)[:1])
    data: Any = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _decoded(part: AnyMessage, data: bytes) -> str:
    text = decoded(data, str(part.get("Content-Type", "")))
    return clean(text.replace("\r\n", "\n"))[:_LONGEST_TEXT]


def _file_name(part: AnyMessage) -> str:
    """From the beginning of its headers: RFC 2231 lets a stranger choose slow charsets for long names."""
    short: AnyMessage = Message()
    for name in ("Content-Disposition", "Content-Type"):
        if part[name] is not None:
            short[name] = str(part[name])[:_LONGEST_PART_HEADER]
    try:
        raw = short.get_filename() or ""
    except (ValueError, LookupError):  # a charset that is none
        raw = ""
    return _readable(
        "Subject", clean(" ".join(raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split()))
    )


def _attachment(part: AnyMessage, data: bytes, place: int) -> Attachment:
    name = _file_name(part)
    is_message = part.get_content_type() == "message/rfc822"
    return Attachment(
        name or (f"message-{place}.eml" if is_message else f"attachment-{place}"),
        part.get_content_type(),
        part.get_content_disposition() == "inline" or (part["Content-ID"] is not None and not name),
        data,
    )
