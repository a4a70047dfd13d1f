"""Zip archives from strangers: every entry looked at before anything is unpacked, and unpacked within what it says.

Read by hand, since Python's own reader (zipfile, 3.11) makes an object of each of a million entries first
and lets entries overlap. Format: APPNOTE.TXT 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

MIB = 1_048_576
PIECE_BYTES = MIB
_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 65_535
_ENCRYPTED, _UTF8 = 0x1, 0x800
_STORED, _DEFLATED = 0, 8
_SMALL_BYTES = MIB
"""Entries that are no larger may be squeezed as well as they can be."""


class BadZip(Exception):
    """The archive is broken, too large or not to be trusted; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """`ratio`: how many times larger an entry may be than what is stored of it."""

    entries: int
    ratio: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """A file in an archive. `path` has `/` between its parts; `start` is where its local header begins."""

    path: str
    size_bytes: int
    stored_bytes: int
    crc: int
    is_deflated: bool
    start: int


@dataclass(frozen=True, slots=True)
class _Header:
    """An entry of the central directory, as it is written."""

    flags: int
    method: int
    crc: int
    stored_bytes: int
    size_bytes: int
    mode: int
    start: int
    name: bytes


def entries(data: bytes, limits: ZipLimits) -> list[ZipEntry]:
    """The files of an archive, without folders, in its order.

    Raises:
        BadZip: it is no archive that can be trusted, or goes beyond the limits.
    """
    directory, headers = _headers(data, limits.entries)
    found = [_entry(header, limits) for header in headers if not header.name.endswith(b"/")]
    total = sum(entry.size_bytes for entry in found)
    if total > limits.total_bytes:
        raise BadZip(
            f"Unpacked it would have {total / MIB:,.0f} MiB, and {limits.total_bytes // MIB:,} are the most. "
            "Pack less into it."
        )
    _refuse_overlaps(data, found, directory)
    return found


def pieces(data: bytes, entry: ZipEntry) -> Iterator[bytes]:
    """What is in the entry, a piece at a time, and never more than it says.

    Raises:
        BadZip: there is more or less in it, or it is damaged.
    """
    begin = _content_start(data, entry.start)
    stored = memoryview(data)[begin : begin + entry.stored_bytes]
    size, crc = 0, 0
    try:
        for piece in _inflated(stored) if entry.is_deflated else _cut(stored):
            size += len(piece)
            if size > entry.size_bytes:
                break
            crc = zlib.crc32(piece, crc)
            yield piece
    except zlib.error:
        raise BadZip(f"The entry {_shown(entry.path)} is damaged. Pack it anew.") from None
    if size != entry.size_bytes or crc != entry.crc:
        raise BadZip(f"The entry {_shown(entry.path)} is not what its header says. Pack it anew.")


def _inflated(stored: memoryview) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    rest: bytes | memoryview = stored
    while not unpacker.eof:
        piece = unpacker.decompress(rest[:PIECE_BYTES], PIECE_BYTES)
        taken = min(len(rest), PIECE_BYTES) - len(unpacker.unconsumed_tail)
        if not piece and not taken:
            return
        rest = rest[taken:]
        yield piece


def _cut(stored: memoryview) -> Iterator[bytes]:
    for start in range(0, len(stored), PIECE_BYTES):
        yield bytes(stored[start : start + PIECE_BYTES])


def _headers(data: bytes, most: int) -> tuple[int, list[_Header]]:
    """Where the central directory begins, and what stands in it."""
    end_record = _end_record(data)
    _, disk, _, _, count, length, directory, _ = _END.unpack_from(data, end_record)
    end = directory + length
    if count > most:
        raise _too_many(most)
    if disk or end > end_record:
        raise BadZip("It is no whole zip archive. Pack it anew, in one piece.")
    found: list[_Header] = []
    position = directory
    while position < end:
        if len(found) == most:
            raise _too_many(most)
        header, position = _header(data, position)
        found.append(header)
    if position != end:
        raise BadZip("Its list of entries is damaged. Pack it anew.")
    return directory, found


def _too_many(most: int) -> BadZip:
    return BadZip(f"It has more than {most:,} entries. Pack fewer into it.")


def _end_record(data: bytes) -> int:
    position = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - _LONGEST_COMMENT))
    if position < 0 or len(data) - position < _END.size:
        raise BadZip("It is no zip archive, or not all of one. Choose another file.")
    return position


def _header(data: bytes, position: int) -> tuple[_Header, int]:
    """The entry that begins there, and where the next one does."""
    if data[position : position + 4] != b"PK\x01\x02" or len(data) - position < _CENTRAL.size:
        raise BadZip("Its list of entries is damaged. Pack it anew.")
    fields = _CENTRAL.unpack_from(data, position)
    flags, method, crc, stored, size = fields[3], fields[4], *fields[7:10]
    name_length, extra_length, comment_length, mode, start = *fields[10:13], fields[15] >> 16, fields[16]
    after = position + _CENTRAL.size
    name = data[after : after + name_length]
    header = _Header(flags, method, crc, stored, size, mode, start, name)
    return header, after + name_length + extra_length + comment_length


def _entry(header: _Header, limits: ZipLimits) -> ZipEntry:
    path = _path(header)
    shown = _shown(path)
    if header.flags & _ENCRYPTED:
        raise BadZip(f"The entry {shown} is encrypted. Pack it without a password.")
    if header.method not in (_STORED, _DEFLATED):
        raise BadZip(f"The entry {shown} is packed in a way that is not read here. Pack it with Deflate.")
    if stat.S_ISLNK(header.mode):
        raise BadZip(f"The entry {shown} is a link. Pack the file itself.")
    if header.size_bytes > max(_SMALL_BYTES, header.stored_bytes * limits.ratio):
        raise BadZip(
            f"The entry {shown} would grow to more than {limits.ratio} times its size. Pack it anew."
        )
    is_deflated = header.method == _DEFLATED
    return ZipEntry(path, header.size_bytes, header.stored_bytes, header.crc, is_deflated, header.start)


def _path(header: _Header) -> str:
    """The entry's name. Without the flag for UTF-8 it may be that all the same, or the old code page 437."""
    try:
        name = header.name.decode()
    except UnicodeDecodeError:
        name = header.name.decode("utf-8" if header.flags & _UTF8 else "cp437", errors="replace")
    path = name.replace("\\", "/")
    is_drive = path[1:2] == ":"
    if not path or "\x00" in path or path.startswith("/") or is_drive or ".." in path.split("/"):
        raise BadZip(f"The entry {_shown(name)} points outside of the archive. Pack it with a plain name.")
    return path


def _content_start(data: bytes, start: int) -> int:
    """Where what is stored of an entry begins, after its local header."""
    if data[start : start + 4] != b"PK\x03\x04" or len(data) - start < _LOCAL.size:
        raise BadZip("An entry is not where the archive says. Pack it anew.")
    fields = _LOCAL.unpack_from(data, start)
    return start + _LOCAL.size + int(fields[9]) + int(fields[10])


def _refuse_overlaps(data: bytes, found: list[ZipEntry], directory: int) -> None:
    """Entries that share what is stored unpack to far more than the archive's size."""
    spans = sorted((one.start, _content_start(data, one.start) + one.stored_bytes) for one in found)
    ends_late = bool(spans) and spans[-1][1] > directory
    if ends_late or any(before[1] > after[0] for before, after in pairwise(spans)):
        raise BadZip("Its entries lie over each other. Pack it anew.")


def _shown(path: str) -> str:
    return repr(path if len(path) <= 60 else path[:59] + "…")
