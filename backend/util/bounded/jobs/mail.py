"""Reads what strangers mailed: `{"headers"}` (list of base64) or `{"message" (base64), "mark"}` becomes plain data.

The parser keeps the headers as they came (`compat32`), for the newer policy raises on what is malformed; each is
then decoded for itself, and one that cannot be is shown as it is.
"""

from __future__ import annotations

import base64
import email.policy
import email.utils
import re
from collections.abc import Iterator
from datetime import UTC
from email.message import Message
from email.parser import BytesFeedParser
from typing import Any, TypeAlias, cast

from backend.util.bounded.protocol import Refused

_LONGEST_HEADER = 20_000
_MOST_OF_PEOPLE = 20_000
"""Characters of all senders and recipients together: commas and brackets alone take 5 µs each."""
_LONGEST_PART_HEADER = 2_000
_MOST_PARTS = 1_000
_MOST_MULTIPARTS = 200
_MULTIPART = re.compile(rb"multipart/", re.IGNORECASE)
_PART_HEADER = re.compile(rb"^content-[a-z-]{1,40}:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_DECODE = email.policy.default.header_factory
_ENCODING = "Content-Transfer-Encoding"
_PIECE = 65_536
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)

AnyMessage: TypeAlias = "Message[Any, Any]"


def answer(request: dict[str, Any]) -> Any:
    """The headers of each, or `{"headers", "parts"}` of the one message."""
    if "headers" in request:
        return [_headers_in(base64.b64decode(one)) for one in request["headers"]]
    return _content(base64.b64decode(request["message"]), request["mark"].encode())


def _content(raw: bytes, mark: bytes) -> dict[str, Any]:
    try:
        _check_effort(raw)
        message = _parsed(raw)
        leaves = list(_leaves(message))
        return {"headers": _headers_of(message), "parts": list(_wanted(leaves, mark))}
    except _BROKEN as error:
        raise Refused(
            f"The message cannot be read: {type(error).__name__}. Look at it in a mail program."
        ) from None


def _parsed(raw: bytes) -> AnyMessage:
    """In pieces: read at once, a message takes four times its length."""
    parser: Any = BytesFeedParser(policy=email.policy.compat32)
    for start in range(0, len(raw), _PIECE):
        parser.feed(raw[start : start + _PIECE])
    message: AnyMessage = parser.close()
    return message


def _check_effort(raw: bytes) -> None:
    """Refuse what the parser would take the square of its length for.

    Raises:
        ValueError: parts within parts without end, or a header of a part without end.
    """
    if len(_MULTIPART.findall(raw)) > _MOST_MULTIPARTS:
        raise ValueError("too many parts")
    if any(len(header[0]) > _LONGEST_HEADER for header in _PART_HEADER.finditer(raw)):
        raise ValueError("a header is too long")


# -- headers -----------------------------------------------------------------------------------------------


def _headers_in(raw: bytes) -> dict[str, Any]:
    """Of a message's first lines; empty ones where they cannot be read."""
    try:
        return _headers_of(_parsed(raw))
    except _BROKEN:
        return _headers_of(Message())


def _headers_of(message: AnyMessage) -> dict[str, Any]:
    """Decoded: who, to whom, what about, when (UTC, empty when it is no date), and the ids by which threads are found.

    `thread_id` is the id of the thread's first message: the same for all of a thread.
    """
    references = _ids(_header(message, "References"))
    own = _first(_ids(_header(message, "Message-ID")))
    replied = _first(_ids(_header(message, "In-Reply-To")))
    people = _all_people(message)
    sender = people["From"][0] if people["From"] else {"shown": "", "email": "", "name": ""}
    return {
        "from": sender["shown"],
        "from_email": sender["email"],
        "from_name": sender["name"],
        "to": [one["shown"] for one in people["To"]],
        "cc": [one["shown"] for one in people["Cc"]],
        "reply_to": [one["shown"] for one in people["Reply-To"]],
        "subject": _readable("Subject", _header(message, "Subject")),
        "date": _date(_header(message, "Date")),
        "message_id": own,
        "in_reply_to": replied,
        "references": references,
        "thread_id": _first(references) or replied or own,
    }


def _clean(text: str) -> str:
    """Without what cannot be stored: U+0000 and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _header(message: AnyMessage, name: str) -> str:
    """The first of that name on one line; bytes that should not be there are read as UTF-8."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return _one_line(raw[:_LONGEST_HEADER])


def _one_line(raw: str) -> str:
    readable = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _clean(" ".join(readable.split()))


def _readable(name: str, value: str) -> str:
    """With its encoded words (RFC 2047) decoded."""
    if "=?" not in value:
        return value
    try:
        return _clean(" ".join(str(_DECODE(name, value)).split()))
    except Exception:  # whatever the library meets in a header of a stranger
        return value


def _all_people(message: AnyMessage) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    left = _MOST_OF_PEOPLE
    for name in ("From", "Reply-To", "To", "Cc"):
        value = _header(message, name)[:left]
        left -= len(value)
        found[name] = _people(value)
    return found


def _people(value: str) -> list[dict[str, str]]:
    """Split before anything is decoded, so that a name cannot hold another address."""
    try:
        pairs = email.utils.getaddresses([value])
    except RecursionError:  # comments within comments
        return []
    found: list[dict[str, str]] = []
    for raw_name, address in pairs:
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


def _wanted(leaves: list[AnyMessage], mark: bytes) -> Iterator[dict[str, Any]]:
    """The first text, the first HTML, and all files: `{"kind", "data" or "raw" (base64), …}`.

    `raw` is the body as it was sent, in its `encoding`: the mark stands in it, for which whoever asks has the rest.
    """
    seen: set[str] = set()
    files = 0
    for part in leaves:
        is_file = part.get_content_disposition() == "attachment" or bool(_file_name(part))
        kind = "file" if is_file else {"text/plain": "text", "text/html": "html"}.get(part.get_content_type())
        if kind is None and part.get_content_maintype() == "text":
            continue
        body = _body(part, mark)
        if kind in ("text", "html"):
            if kind not in seen and (body.get("data") or body.get("raw")):
                seen.add(kind)
                yield {
                    "kind": kind,
                    "content_type": str(part.get("Content-Type", ""))[:_LONGEST_PART_HEADER],
                    **body,
                }
        else:
            files += 1
            yield {"kind": "file", **_described(part, files), **body}


def _body(part: AnyMessage, mark: bytes) -> dict[str, str]:
    if part.get_content_type() == "message/rfc822":
        raw = b"".join(one.as_bytes() for one in _inner(part)[:1])
        return {"raw": _base64(raw), "encoding": ""}
    encoding = str(part.get(_ENCODING, ""))[:100].strip().lower()
    del part[_ENCODING]  # without it the body comes as it was sent
    sent = _bytes_of(part)
    if mark in sent:
        return {"raw": _base64(sent), "encoding": encoding}
    part[_ENCODING] = encoding
    return {"data": _base64(_bytes_of(part))}


def _bytes_of(part: AnyMessage) -> bytes:
    data: Any = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _described(part: AnyMessage, place: int) -> dict[str, Any]:
    name = _file_name(part)
    is_message = part.get_content_type() == "message/rfc822"
    return {
        "name": name or (f"message-{place}.eml" if is_message else f"attachment-{place}"),
        "media_type": part.get_content_type(),
        "is_inline": part.get_content_disposition() == "inline"
        or (part["Content-ID"] is not None and not name),
    }


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
    return _readable("Subject", _one_line(raw))
