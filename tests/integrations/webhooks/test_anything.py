"""Whatever comes, a manager reads it or refuses it with a 4xx; nothing else ever comes out."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.data.model import JsonObject
from backend.util.errors import BlockyardError
from tests.support.deliveries import Read, deliver, webhook_of
from tests.support.webhook_senders import PROOF, PROVIDERS, example, make_secret, sign

NAMES = sorted(
    {name for names in PROOF.values() for name in names}
    | {
        "Content-Type",
        "Authorization",
        "X-Webhook-Token",
        "X-Webhook-Event",
        "X-GitHub-Event",
        "Linear-Delivery",
    }
)
LATIN = st.text(st.characters(max_codepoint=255), max_size=60)
VALUES = LATIN | st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "t=1,v1=a",
        "v1,AAAA",
        "Bearer x",
        "nan",
        "1e999",
    ]
)
KEYS = st.sampled_from(
    [
        "type",
        "action",
        "event",
        "id",
        "event_id",
        "data",
        "name",
        "base",
        "webhook",
        "payload",
        "webhookTimestamp",
        "verification_token",
        "challenge",
        "update_id",
        "message",
        "timestamp",
        "command",
        "subtype",
        "token",
        "custom_id",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        [
            "event_callback",
            "url_verification",
            "slash_command",
            "block_actions",
            "page.created",
            1,
            2,
            3,
            4,
            5,
        ]
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
BODIES = (
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | JSON.map(lambda value: b"payload=" + json.dumps(value).encode())
    | st.lists(
        st.sampled_from(["command=%2Fa", "text=%00", "payload=%7B%7D", "a=%ff", "&&", "trigger_id=1"])
    ).map(lambda parts: "&".join(parts).encode())
)


def is_read_or_refused(provider: str, secret: str | None, headers: dict[str, str], body: bytes) -> bool:
    """Whether it was read as a whole, or refused with 4xx and a word why."""
    read = _read_or_refusal(provider, secret, headers, body)
    if isinstance(read, BlockyardError):
        return 400 <= read.status < 500 and bool(str(read))
    json.dumps(read.payload, allow_nan=False).encode()
    has_event = read.event.isprintable() and 0 < len(read.event) <= 200
    has_id = read.event_id is None or 0 < len(read.event_id) <= 200
    return (read.reply is not None or has_event) and has_id


def _read_or_refusal(
    provider: str, secret: str | None, headers: dict[str, str], body: bytes
) -> Read | BlockyardError:
    try:
        return deliver(webhook_of(provider, secret), headers, body)
    except BlockyardError as refusal:
        return refusal


@pytest.mark.parametrize("provider", PROVIDERS)
@settings(max_examples=60, deadline=None)
@given(
    headers=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6), body=BODIES, has_secret=st.booleans()
)
def test_anything_unsigned_is_refused_or_introduces_itself(
    provider: str, headers: dict[str, str], body: bytes, has_secret: bool
) -> None:
    secret = make_secret(provider, "right") if has_secret else None
    assert is_read_or_refused(provider, secret, headers, body)


@pytest.mark.parametrize("provider", PROVIDERS)
@settings(max_examples=60, deadline=None)
@given(body=BODIES, event=LATIN, event_id=LATIN, content_type=VALUES)
def test_anything_well_signed_is_read_or_refused(
    provider: str, body: bytes, event: str, event_id: str, content_type: str
) -> None:
    secret = make_secret(provider, "right")
    signed = sign(provider, secret, body, event_id=event_id, event=event, at=time.time())
    assert is_read_or_refused(provider, secret, {**signed, "Content-Type": content_type}, body)


@pytest.mark.parametrize("provider", PROVIDERS)
@settings(max_examples=40, deadline=None)
@given(secret=st.text(max_size=80))
def test_any_secret_that_somebody_stores_is_used_or_refused(provider: str, secret: str) -> None:
    right = make_secret(provider, "right")
    headers = sign(provider, right, b"{}", event_id="1", event="e", at=0)
    assert is_read_or_refused(provider, secret, headers, b"{}")


@pytest.mark.parametrize("provider", PROVIDERS)
@settings(max_examples=60, deadline=None)
@given(changes=st.dictionaries(KEYS | st.just("event"), JSON, max_size=2))
def test_an_example_with_anything_in_its_fields_is_read_or_refused(
    provider: str, changes: JsonObject
) -> None:
    secret, at = make_secret(provider, "right"), time.time()
    documented, event = example(provider, "event-1", at=at)
    body = json.dumps({**json.loads(documented), **changes}).encode()
    assert is_read_or_refused(
        provider, secret, sign(provider, secret, body, event_id="1", event=event, at=at), body
    )
