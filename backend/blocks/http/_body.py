"""Makes query, headers and body of a request from what its block is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from backend.blocks.http._sending import PLAIN_TEXT, form_text, has_header, json_text
from backend.data.json_types import as_object, is_list
from backend.util.errors import BlockError
from backend.util.http_encode import File
from backend.util.request import CallOptions

BodyType = Literal["none", "json", "form", "multipart", "text"]


def request_options(
    kind: BodyType,
    body: Any,
    *,
    query: dict[str, Any],
    headers: dict[str, str],
    files: Sequence[tuple[str, File]],
) -> CallOptions:
    """What the client is told.

    Raises:
        BlockError: the body is not of this kind, or files have no form to go in.
    """
    if files and kind != "multipart":
        raise BlockError("Files go in a multipart form. Set `body_type` to multipart.")
    options: CallOptions = {"params": _fields(query), "headers": headers}
    if kind == "json":
        return {**options, "content": json_text(body), "headers": _typed(headers, "application/json")}
    if kind == "text":
        text = "" if body is None else form_text(body)
        return {**options, "content": text, "headers": _typed(headers, PLAIN_TEXT)}
    if kind == "form":
        return {**options, "data": dict(_grouped(_form(body)))}
    if kind == "multipart":
        # Fields are parts without a file name, so that a form without files is multipart all the same.
        own: list[tuple[str, File]] = [(name, (None, value)) for name, value in _form(body)]
        if not own and not files:
            raise BlockError("The multipart form is empty. Give it a field in `body`, or a file.")
        return {**options, "files": [*own, *files]}
    if body is not None and body != "":
        raise BlockError("There is a body, and `body_type` is none. Say what the body is.")
    return options


def _typed(headers: dict[str, str], kind: str) -> dict[str, str]:
    return headers if has_header(headers, "content-type") else {**headers, "Content-Type": kind}


def _form(body: Any) -> list[tuple[str, str]]:
    fields = {} if body is None else as_object(body)
    if fields is None:
        raise BlockError("The body of a form is an object of its fields. Give an object.")
    return _fields(fields)


def _fields(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and texts; a list repeats its name, null is left out, an object is written as JSON."""
    return [
        (name, form_text(one))
        for name, value in values.items()
        for one in (value if is_list(value) else [value])
        if one is not None
    ]


def _grouped(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, text in fields:
        grouped.setdefault(name, []).append(text)
    return grouped
