"""Which charset a text from outside is in: the names that may be believed, and where a web page says its own."""

from __future__ import annotations

import codecs
import re
from email.message import Message
from encodings.aliases import aliases

_CODECS = frozenset({
    "ascii", "big5", "big5hkscs", "cp866", "cp874", "cp932", "cp949", "euc_jp", "euc_kr", "gb18030", "gb2312",
    "gbk", "hz", "iso2022_jp", "iso2022_kr", "johab", "koi8_r", "koi8_u", "latin_1", "mac_cyrillic",
    "mac_roman", "ptcp154", "shift_jis", "tis_620", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_8",
    *(f"iso8859_{part}" for part in range(2, 17) if part != 12), *(f"cp125{part}" for part in range(9)),
})  # fmt: skip
"""Python has more, and some take the square of the length: 200 KB of "punycode" take four seconds."""
_AS_BROWSERS_READ = {
    "ascii": "cp1252",
    "latin_1": "cp1252",
    "iso8859_9": "cp1254",
    "tis_620": "cp874",
    "iso8859_11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""Names that stand for a larger set on the web (WHATWG Encoding, 4.2)."""
_MARKS = ((codecs.BOM_UTF8, "utf_8"), (codecs.BOM_UTF16_LE, "utf_16_le"), (codecs.BOM_UTF16_BE, "utf_16_be"))
_LONGEST_HEADER = 500
"""RFC 2231 lets a charset be written in another one."""
_PRESCANNED_BYTES = 4096
_PIECE = 65_536
_MARKED = {
    "utf_16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
    "utf_32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
}
"""In pieces they cannot be read without their mark; read whole, they are little-endian then."""
_SAID = re.compile(
    rb"""<(?:meta[^>]{0,500}?charset|\?xml[^>]{0,200}?encoding)\s*=\s*["']?\s*([a-z0-9_.:-]{1,40})""",
    re.IGNORECASE,
)


def codec_of(label: str) -> str | None:
    """Python's name of the charset that a label means; None when it is unknown, or no charset of texts."""
    name = re.sub(r"[^a-z0-9]+", "_", label[:40].lower()).strip("_")
    codec = aliases.get(name, name)
    return codec if codec in _CODECS else None


def charset_in(content_type: str) -> str:
    """The charset that a Content-Type names; empty when it names none."""
    message = Message()
    message["content-type"] = content_type[:_LONGEST_HEADER]
    return message.get_content_charset("")


def decoded(content: bytes, content_type: str) -> str:
    """A text in the charset that its Content-Type names, else UTF-8; what cannot be read becomes U+FFFD."""
    return _read(content, codec_of(charset_in(content_type)) or "utf_8")


def decoded_page(content: bytes, content_type: str) -> str:
    """A web page as browsers read it: its byte order mark, the header, its `<meta>`, UTF-8, else Windows-1252."""
    for mark, marked in _MARKS:
        if content.startswith(mark):
            return _read(content[len(mark) :], marked)
    codec = codec_of(charset_in(content_type)) or _own_word(content)
    if codec is not None:
        return _read(content, _AS_BROWSERS_READ.get(codec, codec))
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _read(content, "cp1252")


def _read(content: bytes, codec: str) -> str:
    """The text, with U+FFFD for what cannot be read; in pieces, so that other threads come to their turn."""
    if len(content) <= _PIECE or codec.startswith("iso2022"):
        return content.decode(codec, errors="replace")
    if codec in _MARKED and not content.startswith(_MARKED[codec]):
        codec += "_le"
    decoder = codecs.getincrementaldecoder(codec)("replace")
    places = range(0, len(content), _PIECE)
    return "".join(decoder.decode(content[at : at + _PIECE], at + _PIECE >= len(content)) for at in places)


def _own_word(content: bytes) -> str | None:
    """What the page says in its first lines; that it could be read so far means it is not UTF-16."""
    match = _SAID.search(content, 0, _PRESCANNED_BYTES)
    codec = codec_of(match[1].decode()) if match else None
    return "utf_8" if codec is not None and codec.startswith(("utf_16", "utf_32")) else codec
