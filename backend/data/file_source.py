"""Where the content of a file pin comes from: a stored file, a data URI, or an address on the web."""

from __future__ import annotations

import base64
import binascii
import codecs
from email.message import Message
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from backend.data.block import Context
from backend.data.file import NAMELESS, UNKNOWN_TYPE, FileContent, ending_of, file_id_in
from backend.util.errors import BlockError
from backend.util.request import AsyncRequests, Response
from backend.util.settings import settings

_LONGEST_HEADER = 2000
"""It may name a charset of its own, and Python has some that take the square of the length."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ACCEPTED = "A `file:` reference, a data URI, or an address with http:// or https://"


class FromAnywhere:
    """For blocks with a file pin."""

    async def fetch(self, url: str) -> Response:
        """Get it through the guarded client."""
        return await AsyncRequests(max_bytes=settings.max_file_bytes).get(url)

    async def content_of(self, context: Context, value: str) -> FileContent:
        """The file that the value stands for.

        Raises:
            BlockError: it stands for none, or the file cannot be had.
        """
        if file_id_in(value) is None and value[:5].lower() == "data:":
            return content_in(value)
        if value[:8].lower().startswith(("http://", "https://")):
            return downloaded(value, await self.fetch(value))
        return await context.read_file(value)

    async def stored(self, context: Context, value: str) -> str:
        """The reference of a stored file; one from elsewhere is stored first, once for each firing."""
        if file_id_in(value) is not None:
            await context.read_file(value)
            return value

        async def store() -> str:
            content = await self.content_of(context, value)
            return await context.save_file(content.name, content.data, content.media_type)

        reference: str = await context.step("store", store)
        return reference


def data_uri(content: FileContent) -> str:
    """The file as text (RFC 2397)."""
    return f"data:{content.media_type};base64,{base64.b64encode(content.data).decode()}"


def content_in(uri: str) -> FileContent:
    """The file in a data URI.

    Raises:
        BlockError: it cannot be read.
    """
    head, comma, text = uri[5:].partition(",")
    media_type, *options = [part.strip().lower() for part in head.split(";")]
    if not comma:
        raise BlockError("The data URI has no comma, so it holds no file. Correct it.")
    media_type = media_type or "text/plain"
    data = decoded_base64(unquote(text)) if "base64" in options else unquote_to_bytes(text)
    return FileContent(NAMELESS + ending_of(media_type), media_type, data)


def decoded_base64(text: str) -> bytes:
    """The bytes; line breaks are left out, and `-_` count as `+/`.

    Raises:
        BlockError: it is no base64.
    """
    joined = "".join(text.split()).replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(joined + "=" * (-len(joined) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BlockError(f"The text is no base64: {error}. Correct it, or turn `base_64` off.") from error


def downloaded(url: str, response: Response) -> FileContent:
    """The file that an answer is, under the name that the service gives it, else the last part of the address."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower() or UNKNOWN_TYPE
    name = _name_in(response.headers.get("content-disposition", ""))
    name = name or unquote(urlsplit(response.url or url).path.rpartition("/")[2])
    return FileContent(name or NAMELESS + ending_of(media_type), media_type, response.content)


def _name_in(disposition: str) -> str:
    """The file name of a Content-Disposition (RFC 6266); empty when there is none."""
    message = Message()
    message["content-disposition"] = disposition[:_LONGEST_HEADER]
    return message.get_filename("")


def text_of(content: FileContent) -> str:
    """The file's text: by its byte order mark, else UTF-8, else Latin-1.

    Raises:
        BlockError: it is no text.
    """
    text = _decoded(content.data)
    if "\x00" in text:
        raise BlockError(f"The file {content.name!r} ({content.media_type}) is no text. Choose a text file.")
    return text


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
