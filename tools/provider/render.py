"""Fills in the templates, and formats what comes out as `make fix` would."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import minijinja
from standardwebhooks.webhooks import Webhook

from tools.provider.choices import CLASSES, Choices
from tools.provider.names import Names

TEMPLATES = Path(__file__).parent / "templates"
ROOT = Path(__file__).resolve().parents[2]
_SENT_AT = datetime(2026, 1, 1, tzinfo=UTC)
IDS = ("block", "trigger", "test_credentials", "platform")


def new_ids() -> dict[str, str]:
    """Fresh ids for everything that keeps its own for ever."""
    return {name: str(uuid.uuid4()) for name in IDS}


def rendered(template: str, names: Names, choices: Choices, ids: dict[str, str]) -> str:
    """A template's text for a provider; Python is formatted."""
    classes = [CLASSES[kind] for kind in sorted(choices.auth)]
    values = {
        "stem": names.stem,
        "key": names.key,
        "module": names.module,
        "constant": names.constant,
        "prefix": names.prefix,
        "label": choices.label or names.label,
        "auth": list(choices.auth),
        "form": next((kind for kind in choices.auth if kind != "oauth2"), None),
        "classes": classes,
        "credentials_type": classes[0] if len(classes) == 1 else f"{names.prefix}Credentials",
        "webhook": choices.has_webhook,
        "platform": choices.platform_kind is not None,
        "ids": ids,
    }
    source = (TEMPLATES / f"{template}.j2").read_text(encoding="utf-8")
    text = _environment().render_str(source, name=template, **values)
    return formatted(text) if template.endswith(".py") else text


def formatted(text: str) -> str:
    """Python as the house writes it: imports sorted, lines broken."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    for command in (
        [ruff, "check", "--quiet", "--fix", "--select", "I", "--stdin-filename", "backend/new.py", "-"],
        [ruff, "format", "--quiet", "--stdin-filename", "backend/new.py", "-"],
    ):
        done = subprocess.run(
            command, cwd=ROOT, input=text, capture_output=True, text=True, check=True, timeout=60
        )
        text = done.stdout
    return text


def delivery(event: str, data: dict[str, object]) -> str:
    """A delivery of the Example API's shape, signed as Standard Webhooks: a file of tests/fixtures/webhooks."""
    key = hashlib.sha256(b"the secret of a scaffolded provider").digest()
    body = json.dumps({"id": f"evt_{event}", "webhook_type": event, "data": data})
    signature = Webhook(key).sign(f"evt_{event}", _SENT_AT, body)
    at = int(_SENT_AT.timestamp())
    return (
        json.dumps(
            {
                "source": "examples/example_api.py, until a delivery of the provider stands here",
                "headers": {
                    "content-type": "application/json",
                    "webhook-id": f"evt_{event}",
                    "webhook-timestamp": str(at),
                    "webhook-signature": signature,
                },
                "body": body,
                "secret": f"whsec_{base64.b64encode(key).decode()}",
                "at": at,
                "event": event,
                "event_id": f"evt_{event}",
            },
            indent=2,
        )
        + "\n"
    )


@cache
def _environment() -> minijinja.Environment:
    return minijinja.Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, auto_escape_callback=lambda _: False
    )
