"""A small mailbox for the examples of blocks: two messages, read by the real code, without a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from backend.blocks.email._compose import Composed
from backend.blocks.email._mailbox import Mailbox
from backend.data.credentials import UserPasswordCredentials
from backend.util.mail_imap import ImapClient

R = TypeVar("R")

PLAIN = b"""Received: from mx.example.com by mail.example.com; Mon, 1 Jun 2026 10:00:01 +0000\r
Message-ID: <first@example.com>\r
From: =?utf-8?q?Gr=C3=A4fin_Ada?= <ada@example.com>\r
To: you@example.com\r
Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\r
Date: Mon, 1 Jun 2026 12:00:00 +0200\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: 8bit\r
\r
Hello, gr\xc3\xb6\xc3\x9fe!\r
"""
WITH_FILE = b"""Message-ID: <second@example.com>\r
In-Reply-To: <first@example.com>\r
References: <first@example.com>\r
From: bob@example.com\r
To: ada@example.com\r
Cc: you@example.com\r
Subject: Re: Invoice\r
Date: Tue, 2 Jun 2026 08:30:00 +0000\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: multipart/alternative; boundary=a\r
\r
--a\r
Content-Type: text/plain\r
\r
See the file.\r
--a\r
Content-Type: text/html\r
\r
<p>See the file.</p>\r
--a--\r
--b\r
Content-Type: text/csv; name="invoice.csv"\r
Content-Disposition: attachment; filename="invoice.csv"\r
\r
a,b\r
--b--\r
"""
_RECEIVED = {1: datetime(2026, 6, 1, 10, 0, 1, tzinfo=UTC), 2: datetime(2026, 6, 2, 8, 30, 2, tzinfo=UTC)}
_STRUCTURE = {1: (b"text", b"plain"), 2: ((b"text", b"csv", (b"name", b"invoice.csv")), b"mixed")}


class SampleClient(ImapClient):
    """Two messages in INBOX, and an empty Archive."""

    def __init__(self) -> None:
        super().__init__(None)
        self._raw = {1: PLAIN, 2: WITH_FILE}
        self._flags = {1: {b"\\Seen"}, 2: set[bytes]()}

    def select(self, folder: str, *, is_readonly: bool) -> dict[bytes, Any]:
        if folder not in self.folders():
            raise self.refusal("select failed: [NONEXISTENT] Mailbox does not exist.")
        self._raw = self._raw if folder == "INBOX" else {}
        return {b"UIDVALIDITY": 7, b"UIDNEXT": 3}

    def find(self, criteria: Sequence[bytes]) -> list[int]:
        words = [one.strip(b'"').lower() for one in criteria if one.startswith(b'"')]
        wants_unseen = b"UNSEEN" in criteria
        return [
            uid
            for uid, raw in self._raw.items()
            if all(word in raw.lower() for word in words)
            and not (wants_unseen and b"\\Seen" in self._flags[uid])
        ]

    def fetch(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        return {uid: self._whole(uid) for uid in uids if uid in self._raw}

    def set_flags(self, uids: Sequence[int], flags: Sequence[str], *, is_on: bool) -> None:
        for uid in uids:
            named = {flag.encode() for flag in flags}
            self._flags[uid] = self._flags[uid] | named if is_on else self._flags[uid] - named

    def move(self, uids: Sequence[int], folder: str) -> None:
        for uid in uids:
            del self._raw[uid]

    def folders(self) -> list[str]:
        return ["INBOX", "Archive"]

    def _whole(self, uid: int) -> dict[bytes, Any]:
        raw = self._raw[uid]
        return {
            b"FLAGS": tuple(sorted(self._flags[uid])),
            b"RFC822.SIZE": len(raw),
            b"INTERNALDATE": _RECEIVED[uid],
            b"BODYSTRUCTURE": _STRUCTURE[uid],
            b"BODY[HEADER.FIELDS]": raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n",
            b"BODY[]": raw,
        }


async def sample_mailbox(
    credentials: UserPasswordCredentials, work: Callable[[Mailbox], R], *, timeout_s: float = 0.0
) -> R:
    """Stands for `UsesMailbox.on_mailbox`."""
    return work(Mailbox(SampleClient()))


async def sample_sending(credentials: UserPasswordCredentials, message: Composed) -> list[str]:
    """Stands for `UsesMailbox.hand_over`: addresses at `nobody.example` are not taken."""
    return [one for one in message.recipients if one.endswith("@nobody.example")]
