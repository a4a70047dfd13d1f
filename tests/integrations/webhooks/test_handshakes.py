"""What is answered at once: challenges, pings, introductions; and what a stored delivery is answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.util.errors import BadInput, Unauthorized
from tests.support.deliveries import Read, deliver, set_clock, webhook_of
from tests.support.webhook_senders import example, make_secret, sign

AT = 1_700_000_000.0


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, AT)


def send(provider: str, body: object, **headers: str) -> Read:
    secret = make_secret(provider, "right")
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = sign(provider, secret, raw, event_id="e1", event="", at=AT)
    return deliver(webhook_of(provider, secret), {**signed, **headers}, raw)


def test_slacks_challenge_is_sent_back() -> None:
    """https://docs.slack.dev/reference/events/url_verification"""
    challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
    reply = send("slack", {"token": "Jhj5", "challenge": challenge, "type": "url_verification"}).reply
    assert reply is not None
    assert (reply.status, reply.body) == (200, {"challenge": challenge})
    with pytest.raises(BadInput, match="challenge"):
        send("slack", {"type": "url_verification"})


def test_slacks_challenge_is_answered_to_slack_only() -> None:
    body = json.dumps({"challenge": "x", "type": "url_verification"}).encode()
    headers = sign("slack", make_secret("slack", "wrong"), body, event_id="", event="", at=AT)
    with pytest.raises(Unauthorized):
        deliver(webhook_of("slack", make_secret("slack", "right")), headers, body)


def test_a_message_about_url_verification_is_a_message() -> None:
    event = {"type": "message", "text": "url_verification"}
    assert send("slack", {"type": "event_callback", "event_id": "Ev1", "event": event}).event == "message"


def test_a_retry_of_slack_is_the_same_event() -> None:
    body, _ = example("slack", "Ev7")
    again = {"X-Slack-Retry-Num": "2", "X-Slack-Retry-Reason": "http_timeout"}
    assert send("slack", body).event_id == send("slack", body, **again).event_id == "Ev7"


def test_discords_ping_is_answered_with_a_pong() -> None:
    reply = send("discord", {"type": 1, "id": "1"}).reply
    assert reply is not None
    assert reply.body == {"type": 1}


@pytest.mark.parametrize("key", ["", "zz", "ab" * 31, "ü" * 64, "whsec_AAAA"])
def test_what_is_no_public_key_is_refused_with_the_place_where_it_is_found(key: str) -> None:
    body, event = example("discord", "1")
    headers = sign("discord", make_secret("discord", "right"), body, event_id="1", event=event, at=AT)
    with pytest.raises(Unauthorized, match=r"General Information|no secret yet"):
        deliver(webhook_of("discord", key), headers, body)


@pytest.mark.parametrize("kind", [0, 6, True, "2", None])
def test_an_interaction_that_is_not_known_is_refused(kind: Any) -> None:
    with pytest.raises(BadInput, match="1 to 5"):
        send("discord", {"type": kind, "id": "1"})


NOTION_TOKEN = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"


def test_notions_first_request_brings_the_secret() -> None:
    """https://developers.notion.com/reference/webhooks#step-2-validating-the-webhook-subscription"""
    body = json.dumps({"verification_token": NOTION_TOKEN}).encode()
    read = deliver(webhook_of("notion", None), {"Content-Type": "application/json"}, body)
    assert read.introduction is not None
    assert read.introduction.secret == NOTION_TOKEN


@pytest.mark.parametrize(
    "body",
    [
        {"verification_token": NOTION_TOKEN, "type": "page.created"},
        {"verification_token": ""},
        {"verification_token": ["a"]},
        {"verification_token": "a" * 501},
        {"type": "page.created", "id": "verification_token"},
    ],
)
def test_what_is_no_introduction_brings_no_secret(body: object) -> None:
    with pytest.raises(Unauthorized, match="no secret"):
        deliver(webhook_of("notion", None), {}, json.dumps(body).encode())


def test_the_same_token_again_is_fine_and_another_is_refused() -> None:
    webhook = webhook_of("notion", NOTION_TOKEN)
    again = deliver(webhook, {}, json.dumps({"verification_token": NOTION_TOKEN}).encode())
    assert again.reply is not None
    assert again.event == ""
    with pytest.raises(Unauthorized, match="another"):
        deliver(webhook, {}, json.dumps({"verification_token": "secret_of_a_thief"}).encode())


@pytest.mark.parametrize(
    ("provider", "status", "body"),
    [
        ("linear", 200, None),
        ("slack", 200, None),
        ("notion", 200, None),
        ("airtable", 204, None),
        ("discord", 200, {"type": 5}),
    ],
)
def test_a_stored_delivery_is_answered_as_the_provider_wants(provider: str, status: int, body: Any) -> None:
    raw, _ = example(provider, "e1", at=AT)
    accepted = send(provider, raw).accepted
    assert accepted is not None
    assert (accepted.status, accepted.body) == (status, body)


@pytest.mark.parametrize("provider", ["stripe", "telegram", "standard-webhooks", "generic-webhook"])
def test_others_are_answered_with_the_deliverys_id(provider: str) -> None:
    raw, _ = example(provider, "e1", at=AT)
    assert send(provider, raw).accepted is None
