"""A webhook manager verifies: what is not signed, or signed with another secret, is refused before it is read."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path

from backend.data.integrations import Webhook
from backend.integrations.webhooks import managers
from backend.integrations.webhooks._base import WebhookManager
from backend.integrations.webhooks._request import WebhookRequest
from backend.util.errors import Unauthorized
from tools.checks import Finding
from tools.provider.facts import Facts

_BODY = b'{"id": "evt_1", "type": "event"}'
_CURE = (
    "async def verify(self, webhook: Webhook, request: WebhookRequest) -> None:\n"
    "        verify_standard(webhook, request)  # or check_hex, is_same: backend/integrations/webhooks/_verify.py"
)


def check(facts: Facts) -> Iterator[Finding]:
    manager = next((one for name, one in managers().items() if name.value == facts.names.key), None)
    if manager is None:
        return
    place = _place(manager, facts.root)
    if asyncio.run(_takes_anything(manager)):
        yield Finding(*place, f"{type(manager).__name__} takes a delivery that nobody signed.", _CURE)
    if not manager.SETUP.strip():
        yield Finding(
            *place,
            f"{type(manager).__name__} does not say what a person does at the provider.",
            'SETUP = "Paste the address and the secret into …"',
        )


async def _takes_anything(manager: WebhookManager) -> bool:
    """Whether it lets a request pass without a signature, with or without a secret to check by."""
    for secret in ("a secret that nobody else has, 1234567890", None):
        webhook = Webhook("w", "u", manager.PROVIDER_NAME, secret=secret)
        try:
            await manager.verify(webhook, WebhookRequest([(b"content-type", b"application/json")], _BODY))
        except Unauthorized:
            continue
        return True
    return False


def _place(manager: WebhookManager, root: Path) -> tuple[str, int]:
    kind = type(manager)
    method = kind.verify if "verify" in vars(kind) else kind
    return str(Path(inspect.getfile(kind)).relative_to(root)), inspect.getsourcelines(method)[1]
