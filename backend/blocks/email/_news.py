"""What is new in a folder since the last time, by UID; by what the messages are where the UIDs have lost their meaning.

A UID names a message only as long as the folder's UIDVALIDITY stays (RFC 3501, 2.3.1.1). When that changes, for the
folder was made anew or the account was moved, all messages have other UIDs. So a fingerprint is kept of the newest
ones: of the trace headers of their delivery, which a copy has too and no other delivery of the same message.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.blocks.email._mailbox import Criteria, Mailbox, Opened
from backend.data.block import PollRecord, PollResult
from backend.data.model import JsonObject

AT_ONCE = 200
"""Messages that one poll looks at; the rest is left for the next."""
REMEMBERED = 2_000
LOOKED_AT = 5_000
"""The newest of a folder with another UIDVALIDITY."""
_TRACE = ("Received", "Message-ID", "Date", "From", "Subject")
_TRACE_BYTES = 1_024


@dataclass(frozen=True, slots=True)
class State:
    """What was seen: all up to `last_uid`. `known` are fingerprints of the newest of them, in their order."""

    uid_validity: int
    last_uid: int
    known: tuple[str, ...]

    @classmethod
    def of(cls, cursor: JsonObject) -> State:
        return cls(int(cursor["uid_validity"]), int(cursor["last_uid"]), tuple(cursor["known"]))

    def as_cursor(self) -> JsonObject:
        return {"uid_validity": self.uid_validity, "last_uid": self.last_uid, "known": list(self.known)}

    def after(self, uid_validity: int, last_uid: int, seen: Sequence[str]) -> State:
        return State(uid_validity, last_uid, (*self.known, *seen)[-REMEMBERED:])


def news(
    mailbox: Mailbox, folder: str, criteria: Criteria, cursor: Any, *, wants_existing: bool
) -> PollResult:
    """New messages that fit, oldest first; at first none, unless those that are there are wanted."""
    opened = mailbox.open(folder)
    last = opened.next_uid - 1
    if cursor is None and not wants_existing:
        newest = mailbox.uids(Criteria(), 1, last)[-REMEMBERED:]
        prints = _fingerprints(mailbox, opened, newest)
        return PollResult([], State(opened.uid_validity, last, tuple(prints.values())).as_cursor())
    state = State(opened.uid_validity, 0, ()) if cursor is None else State.of(cursor)
    if state.uid_validity == opened.uid_validity:
        prints, after = _by_uid(mailbox, opened, state)
    else:
        prints, after = _by_fingerprint(mailbox, opened, state)
    return PollResult(_records(mailbox, folder, criteria, prints), after.as_cursor())


def _by_uid(mailbox: Mailbox, opened: Opened, state: State) -> tuple[dict[int, str], State]:
    arrived = mailbox.uids(Criteria(), state.last_uid + 1, opened.next_uid - 1)
    taken = arrived[:AT_ONCE]
    prints = _fingerprints(mailbox, opened, taken)
    last = taken[-1] if len(arrived) > AT_ONCE else max(state.last_uid, opened.next_uid - 1)
    return prints, state.after(opened.uid_validity, last, list(prints.values()))


def _by_fingerprint(mailbox: Mailbox, opened: Opened, state: State) -> tuple[dict[int, str], State]:
    """While more is left than one poll takes, the old UIDVALIDITY is kept, so that the next one compares again."""
    last = opened.next_uid - 1
    prints = _fingerprints(mailbox, opened, mailbox.uids(Criteria(), 1, last)[-LOOKED_AT:])
    arrived = unknown(list(prints.items()), state.known)
    if len(arrived) > AT_ONCE:
        taken = dict(arrived[:AT_ONCE])
        return taken, state.after(state.uid_validity, state.last_uid, list(taken.values()))
    return dict(arrived), State(opened.uid_validity, last, tuple(prints.values())[-REMEMBERED:])


def unknown(prints: Sequence[tuple[int, str]], known: Sequence[str]) -> list[tuple[int, str]]:
    """Those that were not seen. Where not all are remembered, what stands before the oldest of those is older still."""
    seen = frozenset(known)
    first = 0
    if len(known) >= REMEMBERED:
        first = next((place for place, (_, one) in enumerate(prints) if one in seen), 0)
    return [(uid, one) for uid, one in prints[first:] if one not in seen]


def _records(mailbox: Mailbox, folder: str, criteria: Criteria, prints: dict[int, str]) -> list[PollRecord]:
    """A record has the fingerprint as its id: the same message starts one run, whatever UID it has."""
    if not prints:
        return []
    fitting = mailbox.uids(criteria, min(prints), max(prints))
    summaries = mailbox.summaries(folder, [uid for uid in fitting if uid in prints])
    return [
        PollRecord(prints[one["uid"]], one)
        for one in summaries
        if one["has_attachments"] or not criteria.has_attachment
    ]


def _fingerprints(mailbox: Mailbox, opened: Opened, uids: Sequence[int]) -> dict[int, str]:
    """By UID, in the order of the UIDs, without those that are gone."""
    prefixes = mailbox.prefixes(uids, _TRACE, _TRACE_BYTES)
    return {uid: _fingerprint(prefixes[uid], opened, uid) for uid in uids if uid in prefixes}


def _fingerprint(prefix: bytes, opened: Opened, uid: int) -> str:
    words = b" ".join(prefix.split()) or b"%d %d" % (opened.uid_validity, uid)
    return base64.urlsafe_b64encode(hashlib.sha256(words).digest()[:12]).decode()
