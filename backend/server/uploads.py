"""Uploads: the body of a request as files, parsed and stored while it comes. Nothing is written to disk here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import NoReturn

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.types import Receive

from backend.data.file import clean_name, media_type_of
from backend.data.file_stream import FileWriter
from backend.util.errors import BadInput, Problem, TooLarge

MAX_FILES = 20
_FIELD = "file"
_STALLED_AFTER_S = 60.0
_HEADERS_BYTES = 1_048_576
"""What boundaries and headers of all parts may take together."""
_SHOW = "For example: curl -F file=@report.pdf …/api/files"
_ENCODINGS = ("", "7bit", "8bit", "binary")


@dataclass(frozen=True, slots=True)
class Part:
    """How a part of a form begins. `filename` None: it is a plain field."""

    field: str
    filename: str | None
    media_type: str | None


async def store_upload(
    receive: Receive,
    headers: dict[bytes, bytes],
    writer: FileWriter,
    *,
    id_at: Callable[[int], str],
    name: str | None,
    max_file_bytes: int,
) -> None:
    """Store what the body holds: the files of a form, or the whole body as one file called `name`.

    `id_at` gives the id of the first, the second … file.

    Raises:
        BadInput: it is no form with files, is cut off, or stopped coming; or the name is missing.
        TooLarge, Conflict, Unavailable: see `FileWriter`.
    """
    kind, options = parse_options_header(headers.get(b"content-type"))
    if kind.startswith(b"multipart/"):
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            _refuse("The body is no form that files can be read from.", _SHOW, "Content-Type")
        pieces = body_pieces(receive, headers, max_file_bytes * MAX_FILES + _HEADERS_BYTES)
        await _store_form(pieces, options[b"boundary"], writer, id_at)
    elif name is None:
        _refuse("The file has no name.", f"Send a form, or add ?name=… to the address. {_SHOW}", "name")
    else:
        await _store_body(
            body_pieces(receive, headers, max_file_bytes), kind.decode("latin-1"), writer, id_at, name
        )


async def _store_body(
    pieces: AsyncGenerator[bytes], kind: str, writer: FileWriter, id_at: Callable[[int], str], name: str
) -> None:
    cleaned = clean_name(name)
    await writer.begin(id_at(0), cleaned, media_type_of(kind, cleaned))
    async for piece in pieces:
        await writer.write(piece)


async def _store_form(
    pieces: AsyncGenerator[bytes], boundary: bytes, writer: FileWriter, id_at: Callable[[int], str]
) -> None:
    form, count = FormReader(boundary), 0
    async for piece in pieces:
        for event in form.feed(piece):
            if isinstance(event, bytes):
                await writer.write(event)
                continue
            name = clean_name(_filename_of(event))
            count += 1
            if count > MAX_FILES:
                _refuse(f"The form holds more than {MAX_FILES} files.", "Send them in several requests.")
            await writer.begin(id_at(count - 1), name, media_type_of(event.media_type, name))
    form.check_whole()
    if count == 0:
        _refuse("The form holds no file.", f"Add one in the field `{_FIELD}`. {_SHOW}", _FIELD)


def _filename_of(part: Part) -> str:
    if part.field != _FIELD:
        _refuse(f"The form has a field {part.field[:100]!r}.", f"Send files only, as `{_FIELD}`. {_SHOW}")
    if not part.filename:
        _refuse("A file has no name.", f"Choose a file, and send it with its name. {_SHOW}", _FIELD)
    return part.filename


async def body_pieces(receive: Receive, headers: dict[bytes, bytes], max_bytes: int) -> AsyncGenerator[bytes]:
    """The body as it comes.

    Raises:
        TooLarge: it is longer than `max_bytes`, or says so.
        BadInput: it ended early, or nothing came for a minute.
    """
    declared = headers.get(b"content-length", b"")
    seen = int(declared[:20]) if declared.isdigit() else 0
    if seen > max_bytes:
        _refuse_length(max_bytes)
    seen, is_more = 0, True
    while is_more:
        try:
            async with asyncio.timeout(_STALLED_AFTER_S):
                message = await receive()
        except TimeoutError:
            _refuse(f"Nothing came for {_STALLED_AFTER_S:.0f} s.", "Send the file again.")
        if message["type"] == "http.disconnect":
            _refuse("The connection was closed before the body had ended.", "Send the file again.")
        piece: bytes = message.get("body", b"")
        is_more = message.get("more_body", False)
        seen += len(piece)
        if seen > max_bytes:
            _refuse_length(max_bytes)
        yield piece


def _refuse_length(max_bytes: int) -> NoReturn:
    raise TooLarge(
        f"The body is larger than {max_bytes / 2**20:,.4g} MiB; nothing was stored. "
        "Send smaller files, or raise MAX_FILE_BYTES."
    )


def _refuse(message: str, cure: str, path: str = _FIELD) -> NoReturn:
    problem = Problem(message, cure, path=path)
    raise BadInput(f"{problem} Nothing was stored.", problems=(problem,))


class FormReader:
    """Turns the bytes of a form (RFC 7578) into how its parts begin and what is in them."""

    def __init__(self, boundary: bytes) -> None:
        self._events: list[Part | bytes] = []
        self._headers: dict[str, bytes] = {}
        self._field = self._value = b""
        self._is_whole = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers,
                    "on_part_data": self._on_data,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            self._refuse(error)

    def feed(self, piece: bytes) -> list[Part | bytes]:
        """What these bytes come to.

        Raises:
            BadInput: they are no form.
        """
        if self._is_whole:
            return []
        try:
            self._parser.write(piece)
        except FormParserError as error:
            self._refuse(error)
        events, self._events = self._events, []
        return events

    def check_whole(self) -> None:
        """Refuse a form without an end."""
        if not self._is_whole:
            _refuse("The form is cut off: its last boundary is missing.", "Send it again.")

    def _refuse(self, error: FormParserError) -> NoReturn:
        _refuse(f"The body cannot be read as a form: {error}.", f"Let a library write it. {_SHOW}")

    def _on_part(self) -> None:
        self._headers.clear()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._field.decode("latin-1").lower()] = self._value
        self._field = self._value = b""

    def _on_headers(self) -> None:
        self._events.append(part_of(self._headers))

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(data[start:end])

    def _on_end(self) -> None:
        self._is_whole = True


def part_of(headers: dict[str, bytes]) -> Part:
    """What the headers of a part say, names in lower case.

    Raises:
        BadInput: it is no part of a form, or its content is written in a way that forms no longer have.
    """
    kind, options = parse_options_header(headers.get("content-disposition"))
    if kind != b"form-data":
        _refuse("A part of the body does not say to which field it belongs.", _SHOW)
    encoding = headers.get("content-transfer-encoding", b"").decode("latin-1").strip().lower()
    if encoding not in _ENCODINGS:
        _refuse(f"A file is sent as {encoding[:40]!r}.", "Send its bytes as they are.")
    declared = headers.get("content-type")
    return Part(
        field=_text(options.get(b"name", b"")),
        filename=_unescaped(_text(options[b"filename"])) if b"filename" in options else None,
        media_type=None if declared is None else declared.decode("latin-1"),
    )


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _unescaped(name: str) -> str:
    """Undo what browsers do to names of files.

    Source: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data.
    """
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
