"""Signatures that providers publish, with their own values."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.util.errors import Unauthorized
from tests.support.deliveries import deliver, set_clock, webhook_of

SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SLACK_HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "X-Slack-Request-Timestamp": "1531420618",
    "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
}


def test_slacks_example_of_a_slash_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    set_clock(monkeypatch, 1531420618)
    read = deliver(webhook_of("slack", SLACK_SECRET), SLACK_HEADERS, SLACK_BODY)
    assert read.event == "slash_command.webhook-collect"
    assert read.event_id == "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    assert read.payload["user_name"] == "roadrunner"
    assert "token" not in read.payload


@pytest.mark.parametrize(
    ("secret", "message_id", "moment", "body", "signature"),
    [
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "whsec_plJ3nmyCDGBKInavdOK15jsl",
            "msg_loFOjxBNrRLzqYUf",
            1731705121,
            b'{"event_type":"ping","data":{"success":true}}',
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
        ),
    ],
)
def test_the_vectors_of_standard_webhooks(
    monkeypatch: pytest.MonkeyPatch, secret: str, message_id: str, moment: int, body: bytes, signature: str
) -> None:
    """The vector of the reference libraries (testSignatureFunction), and that of docs.svix.com/receiving."""
    set_clock(monkeypatch, moment)
    headers = {"webhook-id": message_id, "webhook-timestamp": str(moment)}
    for given in (signature, f"v1,bm9wZQ== {signature}", f"v2,ignored {signature}"):
        read = deliver(webhook_of("standard-webhooks", secret), {**headers, "webhook-signature": given}, body)
        assert read.event_id == message_id
    with pytest.raises(Unauthorized):
        deliver(
            webhook_of("standard-webhooks", secret), {**headers, "webhook-signature": signature}, body + b" "
        )


def test_svix_headers_are_read_and_nothing_unsigned_stands_in_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """https://docs.svix.com/receiving/verifying-payloads/how-manual"""
    set_clock(monkeypatch, 1731705121)
    webhook = webhook_of("standard-webhooks", "whsec_plJ3nmyCDGBKInavdOK15jsl")
    body = b'{"event_type":"ping","data":{"success":true}}'
    headers = {
        "svix-id": "msg_loFOjxBNrRLzqYUf",
        "svix-timestamp": "1731705121",
        "svix-signature": "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
    }
    for more in ({}, {"webhook-id": "another"}):
        assert deliver(webhook, {**more, **headers, **more}, body).event_id == "msg_loFOjxBNrRLzqYUf"
    with pytest.raises(Unauthorized):
        deliver(webhook, {**headers, "webhook-signature": "v1,AAAA"}, body)
    with pytest.raises(Unauthorized):
        deliver(webhook, {**headers, "svix-id": "another"}, body)


RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595b"
            "be24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        b"\x72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb430"
            "2aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        b"\xaf\x82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716e"
            "d28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_discords_signatures_are_those_of_rfc_8032(
    monkeypatch: pytest.MonkeyPatch, seed: str, public: str, message: bytes, signature: str
) -> None:
    """RFC 8032, 7.1: its keys sign what Discord sends, the time and the body; its own signatures are of less."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    assert key.sign(message).hex() == signature
    body = b'{"type": 1, "version": 1}'
    set_clock(monkeypatch, 1_700_000_000)
    headers = {
        "X-Signature-Timestamp": "1700000000",
        "X-Signature-Ed25519": key.sign(b"1700000000" + body).hex(),
    }
    reply = deliver(webhook_of("discord", public), headers, body).reply
    assert reply is not None
    assert reply.body == {"type": 1}
    with pytest.raises(Unauthorized):
        deliver(webhook_of("discord", public), {**headers, "X-Signature-Ed25519": signature}, body)


def test_the_example_of_github() -> None:
    """https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"""
    webhook = webhook_of("github", "It's a Secret to Everybody")
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"X-Hub-Signature-256": signature, "X-GitHub-Event": "ping"}
    assert deliver(webhook, headers, b"Hello, World!").reply is not None
    with pytest.raises(Unauthorized):
        deliver(webhook, headers, b"Hello, World?")
