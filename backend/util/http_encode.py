"""Turns the arguments of a call into query and body: the same bytes at every attempt."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import IO
from urllib.parse import urlencode

from backend.util.errors import InvalidInput
from backend.util.url_target import Target

Scalar = str | int | float | bool | None
Params = Mapping[str, "Scalar | Sequence[Scalar]"] | Sequence[tuple[str, Scalar]]
Form = Mapping[str, "Scalar | Sequence[Scalar]"]
FileContent = bytes | str | IO[bytes]
File = FileContent | tuple[str | None, FileContent] | tuple[str, FileContent, str]
"""The content, or (name, content), or (name, content, content type); without a name it is a plain field."""
Files = Mapping[str, File] | Sequence[tuple[str, File]]
"""By field; as a sequence, several may have the same field."""


def with_params(target: Target, params: Params | None) -> Target:
    """`target` with `params` behind the query it has. None is left out; true and false are lower case."""
    pairs = _pairs(params or {})
    if not pairs:
        return target
    mark = "&" if "?" in target.rest else "?"
    return Target(target.scheme, target.host, target.port, f"{target.rest}{mark}{urlencode(pairs)}")


def encoded(
    *,
    json_value: object,
    data: Form | bytes | str | None,
    content: bytes | str | None,
    files: Files | None,
) -> tuple[bytes, dict[str, str]]:
    """(body, the headers that describe it); None is "not given".

    Raises InvalidInput for two bodies, or for what JSON cannot hold.
    """
    given = [
        json_value is not None,
        data is not None and files is None,
        content is not None,
        files is not None,
    ]
    if sum(given) > 1:
        raise InvalidInput(
            "A request has one body: give json, data, content or files (with data), not several."
        )
    if json_value is not None:
        return _json(json_value), {"content-type": "application/json"}
    raw = content if content is not None else data
    if isinstance(raw, (bytes, str)):
        return (_utf8(raw) if isinstance(raw, str) else raw), {}
    if files is not None:
        return _multipart(raw or {}, files)
    if raw is not None:
        return urlencode(_pairs(raw)).encode(), {"content-type": "application/x-www-form-urlencoded"}
    return b"", {}


def _json(value: object) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except ValueError as error:
        raise InvalidInput(f"The body cannot be written as JSON: {error}. Correct that value.") from error


def _multipart(data: Form, files: Files) -> tuple[bytes, dict[str, str]]:
    import httpx  # 80 ms, and only uploads need it

    fields: dict[str, list[bytes]] = {}
    for name, value in _pairs(data):
        fields.setdefault(name, []).append(value)
    parts = list(files.items() if isinstance(files, Mapping) else files)
    request = httpx.Request("POST", "http://form", data=fields, files=parts)
    return request.read(), {"content-type": request.headers["content-type"]}


def _pairs(values: Params | Form) -> list[tuple[str, bytes]]:
    items = values.items() if isinstance(values, Mapping) else values
    return [(name, _text(one)) for name, value in items for one in _each(value) if one is not None]


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput("The request holds half of a character, which has no bytes. Remove it.") from error


def _each(value: Scalar | Sequence[Scalar]) -> Sequence[Scalar]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)


def _text(value: Scalar) -> bytes:
    return _utf8(str(value).lower() if isinstance(value, bool) else str(value))
