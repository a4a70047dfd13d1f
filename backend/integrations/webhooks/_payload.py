"""Reading what was delivered: JSON objects, forms, names of events, ids."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl

from backend.data.json_types import as_object
from backend.data.model import JsonObject
from backend.integrations.webhooks._request import WebhookRequest
from backend.util.errors import BadInput
from backend.util.json_text import refuse_unstorable

MAX_FIELDS = 1_000
_LONGEST = 200


async def json_object(request: WebhookRequest) -> JsonObject:
    """The body as a JSON object.

    Raises:
        BadInput: it is something else.
    """
    found = as_object(await request.json())
    if found is None:
        raise BadInput("The body is JSON, but no object. Send one, such as {...}.")
    return found


def is_form(request: WebhookRequest) -> bool:
    """Whether the body is `application/x-www-form-urlencoded`."""
    return media_type(request) == "application/x-www-form-urlencoded"


def media_type(request: WebhookRequest) -> str:
    """The kind of the body without its parameters, in small letters; empty: nobody said."""
    return request.header("content-type").partition(";")[0].strip().lower()


def form_fields(request: WebhookRequest) -> dict[str, list[str]]:
    """The fields of a form, each with its values in order.

    Raises:
        BadInput: it is no UTF-8, or has too many fields.
    """
    try:
        pairs = parse_qsl(request.raw.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:  # UnicodeDecodeError is one
        raise BadInput(
            f"The form cannot be read. Send it in UTF-8, with at most {MAX_FIELDS} fields."
        ) from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    refuse_unstorable(fields)
    return fields


def event_name(name: str, where: str) -> str:
    """A name that can be stored and shown: what is not printable is replaced, the end is cut off.

    Raises:
        BadInput: there is none; `where` it should be.
    """
    if not name:
        raise BadInput(f"The delivery does not say which event it is: {where} is missing.")
    return "".join(one if one.isprintable() else "?" for one in name[:_LONGEST])


def identity(text: str) -> str | None:
    """An id that can be stored and compared: a long or unprintable one by its hash, None when there is none."""
    if len(text) > _LONGEST or not text.isprintable():
        return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"
    return text or None
