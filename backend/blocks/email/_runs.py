"""Keeps the files within a message out of what is parsed: they are nearly all of its bytes, and say nothing. Pure.

Lines of base64 hold no header and no boundary, so that a long run of them can stand as one line, a mark, in what the
parser gets. All of it takes time by the length, in pieces, so that other threads come to their turn.
"""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

_BLOCK = 32_768
_LETTERS = (string.ascii_letters + string.digits + "+/").encode()
_IN_RUNS = _LETTERS + b"=\r\n"
_ENDS = re.compile(rb"[\r\n]+")
_NO_LETTERS = bytes(set(range(256)) - set(_LETTERS + b"="))


@dataclass(frozen=True, slots=True)
class Thin:
    """A message with marks in place of its long runs, and the runs in their order."""

    data: bytes
    mark: bytes
    runs: list[bytes]

    def whole(self, raw: bytes) -> bytes:
        """A body with the runs in it again."""
        return re.sub(re.escape(self.mark) + rb"([0-9]+)z", lambda found: self.runs[int(found[1])], raw)


def thin(raw: bytes, mark: bytes) -> Thin:
    """`mark` is made of letters and digits, and no stranger knew it when the message was written."""
    kept: list[bytes] = []
    runs: list[bytes] = []
    at = 0
    for start, end in _plain(raw):
        first, last = _inner(raw, start, end)
        if last - first > _BLOCK:
            kept += [raw[at:first], b"%s%dz" % (mark, len(runs))]
            runs.append(raw[first:last])
            at = last
    return Thin(b"".join([*kept, raw[at:]]), mark, runs)


def decoded_body(raw: bytes, encoding: str) -> bytes:
    """The bytes of a body in its transfer encoding, as far as they can be read."""
    if encoding == "base64":
        return b"".join(_of_base64(raw))
    return binascii.a2b_qp(raw) if encoding == "quoted-printable" else raw


def _plain(raw: bytes) -> Iterator[tuple[int, int]]:
    """From where to where, in steps of a block, there is nothing but base64 and ends of lines."""
    begun: int | None = None
    for at in range(0, len(raw), _BLOCK):
        is_plain = not raw[at : at + _BLOCK].translate(None, _IN_RUNS)
        if is_plain and begun is None:
            begun = at
        elif not is_plain and begun is not None:
            yield begun, at
            begun = None
    if begun is not None:
        yield begun, len(raw)


def _inner(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """From the beginning of a line on; ends of lines at the edges stay, for one of them may end the headers."""
    ends = [place for place in (raw.find(b"\r", start, end), raw.find(b"\n", start, end)) if place >= 0]
    broken = _ENDS.match(raw, min(ends), end) if ends else None
    first = start if broken is None else broken.end()
    return first, first + len(raw[first:end].rstrip(b"\r\n"))


def _of_base64(raw: bytes) -> Iterator[bytes]:
    """What is no letter of it is passed over, and it ends with the first `=`."""
    rest = b""
    for at in range(0, len(raw), _BLOCK):
        letters, end, _ = (rest + raw[at : at + _BLOCK].translate(None, _NO_LETTERS)).partition(b"=")
        whole = len(letters) // 4 * 4
        yield binascii.a2b_base64(letters[:whole])
        rest = letters[whole:]
        if end:
            break
    if len(rest) > 1:
        yield binascii.a2b_base64(rest + b"==")
