"""The generic webhook: three ways to show the secret, bodies of every kind, no secret handed on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.util.errors import BadInput, Unauthorized
from tests.support.deliveries import Read, deliver, webhook_of

SECRET = "a-secret-of-a-test"
JSON = {"Content-Type": "application/json"}


def send(body: bytes, headers: dict[str, str] | None = None, *, proof: dict[str, str] | None = None) -> Read:
    shown = {"X-Webhook-Token": SECRET} if proof is None else proof
    return deliver(webhook_of("generic-webhook", SECRET), {**shown, **(headers or {})}, body)


@pytest.mark.parametrize(
    ("kind", "raw", "body"),
    [
        ("application/json", b'{"a": [1, "\xc3\xbc"]}', {"a": [1, "ü"]}),
        ("application/json; charset=utf-8", b"[1, 2]", [1, 2]),
        ("application/cloudevents+json", b'"text"', "text"),
        (
            "application/x-www-form-urlencoded",
            b"a=1&b=x+y&b=%C3%BC&c=",
            {"a": "1", "b": ["x y", "ü"], "c": ""},
        ),
        ("text/plain", "Grüezi".encode(), "Grüezi"),
        ("application/xml", b"<a/>", "<a/>"),
        ("text/plain", b"\xff\xfe\x00", {"base64": "//4A"}),
        ("image/png", b"\x89PNG", {"base64": "iVBORw=="}),
        ("", b'{"a": 1}', {"a": 1}),
        ("", b"no json", "no json"),
        ("application/json", b"", None),
        ("", b"  ", None),
    ],
)
def test_a_body_of_any_kind_becomes_a_value(kind: str, raw: bytes, body: Any) -> None:
    assert send(raw, {"Content-Type": kind} if kind else {}).payload["body"] == body


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("application/json", b"{"),
        ("application/json", b'{"a": "\\u0000"}'),
        ("application/x-www-form-urlencoded", b"a=%00"),
        ("application/x-www-form-urlencoded", b"\xff=1"),
        ("application/x-www-form-urlencoded", b"a=1&" * 1_001),
    ],
)
def test_a_body_that_is_not_what_it_says_is_refused(kind: str, raw: bytes) -> None:
    with pytest.raises(BadInput):
        send(raw, {"Content-Type": kind})


@pytest.mark.parametrize(
    ("headers", "body", "event"),
    [
        ({"X-Webhook-Event": "order.paid"}, {"event": "other"}, "order.paid"),
        ({}, {"event": "order.paid", "type": "other"}, "order.paid"),
        ({}, {"type": "order.paid"}, "order.paid"),
        ({}, {"type": 7, "event": None}, "7"),
        ({}, ["event"], "received"),
        ({"X-Webhook-Event": "a\x07b" + "c" * 300}, {}, "a?b" + "c" * 197),
    ],
)
def test_the_event_is_the_senders_word(headers: dict[str, str], body: Any, event: str) -> None:
    assert send(json.dumps(body).encode(), {**JSON, **headers}).event == event


@pytest.mark.parametrize("name", ["Webhook-Id", "X-Webhook-Id", "Idempotency-Key"])
def test_an_id_of_the_sender_tells_repeats(name: str) -> None:
    assert send(b"{}", {name: "order-7"}).event_id == "order-7"
    assert str(send(b"{}", {name: "x" * 900}).event_id).startswith("sha256:")


def test_without_an_id_nothing_is_a_repeat() -> None:
    assert send(b"{}").event_id is None


def test_a_bearer_token_will_do_too() -> None:
    assert send(b"{}", proof={"Authorization": f"Bearer {SECRET}"}).event == "received"


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"X-Webhook-Token": ""},
        {"X-Webhook-Token": "another"},
        {"X-Webhook-Token": SECRET[:-1]},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": SECRET},
        {"X-Webhook-Signature": SECRET, "X-Webhook-Token": SECRET},
        {"webhook-signature": "v1,AAAA", "X-Webhook-Token": SECRET},
    ],
)
def test_it_is_never_open(proof: dict[str, str]) -> None:
    with pytest.raises(Unauthorized):
        send(b"{}", proof=proof)


def test_no_header_that_holds_the_secret_is_handed_on() -> None:
    headers = {
        "X-Copy": f"it is {SECRET}",
        "Cookie": "session=1",
        "Authorization": "Bearer other",
        "X-Shown": "yes",
    }
    payload = send(b"{}", headers).payload
    assert payload["headers"] == {"x-shown": "yes"}
    assert SECRET not in json.dumps(payload)
