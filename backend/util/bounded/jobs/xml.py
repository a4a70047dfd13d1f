"""Reads XML: `{"text"}` becomes nested objects, as xmltodict makes them."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

import xmltodict

from backend.util.bounded.protocol import Refused
from backend.util.json_depth import depth_of
from backend.util.json_text import MAX_DEPTH


class _Expat:
    """Stands for the module: parsers that refuse a document type before anything of it is read."""

    @staticmethod
    def ParserCreate(encoding: str | None, separator: str | None) -> Any:  # noqa: N802  # expat's own name
        parser = expat.ParserCreate(encoding, separator)
        parser.StartDoctypeDeclHandler = _refuse_document_type
        return parser


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The document by the name of its root element."""
    try:
        found = xmltodict.parse(request["text"].removeprefix("\ufeff"), expat=_Expat, disable_entities=True)
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset + 1}"
        raise Refused(
            f"The XML cannot be read: {expat.ErrorString(error.code)} in {place}. Correct it there."
        ) from None
    if depth_of(found, most=MAX_DEPTH) > MAX_DEPTH:
        raise Refused(f"Its tags are nested more than {MAX_DEPTH} deep. Make the document flatter.")
    return dict(found)


def _refuse_document_type(*_: Any) -> None:
    raise Refused(
        "The XML has a document type (<!DOCTYPE …>), which is not read, for it may name files and grow without end. "
        "Remove it."
    )
