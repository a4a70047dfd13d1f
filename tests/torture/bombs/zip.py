"""Archives that would unpack to far more than they are, or to somewhere else."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from functools import cache

from backend.blocks.files._sample_archives import archive_of
from backend.data.examples import file_value
from backend.data.file import FileContent
from backend.data.model import JsonObject
from tests.torture.bombs.bomb import Bomb

MIB = 1_048_576
_CENTRAL, _LOCAL = b"PK\x01\x02", b"PK\x03\x04"


def _unzip(name: str, data: bytes, says: str | None) -> Bomb:
    content = FileContent("bomb.zip", "application/zip", data)
    given: JsonObject = {"file": file_value(content)}
    return Bomb(f"zip: {name}", "UnzipFileBlock", lambda: given, says, (content,))


def _raw(path: bytes, stored: bytes, size: int, crc: int = 0, *, method: int = 8, flags: int = 0) -> bytes:
    """An archive of one entry, saying whatever it is told to."""
    sizes = (crc, len(stored), size)
    local = struct.pack("<4s5H3L2H", _LOCAL, 20, flags, method, 0, 33, *sizes, len(path), 0) + path + stored
    fields = (20, 20, flags, method, 0, 33, *sizes, len(path), 0, 0, 0, 0, 0, 0)
    return _ended(local, struct.pack("<4s6H3L5H2L", _CENTRAL, *fields) + path, 1)


def _ended(local: bytes, directory: bytes, count: int) -> bytes:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(local), 0)
    return local + directory + end


@cache
def _zeros(pieces: int) -> bytes:
    """So many MiB of zeros, deflated: a thousandth of that."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (pieces - 1) + packer.flush()


def _overlapping(entries: int) -> bytes:
    """Many entries of a directory that share what is stored of one (Fifield, 2019)."""
    stored = _zeros(1)
    whole = _raw(b"a", stored, MIB, zlib.crc32(bytes(MIB)))
    begin = whole.index(_CENTRAL)
    return _ended(whole[:begin], whole[begin : begin + 47] * entries, entries)


def _side_by_side(entries: int, size: int) -> bytes:
    """Many entries that say that each of them unpacks to `size`."""
    whole = _raw(b"a", bytes(size // 99), size)
    begin = whole.index(_CENTRAL)
    local, header = whole[:begin], whole[begin : begin + 47]
    headers = (header[:42] + struct.pack("<L", n * begin) + header[46:] for n in range(entries))
    return _ended(local * entries, b"".join(headers), entries)


def _many(entries: int, *, says: int | None = None) -> bytes:
    """Empty files, all of one name."""
    whole = _raw(b"a", b"", 0, method=0)
    begin = whole.index(_CENTRAL)
    local, header = whole[:begin], whole[begin : begin + 47]
    headers = (header[:42] + struct.pack("<L", n * begin) + header[46:] for n in range(entries))
    return _ended(local * entries, b"".join(headers), min(0xFFFF, says or entries))


def _patched(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """With some bytes of the last such record replaced."""
    place = data.rfind(signature) + offset
    return data[:place] + value + data[place + len(value) :]


def _link() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return packed.getvalue()


def _packed_with(method: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a", bytes(10 * MIB))
    return packed.getvalue()


_SMALL = archive_of("small.zip", {"a.txt": b"abc" * 1000}).data
_NESTED = archive_of("nested.zip", {f"{n}.zip": _raw(b"a", _zeros(100), 100 * MIB) for n in range(10)}).data
_EMPTY_BLOCKS = b"\x00\x00\x00\xff\xff" * 4_000_000 + b"\x03\x00"

BOMBS: list[Bomb] = [
    _unzip("ten thousand MiB of zeros", _raw(b"a", _zeros(10_000), 10_000 * MIB & 0xFFFFFFFF), "100 times"),
    _unzip("zeros that say they are few", _raw(b"a", _zeros(10_000), 5 * MIB), "not what its header says"),
    _unzip("zeros that say they are none", _raw(b"a", _zeros(10_000), 0), "not what its header says"),
    _unzip("zeros within the ratio of all", _raw(b"a", _zeros(24), 24 * MIB), "100 times"),
    _unzip("archives in an archive stay packed", _NESTED, None),
    _unzip("entries over each other", _overlapping(150), "over each other"),
    _unzip("all together too large", _side_by_side(21, 10 * MIB), "210 MiB"),
    _unzip("one of them too large", _side_by_side(2, 26 * MIB), "larger than 25 MiB"),
    _unzip("a hundred thousand entries", _many(100_000), "1,000 entries"),
    _unzip(
        "as many, but says one",
        _many(20_000, says=1),
        "1,000 entries",
    ),
    _unzip("empty blocks without end", _raw(b"a", _EMPTY_BLOCKS, 0), None),
    _unzip("longer than it is", _raw(b"a", b"\x03\x00", 100), "not what its header says"),
    _unzip("another checksum", _raw(b"a", b"abc", 3, 1, method=0), "not what its header says"),
    _unzip("rubbish for data", _raw(b"a", b"\xff" * 1000, 3), "damaged"),
    _unzip("stored beyond the end", _patched(_SMALL, _CENTRAL, 20, b"\xff\xff\xff\x7f"), "over each other"),
    _unzip("begins beyond the end", _patched(_SMALL, _CENTRAL, 42, b"\xff\xff\xff\x7f"), "not where"),
    _unzip(
        "a directory before the beginning", _patched(_SMALL, b"PK\x05\x06", 12, b"\xff\xff\xff\x7f"), "whole"
    ),
    _unzip("a directory of rubbish", _patched(_SMALL, b"PK\x05\x06", 12, b"\x07\x00\x00\x00"), "damaged"),
    _unzip("cut off", _SMALL[:-30], "no zip archive"),
    _unzip("nothing", b"", "no zip archive"),
    _unzip("not a zip at all", b"PK" * 5_000_000, "no zip archive"),
    _unzip("many ends", b"PK\x05\x06" * 5_000_000, "archive"),
    _unzip("encrypted", _raw(b"a", b"x" * 20, 3, flags=1), "encrypted"),
    _unzip("a link", _link(), "a link"),
    _unzip("packed with LZMA", _packed_with(zipfile.ZIP_LZMA), "Deflate"),
    _unzip("packed with bzip2", _packed_with(zipfile.ZIP_BZIP2), "Deflate"),
    _unzip("up and out", archive_of("a.zip", {"a/../../b": b""}).data, "outside"),
    _unzip("up and out, for Windows", archive_of("a.zip", {"a\\..\\..\\b": b""}).data, "outside"),
    _unzip("from the root", archive_of("a.zip", {"//etc/passwd": b""}).data, "outside"),
    _unzip("from a drive", archive_of("a.zip", {"c:b": b""}).data, "outside"),
    _unzip("a zero in its name", _raw(b"a.txt\x00.exe", b"\x03\x00", 0), "outside"),
    _unzip("no name", _raw(b"", b"\x03\x00", 0), "outside"),
    _unzip("a name of 65,535 letters", _raw(b"a" * 65_535, b"\x03\x00", 0), None),
]
