"""Bodies of requests: counted while they come, parsed strictly, checked against a model."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from backend.util.errors import BadInput, Problem, TooLarge
from backend.util.json_text import model_message, parse_json, path_text

Model = TypeVar("Model", bound=BaseModel)
_BESIDE_BYTES = 262_144
"""Longer documents are parsed in a thread: the event loop goes on."""
_MAX_NAMED = 100
_CURES = {"missing": "Add it.", "extra_forbidden": "Remove it, or correct its name."}


def limited(receive: Receive, headers: dict[bytes, bytes], max_bytes: int) -> Receive:
    """A `receive` that refuses to hand over more than `max_bytes` of body."""
    seen = 0
    declared = headers.get(b"content-length", b"")
    is_too_long = declared.isdigit() and int(declared[:20]) > max_bytes

    async def receive_counted() -> Message:
        nonlocal seen
        if is_too_long:
            refuse_length(max_bytes)
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > max_bytes:
                refuse_length(max_bytes)
        return message

    return receive_counted


def refuse_length(max_bytes: int) -> NoReturn:
    """Say that a body is too long."""
    raise TooLarge(
        f"The body is larger than {max_bytes / 2**20:.0f} MiB; nothing was stored. "
        "Send less, or raise MAX_BODY_BYTES."
    )


async def read_body(receive: Receive) -> bytes:
    """The whole body.

    Raises:
        TooLarge: from a `limited` one.
        ClientDisconnect: the caller has gone.
    """
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def parse_body(raw: bytes) -> Any:
    """The JSON of a body.

    Raises:
        BadInput: see `parse_json`.
    """
    if len(raw) > _BESIDE_BYTES:
        return await asyncio.to_thread(parse_json, raw)
    return parse_json(raw)


def check_model(model: type[Model], value: Any) -> Model:
    """The value as the model.

    Raises:
        BadInput: every problem with its path.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        refuse(problems_in(error.errors(include_url=False, include_context=False, include_input=False)))


def refuse(problems: tuple[Problem, ...]) -> NoReturn:
    """Name all problems at once."""
    raise BadInput("; ".join(map(str, problems)), problems=problems)


def problems_in(details: list[ErrorDetails]) -> tuple[Problem, ...]:
    """What pydantic says, in our words; `body` in front of a path is left out."""
    return tuple(_problem(detail) for detail in details[:_MAX_NAMED])


def _problem(detail: ErrorDetails) -> Problem:
    place = detail["loc"][1:] if detail["loc"][:1] == ("body",) else detail["loc"]
    if not place and detail["type"] == "missing":
        return Problem("The body is missing.", "Send a JSON object.")
    cure = _CURES.get(detail["type"], "Correct it.")
    return Problem(f"{model_message(detail['type'], detail['msg'])}.", cure, path=path_text(place) or None)
