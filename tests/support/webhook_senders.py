"""Signed deliveries of every provider, as it would send them.

secret = make_secret("stripe", "one")              # what is stored as the webhook's secret
body, event = example("stripe", "evt_1", at=now)   # a delivery that the provider documents, and its event's name
headers = sign("stripe", secret, body, event_id="evt_1", event=event, at=now)
stored_event_id("stripe", "evt_1")                 # the id by which a repeat is found
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.integrations.webhooks.telegram import secret_token

PROVIDERS = (
    "airtable",
    "discord",
    "example-provider",
    "generic-webhook",
    "github",
    "linear",
    "notion",
    "slack",
    "standard-webhooks",
    "stripe",
    "telegram",
)
WINDOW_S = {
    "discord": 300.0,
    "linear": 60.0,
    "slack": 300.0,
    "standard-webhooks": 300.0,
    "stripe": 300.0,
}
"""Providers whose deliveries are refused when they are older than this, or from further ahead."""
PROOF = {
    "airtable": ("X-Airtable-Content-MAC",),
    "discord": ("X-Signature-Ed25519", "X-Signature-Timestamp"),
    "example-provider": ("X-Webhook-Signature",),
    "generic-webhook": ("X-Webhook-Signature",),
    "github": ("X-Hub-Signature-256",),
    "linear": ("Linear-Signature",),
    "notion": ("X-Notion-Signature",),
    "slack": ("X-Slack-Signature", "X-Slack-Request-Timestamp"),
    "standard-webhooks": ("webhook-signature", "webhook-id", "webhook-timestamp"),
    "stripe": ("Stripe-Signature",),
    "telegram": ("X-Telegram-Bot-Api-Secret-Token",),
}
"""The headers without which a delivery is refused; the first has the signature."""
SIGNS_NO_BODY = frozenset({"telegram"})

Headers = dict[str, str]
_discord_keys: dict[str, Ed25519PrivateKey] = {}


def make_secret(provider: str, name: str) -> str:
    """A secret as it is stored, always the same for a name. Of Discord it is the public key; we keep the other."""
    seed = hashlib.sha256(f"{provider} {name}".encode()).digest()
    if provider == "discord":
        key = Ed25519PrivateKey.from_private_bytes(seed)
        public = key.public_key().public_bytes_raw().hex()
        _discord_keys[public] = key
        return public
    if provider == "airtable":
        return base64.b64encode(seed).decode()
    if provider in ("standard-webhooks", "stripe"):
        return "whsec_" + base64.b64encode(seed).decode()
    return seed.hex()


def sign(provider: str, secret: str, body: bytes, *, event_id: str, event: str, at: float) -> Headers:
    """The headers of a delivery at the Unix time `at`. `secret` is of `make_secret`, if it is Discord's."""
    made = _SIGNERS[provider](secret, body, event_id, event, int(at))
    return {"Content-Type": "application/json", **made}


def example(provider: str, event_id: str, *, at: float | None = None) -> tuple[bytes, str]:
    """A body with this id in it where the provider writes it there, and the name of its event.

    `at` (None: now) is the time that Linear and Airtable write into the body.
    """
    body, event = _example(provider, event_id, time.time() if at is None else at)
    return json.dumps(body, ensure_ascii=False).encode(), event


def stored_event_id(provider: str, event_id: str) -> str:
    """What the manager makes of the id."""
    if provider == "telegram":
        return str(_number(event_id))
    return f"{_hook(event_id)} {_AIRTABLE_TIME}" if provider == "airtable" else event_id


def _hex(secret: str | bytes, signed: bytes) -> str:
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(key, signed, hashlib.sha256).hexdigest()


def _airtable(secret: str, body: bytes, event_id: str, event: str, at: int) -> Headers:
    return {"X-Airtable-Content-MAC": f"hmac-sha256={_hex(base64.b64decode(secret), body)}"}


def _discord(secret: str, body: bytes, event_id: str, event: str, at: int) -> Headers:
    signature = _discord_keys[secret].sign(str(at).encode() + body)
    return {"X-Signature-Ed25519": signature.hex(), "X-Signature-Timestamp": str(at)}


def _generic(secret: str, body: bytes, event_id: str, event: str, at: int) -> Headers:
    return {
        "X-Webhook-Signature": f"sha256={_hex(secret, body)}",
        "X-Webhook-Event": event,
        "Webhook-Id": event_id,
    }


def _github(secret: str, body: bytes, event_id: str, event: str, at: int) -> Headers:
    return {
        "X-Hub-Signature-256": f"sha256={_hex(secret, body)}",
        "X-GitHub-Event": event.partition(".")[0],
        "X-GitHub-Delivery": event_id,
    }


def _linear(secret: str, body: bytes, event_id: str, event: str, at: int) -> Headers:
    return {
        "Linear-Signature": _hex(secret, body),
        "Linear-Delivery": event_id,
        "Linear-Event": event.partition(".")[0],
    }


def _notion(secret: str, body: bytes, event_id: str, event: str, at: int) -> Headers:
    return {"X-Notion-Signature": f"sha256={_hex(secret, body)}"}


def _slack(secret: str, body: bytes, event_id: str, event: str, at: int) -> Headers:
    signature = _hex(secret, f"v0:{at}:".encode() + body)
    return {"X-Slack-Signature": f"v0={signature}", "X-Slack-Request-Timestamp": str(at)}


def _standard(secret: str, body: bytes, event_id: str, event: str, at: int) -> Headers:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.new(key, f"{event_id}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def _stripe(secret: str, body: bytes, event_id: str, event: str, at: int) -> Headers:
    return {"Stripe-Signature": f"t={at},v1={_hex(secret, f'{at}.'.encode() + body)}"}


def _telegram(secret: str, body: bytes, event_id: str, event: str, at: int) -> Headers:
    return {"X-Telegram-Bot-Api-Secret-Token": secret_token(secret)}


_SIGNERS = {
    "airtable": _airtable,
    "discord": _discord,
    "example-provider": _generic,
    "generic-webhook": _generic,
    "github": _github,
    "linear": _linear,
    "notion": _notion,
    "slack": _slack,
    "standard-webhooks": _standard,
    "stripe": _stripe,
    "telegram": _telegram,
}
_AIRTABLE_TIME = "2022-02-01T21:25:05.663Z"


def _number(event_id: str) -> int:
    return int(hashlib.sha256(event_id.encode()).hexdigest()[:12], 16)


def _hook(event_id: str) -> str:
    return f"ach{hashlib.sha256(event_id.encode()).hexdigest()[:14]}"


def _example(provider: str, event_id: str, at: float) -> tuple[dict[str, Any], str]:
    examples: dict[str, tuple[dict[str, Any], str]] = {
        "airtable": (
            {
                "base": {"id": "app00000000000000"},
                "webhook": {"id": _hook(event_id)},
                "timestamp": _AIRTABLE_TIME,
            },
            "change",
        ),
        "discord": (
            {"type": 2, "id": event_id, "token": "A_UNIQUE_TOKEN", "data": {"name": "cardsearch"}},
            "application_command.cardsearch",
        ),
        "example-provider": ({"webhook_type": "example_event", "greeting": "Grüezi"}, "example_event"),
        "generic-webhook": ({"order": 7, "city": "Zürich"}, "order.paid"),
        "github": ({"action": "opened", "issue": {"number": 1}, "sender": {"login": "ada"}}, "issues.opened"),
        "linear": (
            {
                "action": "create",
                "type": "Issue",
                "data": {"title": "Mend"},
                "webhookTimestamp": int(at * 1000),
            },
            "Issue.create",
        ),
        "notion": (
            {"id": event_id, "type": "page.created", "entity": {"id": "153104cd", "type": "page"}},
            "page.created",
        ),
        "slack": (
            {
                "type": "event_callback",
                "event_id": event_id,
                "event": {"type": "app_mention", "user": "U1", "text": "hello", "ts": "1515449522.000016"},
            },
            "app_mention",
        ),
        "standard-webhooks": ({"type": "contact.created", "data": {"name": "Zoë"}}, "contact.created"),
        "stripe": (
            {"id": event_id, "object": "event", "type": "invoice.paid", "data": {"object": {"id": "in_1"}}},
            "invoice.paid",
        ),
        "telegram": (
            {"update_id": _number(event_id), "message": {"chat": {"id": 1}, "text": "/start"}},
            "message",
        ),
    }
    return examples[provider]
