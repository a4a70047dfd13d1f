"""What blocks do in a mailbox over IMAP: search, read, move, flag. Called in a thread, each in a session of its own.

Source: https://www.rfc-editor.org/rfc/rfc3501 (6.4.4 SEARCH, 6.4.5 FETCH, 7.4.2 BODYSTRUCTURE), RFC 6851 (MOVE).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from backend.blocks.email._mime import MOST_HEADER_BYTES, SHOWN_HEADERS, Content, content_of, headers_of
from backend.data.model import JsonObject
from backend.util.errors import InvalidInput, ProviderError, ProviderNotFound
from backend.util.mail_imap import ImapClient

MOST_MESSAGE_BYTES = 60 * 1_048_576
_AT_ONCE = 100
_MOST_LOOKED_AT = 2_000
_HEADERS = f"BODY.PEEK[HEADER.FIELDS ({' '.join(SHOWN_HEADERS).upper()})]<0.{MOST_HEADER_BYTES}>"
_SUMMARY = ("FLAGS", "RFC822.SIZE", "INTERNALDATE", "BODYSTRUCTURE", _HEADERS)
_NAMED_FOLDERS = 20


@dataclass(frozen=True, slots=True)
class Criteria:
    """What to look for; what is empty or None is not asked. `since` is that day or later, `before` an earlier one."""

    sender: str = ""
    recipient: str = ""
    subject: str = ""
    text: str = ""
    since: date | None = None
    before: date | None = None
    is_unseen: bool = False
    has_attachment: bool = False

    def on_the_wire(self) -> list[bytes]:
        """For `ImapClient.find`.

        Raises:
            InvalidInput: a text has a line break in it.
        """
        found: list[bytes] = []
        words = {"FROM": self.sender, "TO": self.recipient, "SUBJECT": self.subject, "TEXT": self.text}
        for key, value in words.items():
            if value.strip():
                found += [key.encode(), _quoted(one_line(value.strip(), key.lower()))]
        for key, day in (("SINCE", self.since), ("BEFORE", self.before)):
            if day is not None:
                found += [key.encode(), _day(day)]
        if self.is_unseen:
            found.append(b"UNSEEN")
        return found or [b"ALL"]


@dataclass(frozen=True, slots=True)
class Found:
    """Messages, newest first, and whether there are more than were wanted."""

    messages: list[JsonObject]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """An open folder. UIDs name messages only as long as `uid_validity` stays; the next to come gets `next_uid`."""

    uid_validity: int
    next_uid: int


@dataclass(frozen=True, slots=True)
class Whole:
    """A message with all that is in it."""

    summary: JsonObject
    content: Content


class Mailbox:
    """A mailbox in one session."""

    def __init__(self, client: ImapClient) -> None:
        self._client = client

    def open(self, folder: str, *, is_readonly: bool = True) -> Opened:
        """Open a folder by its name.

        Raises:
            ProviderNotFound: there is none; the message says which there are.
        """
        name = one_line(folder.strip() or "INBOX", "folder")
        try:
            state = self._client.select(name, is_readonly=is_readonly)
        except self._client.refusal as error:
            if isinstance(error, self._client.loss) or name.upper() == "INBOX":
                raise
            raise self._no_folder(name) from error
        next_uid = state.get(b"UIDNEXT") or max(self._client.find([b"ALL"]), default=0) + 1
        return Opened(int(state[b"UIDVALIDITY"]), int(next_uid))

    def search(self, folder: str, criteria: Criteria, limit: int) -> Found:
        """The newest that fit. Newest is what came last into the folder."""
        self.open(folder)
        uids = sorted(self._client.find(criteria.on_the_wire()), reverse=True)
        if not criteria.has_attachment:
            return Found(self.summaries(folder, uids[:limit]), len(uids) > limit)
        kept: list[JsonObject] = []
        for part in _parts(uids[:_MOST_LOOKED_AT]):
            kept += [one for one in self.summaries(folder, part) if one["has_attachments"]]
            if len(kept) > limit:
                break
        return Found(kept[:limit], len(kept) > limit or len(uids) > _MOST_LOOKED_AT)

    def summaries(self, folder: str, uids: Sequence[int]) -> list[JsonObject]:
        """In the order of the UIDs, without those that are gone."""
        found: dict[int, JsonObject] = {}
        for part in _parts(uids):
            fetched = self._client.fetch(part, _SUMMARY)
            headers = headers_of([_bytes_at(given, b"BODY[HEADER") for given in fetched.values()])
            for (uid, given), said in zip(fetched.items(), headers, strict=True):
                found[uid] = _summary(folder, uid, given, said)
        return [found[uid] for uid in uids if uid in found]

    def read(self, folder: str, uid: int, *, marks_seen: bool) -> Whole:
        """One message, whole.

        Raises:
            ProviderNotFound: it is not there (any more).
            ProviderError: it is larger than what is read.
        """
        self.open(folder, is_readonly=not marks_seen)
        summary = self._one(folder, uid)
        if summary["size_bytes"] > MOST_MESSAGE_BYTES:
            raise ProviderError(
                f"The message has {summary['size_bytes'] / 1_048_576:,.0f} MiB, and "
                f"{MOST_MESSAGE_BYTES // 1_048_576} MiB is the most that is read."
            )
        given = self._client.fetch([uid], ["BODY.PEEK[]"]).get(uid)
        if given is None:
            raise _no_message(folder, uid)
        content = content_of(_bytes_at(given, b"BODY[]"))
        if marks_seen:
            self._client.set_flags([uid], ["\\Seen"], is_on=True)
            summary = {**summary, "is_seen": True}
        return Whole(summary, content)

    def move(self, folder: str, uid: int, target: str) -> None:
        """Raises ProviderNotFound: there is no such message, or no such folder."""
        name = one_line(target.strip(), "target")
        if name.upper() != "INBOX" and name not in self._client.folders():
            raise self._no_folder(name)
        self.open(folder, is_readonly=False)
        self._one(folder, uid)
        self._client.move([uid], name)

    def flag(self, folder: str, uid: int, flags: dict[str, bool]) -> JsonObject:
        """Set or take away flags by their IMAP names; the message's summary after that."""
        self.open(folder, is_readonly=False)
        self._one(folder, uid)
        for is_on in (True, False):
            named = [flag for flag, wanted in flags.items() if wanted is is_on]
            if named:
                self._client.set_flags([uid], named, is_on=is_on)
        return self._one(folder, uid)

    def uids(self, criteria: Criteria, first: int, last: int) -> list[int]:
        """Of the open folder, in rising order, between two UIDs that count too."""
        if first > last:
            return []
        span = b"UID %d:%d" % (first, last)
        # A range whose end is not there still gives the last message (RFC 3501, 6.4.8).
        return sorted(
            {uid for uid in self._client.find([span, *criteria.on_the_wire()]) if first <= uid <= last}
        )

    def prefixes(self, uids: Sequence[int], headers: Sequence[str], size_bytes: int) -> dict[int, bytes]:
        """The beginning of these headers of each message, as they are written."""
        item = f"BODY.PEEK[HEADER.FIELDS ({' '.join(headers).upper()})]<0.{size_bytes}>"
        found: dict[int, bytes] = {}
        for part in _parts(uids, 500):
            for uid, given in self._client.fetch(part, [item]).items():
                found[uid] = _bytes_at(given, b"BODY[HEADER")[:size_bytes]
        return found

    def _one(self, folder: str, uid: int) -> JsonObject:
        found = self.summaries(folder, [uid])
        if not found:
            raise _no_message(folder, uid)
        return found[0]

    def _no_folder(self, name: str) -> ProviderNotFound:
        there = self._client.folders()
        more = " …" if len(there) > _NAMED_FOLDERS else ""
        return ProviderNotFound(
            f"There is no folder {name[:100]!r}. There are: {', '.join(there[:_NAMED_FOLDERS])}{more}"
        )


def one_line(text: str, what: str) -> str:
    """The text. Raises InvalidInput for a control character, which would end the command."""
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise InvalidInput(f"{what}: there is a line break or another control character in it.")
    return text


def _no_message(folder: str, uid: int) -> ProviderNotFound:
    return ProviderNotFound(
        f"There is no message with the UID {uid} in {folder!r}: it was moved or deleted, or the folder was made anew. "
        "Search for it again."
    )


def _quoted(text: str) -> bytes:
    """A quoted string where it is ASCII; else the bytes, which are sent as a literal."""
    if not text.isascii():
        return text.encode()
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.encode()


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _day(day: date) -> bytes:
    return f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year:04}".encode()


def _parts(uids: Sequence[int], size: int = _AT_ONCE) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), size):
        yield uids[start : start + size]


def _bytes_at(given: dict[bytes, Any], prefix: bytes) -> bytes:
    """Servers write `BODY[HEADER.FIELDS (…)]` each in their own way."""
    found = next((value for key, value in given.items() if key.upper().startswith(prefix)), b"")
    return found if isinstance(found, bytes) else b""


def _summary(folder: str, uid: int, given: dict[bytes, Any], headers: JsonObject) -> JsonObject:
    flags = [flag.decode("ascii", "replace") for flag in given.get(b"FLAGS", ())]
    known = {flag.lower() for flag in flags}
    received = given.get(b"INTERNALDATE")
    return {
        "folder": folder.strip() or "INBOX",
        "uid": uid,
        **headers,
        "received_at": _utc(received) if isinstance(received, datetime) else "",
        "size_bytes": int(given.get(b"RFC822.SIZE") or 0),
        "is_seen": "\\seen" in known,
        "is_flagged": "\\flagged" in known,
        "is_answered": "\\answered" in known,
        "flags": [flag for flag in flags if flag.lower() != "\\recent"],
        "has_attachments": _has_file(given.get(b"BODYSTRUCTURE")),
    }


def _utc(moment: datetime) -> str:
    """IMAPClient gives the time of this machine without saying so."""
    return moment.astimezone(UTC).isoformat()


def _has_file(structure: Any, depth: int = 0) -> bool:
    """Whether a part says that it is a file: `("attachment" (…))`, or has a name.

    Some servers write the disposition as the one text that stands in the message.
    """
    if not isinstance(structure, (tuple, list)) or depth > 50:
        return False
    items = cast("Sequence[Any]", structure)
    texts = [item.lower() for item in items if isinstance(item, bytes)]
    if texts[:1] == [b"attachment"] or b"filename" in texts or b"name" in texts:
        return True
    if any(text.startswith(b"attachment;") for text in texts):
        return True
    return any(_has_file(item, depth + 1) for item in items)
