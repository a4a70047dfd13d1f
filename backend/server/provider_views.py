"""What is told of a provider: put together from what it declares, its webhooks, its login and its blocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from backend.blocks import Catalogue
from backend.data.block import Block
from backend.data.model import JsonObject
from backend.data.tiers import includes
from backend.integrations import oauth
from backend.integrations.connections import Connection, Field, connection_of
from backend.integrations.labels import LABELS
from backend.integrations.providers import ProviderName
from backend.integrations.quality import quality_of
from backend.integrations.webhooks import manager_of
from backend.integrations.webhooks._auto_base import AutoWebhookManagerBase
from backend.util.errors import NotFound
from backend.util.settings import Settings

BlocksOf = Mapping[ProviderName, list[Block]]


def named(provider: str) -> ProviderName:
    """The provider of a path.

    Raises:
        NotFound: there is none; the message has the nearest known name.
    """
    try:
        return ProviderName.parse(provider[:100])
    except ValueError as error:
        raise NotFound(f"{error} `GET /api/providers` lists them.") from error


def declared(provider: ProviderName) -> Connection:
    """How one connects to it; where nothing is declared, a connection without kinds and fields."""
    return connection_of(provider) or Connection(provider, LABELS[provider], kinds=())


def blocks_by_provider(catalogue: Catalogue) -> BlocksOf:
    """The blocks that use a provider's credentials or webhooks, by name."""
    found: dict[ProviderName, list[Block]] = defaultdict(list)
    for block in catalogue:
        for provider in providers_of(block):
            found[provider].append(block)
    return found


def providers_of(block: Block) -> set[ProviderName]:
    """Those of its credentials' fields, and the one that its webhook is of."""
    found = (
        {ProviderName.parse(block.webhook_config.provider)} if block.webhook_config else set[ProviderName]()
    )
    for pin in block.Input.credentials_pins():
        for kind in _alternatives(block.Input.model_fields[pin].annotation):
            reference = getattr(kind, "model_fields", {}).get("provider")
            found.update(map(ProviderName.parse, get_args(reference.annotation) if reference else ()))
    return found


def _alternatives(annotation: Any) -> Iterable[Any]:
    """The types of a union; of anything else, itself."""
    is_model = hasattr(annotation, "model_fields")
    return (annotation,) if is_model else get_args(annotation)


def provider_view(provider: ProviderName, settings: Settings, blocks: Iterable[Block]) -> JsonObject:
    """See `ProviderView`."""
    connection = declared(provider)
    return {
        **card_of(connection, settings),
        "quality_rules": [
            {
                "rule": rule.key,
                "level": rule.level,
                "what": rule.what,
                "standing": rule.standing,
                "reason": rule.reason,
            }
            for rule in quality_of(provider).rules
        ],
        "webhooks": _webhooks(provider),
        "blocks": [
            {"id": block.id, "name": block.name, "title": block.title, "kind": block.kind} for block in blocks
        ],
    }


def card_of(connection: Connection, settings: Settings) -> JsonObject:
    """What a provider and its card have in common."""
    return {
        "provider": connection.provider.value,
        "label": connection.label,
        "description": connection.description,
        "help_url": connection.help_url,
        "kinds": list(connection.kinds),
        "fields": [_field(field) for field in connection.fields],
        "has_test": connection.test is not None,
        "tier": connection.tier,
        "is_available": includes(settings.tier, connection.tier),
        "quality": quality_of(connection.provider).level,
        "login": _login(connection.provider, settings),
    }


def _field(field: Field) -> JsonObject:
    return {
        "key": field.key,
        "label": field.label,
        "type": field.type,
        "placeholder": field.placeholder,
        "is_required": field.required,
        "help": field.help,
    }


def _login(provider: ProviderName, settings: Settings) -> JsonObject | None:
    handler = oauth.handlers().get(provider)
    if handler is None:
        return None
    is_set_up = oauth.is_set_up(provider, settings.secrets)
    return {"is_set_up": is_set_up, "variables": list(handler.variables())}


def _webhooks(provider: ProviderName) -> JsonObject | None:
    manager = manager_of(provider)
    if manager is None:
        return None
    return {
        "is_automatic": isinstance(manager, AutoWebhookManagerBase),
        "events": manager.known_events(),
        "ignored_events": sorted(manager.IGNORED_EVENTS),
        "secret_from": manager.SECRET_FROM.value,
        "setup": manager.SETUP,
    }
