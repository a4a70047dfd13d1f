"""Messages that are sent: addresses, threads, texts and files as MIME. Pure."""

from __future__ import annotations

import email.errors
import email.utils
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from backend.data.file import FileContent
from backend.util.errors import InvalidInput
from backend.util.mail_smtp import check_address

MOST_BYTES = 25 * 1_048_576
"""What the large providers take, encoding included."""
MOST_RECIPIENTS = 100
_MOST_ADDRESS_LETTERS = 20_000
"""Names included; the library reads addresses in more than linear time."""
_ID_LISTS = frozenset({"references", "in-reply-to"})
_BREAKS_OUT = re.compile(r"\r(?!\n)|(?<!\r)\n|\r\n(?![ \t]+[^ \t\r\n])|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""A line of a header that does not go on with the one before, or a control character."""


class _Policy(EmailPolicy):
    """Folds what the library folds wrongly.

    It encodes a message id that is longer than a line, which breaks the thread, and loses blanks between encoded words.
    It takes encoded words apart when a header is set, and writes a line break that was in one as it is.
    """

    def fold(self, name: str, value: Any) -> str:
        """Raises InvalidInput: the header would break out of its place."""
        folded = self._folded(name, value)
        if _BREAKS_OUT.search(folded.removesuffix(self.linesep)) or set(str(value)) & set("\r\n"):
            raise InvalidInput(
                f"There is a line break or another control character in the header {name}, perhaps in an encoded "
                "word (=?…?=). Write subject, names and file names as plain text."
            )
        return folded

    def _folded(self, name: str, value: Any) -> str:
        if name.lower() in _ID_LISTS:
            return f"{name}: {(self.linesep + ' ').join(str(value).split())}{self.linesep}"
        if name.lower() == "subject" and not str(value).isascii():
            encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
            return f"{name}: {encoded}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Draft:
    """What the person gave. Addresses may have names: `Ada <ada@example.com>`."""

    sender: str
    to: Sequence[str]
    cc: Sequence[str] = ()
    bcc: Sequence[str] = ()
    reply_to: Sequence[str] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    files: Sequence[FileContent] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Composed:
    """`sender` and `recipients` are bare, for the envelope; who gets a blind copy is in no header."""

    message_id: str
    thread_id: str
    sender: str
    recipients: list[str]
    data: bytes = field(repr=False)


def composed(draft: Draft, *, idempotency_key: str, sent_at: datetime) -> Composed:
    """The message, under an id that is the same when it is sent again.

    Raises:
        InvalidInput: there is no recipient, nothing to say, an address that is none, or too much.
    """
    try:
        return _composed(draft, idempotency_key, sent_at)
    except (ValueError, LookupError, AttributeError, RecursionError, email.errors.MessageError) as error:
        raise InvalidInput(
            "No message can be made of this. Look for line breaks, encoded words (=?…?=) and many brackets in the "
            "addresses, names, subject and file names, and write them as plain text."
        ) from error


def _composed(draft: Draft, idempotency_key: str, sent_at: datetime) -> Composed:
    letters = sum(map(len, (*draft.to, *draft.cc, *draft.bcc, *draft.reply_to, draft.sender)))
    if letters > _MOST_ADDRESS_LETTERS:
        raise InvalidInput(
            f"The addresses have {letters:,} letters, and {_MOST_ADDRESS_LETTERS:,} are the most. Send it in parts."
        )
    sender = _one(draft.sender, "sender")
    to, cc, bcc, reply_to = (_all(texts) for texts in (draft.to, draft.cc, draft.bcc, draft.reply_to))
    recipients = _recipients([*to, *cc, *bcc])
    if len(reply_to) > MOST_RECIPIENTS:
        raise InvalidInput(f"`reply_to` has {len(reply_to)} addresses, and {MOST_RECIPIENTS} are the most.")
    own_id = f"<{uuid5(NAMESPACE_URL, f'blockyard:email:{idempotency_key}')}@{sender[1].rpartition('@')[2]}>"
    references = _references(draft)
    message = EmailMessage(policy=_POLICY)
    message["From"] = _shown([sender])
    for name, people in (("To", to), ("Cc", cc), ("Reply-To", reply_to)):
        if people:
            message[name] = _shown(list(dict.fromkeys(people)))
    message["Subject"] = " ".join(_sendable(draft.subject).split())
    message["Date"] = email.utils.format_datetime(sent_at)
    message["Message-ID"] = own_id
    if references:
        message["In-Reply-To"] = references[-1]
        message["References"] = " ".join(references)
    _fill(message, draft)
    return Composed(
        own_id,
        references[0] if references else own_id,
        sender[1],
        recipients,
        _within_size(message.as_bytes()),
    )


def _recipients(people: Sequence[tuple[str, str]]) -> list[str]:
    if not people:
        raise InvalidInput("The message has no recipient. Give at least one address in `to`, `cc` or `bcc`.")
    if len(people) > MOST_RECIPIENTS:
        raise InvalidInput(
            f"There are {len(people)} recipients, and {MOST_RECIPIENTS} are the most. Send it in parts."
        )
    return list(dict.fromkeys(address for _, address in people))


def _sendable(text: str) -> str:
    """Without NUL, and with � for half of a surrogate pair: neither can be written in a message."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _fill(message: EmailMessage, draft: Draft) -> None:
    if not draft.text.strip() and not draft.html.strip() and not draft.files:
        raise InvalidInput("The message is empty. Give `text`, `html` or `attachments`.")
    text, html = _sendable(draft.text), _sendable(draft.html)
    if text or not html:
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
    else:
        message.set_content(html, subtype="html")
    for content in draft.files:
        main, _, sub = content.media_type.partition("/")
        is_plain = main not in ("multipart", "message") and sub
        main, sub = (main, sub) if is_plain else ("application", "octet-stream")
        message.add_attachment(content.data, maintype=main, subtype=sub, filename=_sendable(content.name))


def _within_size(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise InvalidInput(
            f"The message has {len(data) / 1_048_576:,.1f} MiB with its attachments as they travel, and "
            f"{MOST_BYTES // 1_048_576} MiB is the most that mail servers take. Send a link instead."
        )
    return data


def _references(draft: Draft) -> list[str]:
    """The thread so far, oldest first; its last is what is replied to.

    Raises:
        InvalidInput: one is no message id.
    """
    given = [one.strip() for one in (*draft.references, draft.in_reply_to) if one.strip()]
    if not all(map(str.isprintable, given)):
        raise InvalidInput(
            "There is a line break in `references` or `in_reply_to`. Give the ids as they were read."
        )
    ids = [_message_id(one) for text in given for one in text.replace(">", "> ").split()]
    last = ids[-1:]
    return [*dict.fromkeys(one for one in ids if one not in last), *last]


def _message_id(text: str) -> str:
    bare = text.strip().removeprefix("<").removesuffix(">")
    if not bare.isascii() or not bare.isprintable() or not bare or set(bare) & set("<> ") or len(bare) > 900:
        raise InvalidInput(
            f"{text[:100]!r} is no id of a message. Give its `message_id`, like <abc@example.com>."
        )
    return f"<{bare}>"


def _all(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Names and bare addresses; one text may hold several, with commas between."""
    found: list[tuple[str, str]] = []
    for text in texts:
        if not text.strip():
            continue
        if not text.strip().isprintable():
            raise InvalidInput(
                f"{text[:100]!r} has a line break in it. Give one address an item, or commas between."
            )
        pairs = email.utils.getaddresses([text])
        found += [(name, check_address(address or text)) for name, address in pairs]
    return found


def _one(text: str, what: str) -> tuple[str, str]:
    people = _all([text])
    if len(people) != 1:
        raise InvalidInput(f"The {what} is one address, like ada@example.com. Give it in `from_address`.")
    return people[0]


def _shown(people: Sequence[tuple[str, str]]) -> str:
    """Names that are not ASCII are encoded here: the library does not take quoted ones apart."""
    return ", ".join(email.utils.formataddr(pair) for pair in people)
