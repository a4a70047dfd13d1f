"""The reference page of each provider: its blocks, how one connects, its webhooks, its settings, its quality.

Everything in it is what the provider's own files declare, so that it is true as long as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from backend.data.block import Block, BlockKind
from backend.data.block_cost_config import BLOCK_COSTS
from backend.data.credential_fields import rule_of
from backend.data.credentials import Credentials, CredentialsType
from backend.data.model import extra
from backend.integrations import oauth
from backend.integrations.connecting import form_kind
from backend.integrations.connections import Connection, Field
from backend.integrations.credentials_store import DEFAULT_CREDENTIALS, same_provider
from backend.integrations.oauth import Client, OAuthHandler
from backend.integrations.platform_secrets import NamedSecret
from backend.integrations.providers import ProviderName
from backend.integrations.quality import Level, Rule, Standing, quality_of
from backend.integrations.quality import folder_of as folder_of_provider
from backend.integrations.webhooks import manager_of
from backend.integrations.webhooks._auto_base import AutoWebhookManagerBase
from backend.integrations.webhooks._base import SecretFrom, WebhookManager
from backend.server.provider_views import declared, providers_of
from backend.util.settings import Secrets
from tools.gen.page_parts import HEADER, first_sentence, folder_of, link_to, prose, table
from tools.gen.price_words import price_words

_KINDS: Mapping[CredentialsType, str] = {
    "api_key": "a key",
    "oauth2": "a login",
    "user_password": "user name and password",
    "host_scoped": "headers for a host",
    "custom": "fields of its own",
}
_FIELDS = {"text": "text", "password": "secret", "url": "address", "checkbox": "yes or no"}
_SECRETS = {
    SecretFrom.US: "Blockyard",
    SecretFrom.PROVIDER: "the provider; you copy it here",
    SecretFrom.INTRODUCTION: "the provider, which sends it in its first request",
}
_MOST_EVENTS = 12
_SOURCE = re.compile(r"Source: (https?://\S*\w)")


def provider_of_folder(folder: str) -> ProviderName | None:
    """The provider whose blocks stand in a folder of backend/blocks; None: it is no provider's."""
    return next((one for one in ProviderName if folder_of_provider(one) == folder), None)


def provider_pages(blocks: Iterable[Block]) -> dict[str, str]:
    """The page of every provider, by its name in docs/blocks without the ending."""
    known = list(blocks)
    return {
        folder_of_provider(provider): _page(provider, blocks_of(provider, known)) for provider in ProviderName
    }


def blocks_of(provider: ProviderName, blocks: Iterable[Block]) -> list[Block]:
    """Those in its folder, and those that take its credentials or webhooks, by title."""
    folder = folder_of_provider(provider)
    found = [block for block in blocks if folder_of(block) == folder or provider in providers_of(block)]
    return sorted(found, key=lambda block: block.title)


def _page(provider: ProviderName, blocks: list[Block]) -> str:
    connection = declared(provider)
    parts = [
        *_top(connection, blocks),
        *_blocks(blocks),
        *_connect(connection, blocks),
        *_webhooks(provider),
        *_settings(provider),
        *_quality(provider),
    ]
    return HEADER + "".join(parts)


# -- what it is and has --------------------------------------------------------------------------------------


def _top(connection: Connection, blocks: Sequence[Block]) -> Iterator[str]:
    yield f"# {connection.label}\n\n"
    if connection.description:
        yield f"{prose(connection.description)}\n\n"
    facts = [f"`{connection.provider.value}`", _counted(blocks), f"tier {connection.tier}"]
    if connection.help_url:
        facts.append(f"[its own help]({connection.help_url})")
    yield " · ".join(facts) + "\n"


def _counted(blocks: Sequence[Block]) -> str:
    triggers = sum(block.kind is BlockKind.TRIGGER for block in blocks)
    others = len(blocks) - triggers
    said = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((others, "block"), (triggers, "trigger"))
        if count
    ]
    return " and ".join(said) or "no blocks yet"


def _blocks(blocks: Sequence[Block]) -> Iterator[str]:
    triggers = [block for block in blocks if block.kind is BlockKind.TRIGGER]
    for heading, listed in (
        ("Triggers", triggers),
        ("Blocks", [block for block in blocks if block not in triggers]),
    ):
        if listed:
            yield f"\n## {heading}\n{_block_table(listed)}"


def _block_table(blocks: Sequence[Block]) -> str:
    prices = [price_words(BLOCK_COSTS.get(type(block), [])) for block in blocks]
    if not any(prices):
        return table(("block", "what it does"), [(link_to(block), _does(block)) for block in blocks])
    rows = [(link_to(block), _does(block), price) for block, price in zip(blocks, prices, strict=True)]
    return table(("block", "what it does", "what it costs"), rows)


def _does(block: Block) -> str:
    polls = f" Asks every {block.poll_config.interval_s:g} s." if block.poll_config else ""
    return first_sentence(block) + polls


# -- how one connects ----------------------------------------------------------------------------------------


def _connect(connection: Connection, blocks: Sequence[Block]) -> Iterator[str]:
    handler = oauth.handlers().get(connection.provider)
    kinds = list(connection.kinds) or _kinds_wanted(connection.provider, blocks)
    if handler is not None and "oauth2" not in kinds:
        kinds.append("oauth2")
    yield "\n## Connect\n\n"
    if not kinds:
        yield "Nothing is to be connected.\n"
        return
    yield f"With {' or '.join(_KINDS[kind] for kind in kinds)}. {_tested(connection, is_login=handler is not None)}\n"
    if not connection.kinds and handler is None:
        yield "\nIt has no form of its own: a connection is made where a block asks for one.\n"
    kind = form_kind(connection)
    if kind is not None and connection.fields:
        yield f"\n### With {_KINDS[kind]}\n{_form(connection.fields)}"
    if handler is not None:
        yield from _login(connection, handler, blocks)


def _kinds_wanted(provider: ProviderName, blocks: Iterable[Block]) -> list[CredentialsType]:
    """What blocks take of a provider that declares nothing itself."""
    wanted = {
        kind
        for block in blocks
        for pin in block.Input.credentials_pins()
        for kind in _rule_kinds(block, pin, provider)
    }
    return [kind for kind in _KINDS if kind in wanted]


def _rule_kinds(block: Block, pin: str, provider: ProviderName) -> tuple[str, ...]:
    rule = rule_of(block.Input, pin)
    return rule.kinds if any(same_provider(one, provider.value) for one in rule.providers) else ()


def _tested(connection: Connection, *, is_login: bool) -> str:
    """How it is tried when it is connected, with the page of the documentation that the test follows."""
    if connection.test is None and is_login:
        return f"After it {connection.label} is asked whose account it is."
    if connection.test is None:
        return "A connection is not tested: whether it works is seen when a block uses it."
    source = _SOURCE.search(connection.test.__doc__ or "")
    where = f" ([the call]({source[1]}))" if source else ""
    return f"Before it is saved, and with *Test connection*, {connection.label} is asked whose account it is{where}."


def _form(fields: Iterable[Field]) -> str:
    rows = [
        (
            field.label,
            f"{_FIELDS[field.type]}{'' if field.required else ', optional'}",
            f"`{field.placeholder}`" if field.placeholder else "",
            prose(field.help),
        )
        for field in fields
    ]
    return table(("field", "kind", "looks like", "help"), rows)


def _login(connection: Connection, handler: type[OAuthHandler], blocks: Sequence[Block]) -> Iterator[str]:
    one, other = handler.variables()
    provider = connection.provider.value
    yield (
        f"\n### With a login\n\nAn operator registers an application at <{handler.REGISTER_URL}>, with the callback "
        f"`<BLOCKYARD_PUBLIC_URL>/api/oauth/{provider}/callback`, and sets `{one}` and `{other}`; "
        "[oauth.md](../oauth.md) has the details. After that *Connect* leads there.\n"
    )
    scopes = handler(Client("id", "secret")).scopes_for(connection.scopes)
    if not scopes:
        yield "\nThere are no scopes to ask for: what a connection may do is chosen there.\n"
        return
    yield f"\nScopes asked for: {_codes(scopes)}.\n"
    rows = [
        (link_to(block), _codes(more))
        for block in blocks
        if (more := sorted(_scopes_of(block, connection.provider) - set(scopes)))
    ]
    if rows:
        yield f"\nBlocks that need more:\n{table(('block', 'scopes'), rows)}"


def _scopes_of(block: Block, provider: ProviderName) -> set[str]:
    return {
        str(scope)
        for pin in block.Input.credentials_pins()
        if _rule_kinds(block, pin, provider)
        for scope in extra(block.Input.model_fields[pin]).get("credentials_scopes") or ()
    }


# -- webhooks ------------------------------------------------------------------------------------------------


def _webhooks(provider: ProviderName) -> Iterator[str]:
    manager = manager_of(provider)
    if manager is None:
        return
    is_automatic = isinstance(manager, AutoWebhookManagerBase)
    rows = [
        ("who sets it up", "Blockyard, through the API" if is_automatic else "you, by hand"),
        ("what you do there", prose(manager.SETUP)),
        ("who makes the secret by which deliveries are checked", _SECRETS[manager.SECRET_FROM]),
        ("the largest delivery", f"{manager.MAX_BODY_BYTES / 1_048_576:g} MiB"),
        ("how long it waits for a graph that answers", f"{manager.ANSWER_WITHIN_S:g} s"),
    ]
    yield f"\n## Webhook\n{table(('what', 'how'), rows)}"
    yield "\n[webhooks_providers.md](../webhooks_providers.md) says how deliveries are checked and what tells repeats.\n"
    yield _events(manager)


def _events(manager: WebhookManager) -> str:
    events, ignored = manager.known_events(), sorted(manager.IGNORED_EVENTS)
    unasked = f"\nSent unasked, and ignored: {_codes(ignored)}.\n" if ignored else ""
    if not events:
        return f"\nEvents are whatever the sender calls them.\n{unasked}"
    if len(events) <= _MOST_EVENTS:
        return f"\nEvents: {_codes(events)}.\n{unasked}"
    folded = f"<details><summary>{len(events)} events</summary>\n\n{_codes(events)}\n\n</details>"
    return f"\n{folded}\n{unasked}"


# -- settings and quality ------------------------------------------------------------------------------------


def _settings(provider: ProviderName) -> Iterator[str]:
    """The lines of backend/.env that are this provider's."""
    rows = [
        (f"`{name.upper()}`", f"{field.description or ''}{_offered(provider, name)}")
        for name, field in Secrets.model_fields.items()
        if _owner_of(name) is provider
    ]
    if rows:
        yield f"\n## Settings\n{table(('environment variable', 'what it is'), rows)}"


def _owner_of(setting: str) -> ProviderName | None:
    """The provider whose folder the setting's name begins with; of several the one with the longest name."""
    owners = [one for one in ProviderName if setting.startswith(f"{folder_of_provider(one)}_")]
    return max(owners, key=lambda one: len(one.value), default=None)


def _offered(provider: ProviderName, setting: str) -> str:
    titles = [
        credential.title or "the platform's own"
        for credential in DEFAULT_CREDENTIALS
        if same_provider(credential.provider, provider.value) and setting in _secrets_named_in(credential)
    ]
    return f". While it is set, everybody may choose “{titles[0]}” as a connection" if titles else ""


def _secrets_named_in(credential: Credentials) -> set[str]:
    values = (getattr(credential, name) for name in type(credential).model_fields)
    texts = (value.get_secret_value() for value in values if hasattr(value, "get_secret_value"))
    return {str(text) for text in texts if isinstance(text, NamedSecret)}


def _quality(provider: ProviderName) -> Iterator[str]:
    """What its `quality.yaml` says; `blockyard provider check` holds it to that."""
    quality = quality_of(provider)
    reached = (
        "No level is reached yet"
        if quality.level is Level.NONE
        else f"Its level is **{quality.level.value}**"
    )
    rows = [(rule.level.value, rule.what, _stands(rule)) for rule in quality.rules]
    yield f"\n## Quality\n\n{reached}.\n{table(('level', 'what it asks', 'how it stands'), rows)}"
    yield "\n[quality-scale.md](../quality-scale.md) says what the rules ask and how they are checked.\n"


def _stands(rule: Rule) -> str:
    said = "to do" if rule.standing is Standing.TODO else rule.standing.value
    return prose(f"{said}: {rule.reason}" if rule.reason else said)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
