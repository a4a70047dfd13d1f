"""Messages that would take a lot of time or memory to take apart.

They are thrown at what reads them by tests/blocks/email/test_bombs.py, for a block gets messages from a mail server only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

_MIXED = b"Content-Type: multipart/mixed; boundary="
_STOPPED = "was stopped"
_UNREADABLE = "cannot be read"


@dataclass(frozen=True, slots=True)
class Mailed:
    """`says`: part of what the person is told; None: the message is read, and within a second."""

    name: str
    make: Callable[[], bytes]
    says: str | None


def _nested(levels: int, inner: bytes, boundary: Callable[[int], bytes] = lambda n: b"b%d" % n) -> bytes:
    heads = (_MIXED + boundary(n) + b"\r\n\r\n--" + boundary(n) + b"\r\n" for n in range(levels))
    return b"".join(heads) + b"\r\n" + inner


def _in_parts(part: bytes, times: int) -> bytes:
    return _MIXED + b"b\r\n\r\n" + (b"--b\r\n" + part) * times + b"--b--\r\n"


def _forwarded(levels: int) -> Iterator[bytes]:
    for level in range(levels):
        yield b"Subject: %d\r\nContent-Type: message/rfc822\r\n\r\n" % level
    yield b"Subject: last\r\n\r\nx\r\n"


def _body(head: bytes, body: bytes) -> bytes:
    return b"Subject: x\r\n" + head + b"\r\n\r\n" + body


MESSAGES: list[Mailed] = [
    Mailed("parts within parts", lambda: _nested(5_000, b"x\r\n"), _UNREADABLE),
    Mailed("each line is asked for 200 boundaries", lambda: _nested(199, b"-\r\n" * 1_000_000), _STOPPED),
    Mailed(
        "lines that nearly are one of 200 boundaries", lambda: _nested(199, b"--b\r\n" * 1_000_000), _STOPPED
    ),
    Mailed("200 boundaries that are one", lambda: _nested(199, b"--b\r\n" * 50_000, lambda _: b"b"), None),
    Mailed(
        "200 long boundaries",
        lambda: _nested(199, b"-\r\n" * 500_000, lambda n: b"a" * 900 + b"%d" % n),
        _STOPPED,
    ),
    Mailed("messages within messages", lambda: b"".join(_forwarded(20_000)), _UNREADABLE),
    Mailed("5,000 parts", lambda: _in_parts(b"\r\nx\r\n", 5_000), _UNREADABLE),
    Mailed("a million parts", lambda: _in_parts(b"\r\n", 1_000_000), _STOPPED),
    Mailed("100,000 parts that are broken off", lambda: _in_parts(b"", 100_000), None),
    Mailed("900 files of no name", lambda: _in_parts(b"Content-Type: a/b\r\n\r\nx\r\n", 900), None),
    Mailed(
        "a boundary of patterns", lambda: _MIXED + b'"(a*)*[^b]{9}$"\r\n\r\n' + b"--" + b"a" * 2_000_000, None
    ),
    Mailed("an empty boundary", lambda: _MIXED + b'""\r\n\r\n' + b"--\r\n" * 100_000, None),
    Mailed("a boundary without end", lambda: _MIXED + b"a" * 1_000_000 + b"\r\n\r\n", _UNREADABLE),
    Mailed("parameters without end", lambda: _MIXED + b"b" + b";a" * 3_000_000 + b"\r\n\r\nx", _UNREADABLE),
    Mailed("a folded header of 10 MB", lambda: _body(b"X-Long: a" + b"\r\n " * 3_500_000, b"x"), _STOPPED),
    Mailed("a header of one line of 3 MB", lambda: _body(b"Subject: " + b"-" * 3_000_000, b"x"), None),
    Mailed("a million headers", lambda: b"To: a@b.c\r\n" * 1_000_000 + b"\r\nx", _STOPPED),
    Mailed("headers without a body", lambda: b"a" * 10_000_000, None),
    Mailed("a body of empty lines", lambda: _body(b"X: y", b"\n" * 12_000_000), _STOPPED),
    Mailed("a body of short lines", lambda: _body(b"X: y", b"-\n" * 6_000_000), _STOPPED),
    Mailed("a body of carriage returns", lambda: _body(b"X: y", b"-\r" * 6_000_000), _STOPPED),
    Mailed("a message of 50 MB that is no base64", lambda: _body(b"X: y", b"-" * 50_000_000), "MiB"),
    Mailed(
        "base64 that is none",
        lambda: _body(b"Content-Transfer-Encoding: base64", b"====!\r\n" * 200_000),
        None,
    ),
    Mailed(
        "base64 of one line",
        lambda: _body(b"Content-Transfer-Encoding: base64", b"QUJD" * 5_000_000),
        None,
    ),
    Mailed(
        "40 MB of base64",
        lambda: _body(b"Content-Transfer-Encoding: base64", (b"QUJD" * 19 + b"\r\n") * 512_000),
        None,
    ),
    Mailed(
        "quoted-printable of soft line breaks",
        lambda: _body(b"Content-Transfer-Encoding: quoted-printable", b"=\r\n" * 4_000_000),
        None,
    ),
    Mailed(
        "uuencode without end",
        lambda: _body(b"Content-Transfer-Encoding: x-uuencode", b"begin 644 a\r\n" + b"M\r\n" * 1_000_000),
        None,
    ),
    *(
        Mailed(
            f"the charset {charset.decode()}",
            lambda charset=charset: _body(b"Content-Type: text/plain; charset=" + charset, b"a-" * 500_000),  # type: ignore[misc]
            None,
        )
        for charset in (b"punycode", b"idna", b"unicode_escape", b"utf-7")
    ),
    Mailed(
        "a file name in 300 pieces",
        lambda: _body(
            b"Content-Disposition: attachment" + b"".join(b"; f*%d*=punycode'x'%%61" % n for n in range(300)),
            b"x",
        ),
        None,
    ),
]

HEADERS: dict[str, bytes] = {
    "comments within comments": b"To: " + b"(" * 60_000,
    "open quotes": b"From: " + b'"' * 60_000,
    "open brackets": b"Cc: " + b"<" * 60_000,
    "at signs": b"To: " + b"@" * 60_000,
    "commas": b"Reply-To: " + b"a," * 30_000,
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 4_500,
    "half encoded words": b"Subject: " + b"=?utf-8?q?" * 6_000,
    "names of encoded words": b"To: " + b"=?utf-8?q?a?= <a@b>," * 3_000,
    "an encoded word of a charset that takes the square": b"Subject: =?punycode?q?" + b"a-" * 30_000 + b"b?=",
    "a date without end": b"Date: " + b"1 " * 30_000,
    "ids without end": b"References: " + b"<a@b>" * 12_000,
    "the same again and again": b"To: a\r\n" * 9_000,
    "one of many lines": b"Subject: a" + b"\r\n " * 20_000,
}
