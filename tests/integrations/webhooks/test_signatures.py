"""Whose delivery is taken, and whose is not: the same claims for every provider."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backend.util.errors import BadInput, Unauthorized
from tests.support.deliveries import deliver, set_clock, webhook_of
from tests.support.webhook_senders import (
    PROOF,
    PROVIDERS,
    SIGNS_NO_BODY,
    WINDOW_S,
    example,
    make_secret,
    sign,
    stored_event_id,
)

AT = 1_700_000_000.0
every_provider = pytest.mark.parametrize("provider", PROVIDERS)
every_proof = pytest.mark.parametrize(
    ("provider", "header"), [(provider, header) for provider, headers in PROOF.items() for header in headers]
)
with_window = pytest.mark.parametrize("provider", sorted(WINDOW_S))


class Sender:
    """One webhook and what is sent to it."""

    def __init__(self, provider: str, *, at: float = AT) -> None:
        self.provider = provider
        self.secret = make_secret(provider, "right")
        self.webhook = webhook_of(provider, self.secret)
        self.body, self.event = example(provider, "event-1", at=at)
        self.headers = self.signed(self.secret, at)

    def signed(self, secret: str, at: float = AT) -> dict[str, str]:
        return sign(self.provider, secret, self.body, event_id="event-1", event=self.event, at=at)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, AT)


@every_provider
def test_a_signed_delivery_gives_payload_event_and_id(provider: str) -> None:
    sent = Sender(provider)
    read = deliver(sent.webhook, sent.headers, sent.body)
    assert read.payload
    assert (read.event, read.event_id) == (sent.event, stored_event_id(provider, "event-1"))
    assert read.reply is None


@every_provider
def test_a_delivery_of_somebody_with_another_secret_is_refused(provider: str) -> None:
    sent = Sender(provider)
    with pytest.raises(Unauthorized):
        deliver(sent.webhook, sent.signed(make_secret(provider, "wrong")), sent.body)


@every_provider
def test_a_webhook_without_a_secret_takes_nothing(provider: str) -> None:
    sent = Sender(provider)
    with pytest.raises(Unauthorized, match="secret"):
        deliver(webhook_of(provider, None), sent.headers, sent.body)


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name not in SIGNS_NO_BODY])
def test_one_flipped_bit_of_the_body_is_noticed(provider: str) -> None:
    sent = Sender(provider)
    for place in range(0, len(sent.body), 7):
        changed = bytearray(sent.body)
        changed[place] ^= 1
        with pytest.raises(Unauthorized):
            deliver(sent.webhook, sent.headers, bytes(changed))


@every_proof
def test_a_header_that_is_missing_or_empty_is_refused(provider: str, header: str) -> None:
    sent = Sender(provider)
    for headers in (
        _without(sent.headers, header),
        {**sent.headers, header: ""},
        {**sent.headers, header: "  "},
    ):
        with pytest.raises(Unauthorized):
            deliver(sent.webhook, headers, sent.body)


BENT: dict[str, Callable[[str], str]] = {
    "a character less": lambda value: value[:-1],
    "half": lambda value: value[: len(value) // 2],
    "one letter other": lambda value: value[:-3] + ("b" if value[-3] != "b" else "c") + value[-2:],
    "not of ASCII": lambda value: "ü" + value,
    "all of bytes": lambda value: "".join(map(chr, range(1, 256))),
    "zero bytes": lambda value: value + "\x00",
    "very long": lambda value: value * 5_000,
    "another kind": lambda value: "!!! no signature",
    "commas only": lambda value: ",,,=,=,",
    "no base64": lambda value: "v1,*** v1,é v2",
}


STILL_RIGHT = [
    ("standard-webhooks", "webhook-signature", "zero bytes"),
    ("stripe", "Stripe-Signature", "very long"),
]
"""The right signature is whole in these: one among many is enough, and base64 ends at its padding."""


@pytest.mark.parametrize(
    ("provider", "header", "how"),
    [
        (provider, header, how)
        for provider, headers in PROOF.items()
        for header in headers
        for how in BENT
        if (provider, header, how) not in STILL_RIGHT
    ],
)
def test_a_header_that_is_bent_is_refused_and_nothing_breaks(provider: str, header: str, how: str) -> None:
    sent = Sender(provider)
    with pytest.raises(Unauthorized):
        deliver(sent.webhook, {**sent.headers, header: BENT[how](sent.headers[header])}, sent.body)


@pytest.mark.parametrize(("provider", "header", "how"), STILL_RIGHT)
def test_what_stands_around_a_right_signature_changes_nothing(provider: str, header: str, how: str) -> None:
    sent = Sender(provider)
    read = deliver(sent.webhook, {**sent.headers, header: BENT[how](sent.headers[header])}, sent.body)
    assert read.event == sent.event


@with_window
@pytest.mark.parametrize("direction", [-1, 1])
def test_a_delivery_out_of_its_window_is_refused_though_well_signed(provider: str, direction: int) -> None:
    late = AT + direction * (WINDOW_S[provider] + 2)
    sent = Sender(provider, at=late)
    with pytest.raises(Unauthorized):
        deliver(sent.webhook, sent.headers, sent.body)
    inside = Sender(provider, at=AT + direction * (WINDOW_S[provider] - 2))
    assert deliver(inside.webhook, inside.headers, inside.body).event == inside.event


@every_provider
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'"text"', b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 200]
)
def test_a_body_that_is_no_object_is_refused_however_well_it_is_signed(provider: str, body: bytes) -> None:
    if provider == "generic-webhook":
        return  # takes any that is JSON: see test_generic_webhook.py
    sent = Sender(provider)
    headers = sign(provider, sent.secret, body, event_id="e", event=sent.event, at=AT)
    with pytest.raises((BadInput, Unauthorized)):
        deliver(sent.webhook, headers, body)


@every_provider
def test_refusals_hold_no_secret(provider: str) -> None:
    sent = Sender(provider)
    wrong = make_secret(provider, "wrong")
    with pytest.raises(Unauthorized) as refusal:
        deliver(sent.webhook, sent.signed(wrong), sent.body)
    assert sent.secret not in str(refusal.value)
    assert wrong not in str(refusal.value)
    assert sent.secret not in repr(sent.webhook)


def _without(headers: dict[str, str], name: str) -> dict[str, str]:
    return {other: value for other, value in headers.items() if other != name}
