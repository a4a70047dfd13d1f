"""What the credential field of a block takes, and whether a chosen credential is one: plain decisions, no I/O."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from backend.data.credentials import Credentials, CredentialsMetaInput, HostScopedCredentials
from backend.data.json_types import as_object
from backend.data.model import BlockSchema, extra
from backend.integrations.providers import ProviderName
from backend.util.errors import AddressRefused, CredentialsError, Problem
from backend.util.url_target import covers, parse_target


@dataclass(frozen=True, slots=True)
class CredentialsFieldRule:
    """What a field takes. `providers` and `kinds` empty: any.

    `discriminator` is the field that decides the provider by `mapping`, or, without one, the host by its URL.
    """

    providers: tuple[str, ...]
    kinds: tuple[str, ...]
    is_required: bool
    discriminator: str | None = None
    mapping: Mapping[str, str] | None = None

    def wanted_provider(self, value: Any) -> str | None:
        """The provider that the discriminator's value decides; None when it decides none.

        Raises:
            ValueError: no provider has such a value; the message names the nearest that has one.
        """
        if self.mapping is None or value is None:
            return None
        text = str(value.value if isinstance(value, Enum) else value)
        if text not in self.mapping:
            near = difflib.get_close_matches(text, self.mapping, n=1) or sorted(self.mapping)[:5]
            raise ValueError(f"No provider has {text[:100]!r}. Known are, among others: {', '.join(near)}.")
        return self.mapping[text]


def rule_of(schema: type[BlockSchema], pin: str) -> CredentialsFieldRule:
    """The rule of a credential field."""
    field = schema.model_fields[pin]
    providers, kinds = _named_in(field.annotation)
    said = extra(field)
    return CredentialsFieldRule(
        providers, kinds, field.is_required(), said.get("discriminator"), said.get("discriminator_mapping")
    )


def problem_of(schema: type[BlockSchema], pin: str, constants: Mapping[str, Any]) -> Problem | None:
    """Why the credential that a node names cannot be used; None when it can, as far as the graph tells."""
    rule = rule_of(schema, pin)
    reference = as_object(constants.get(pin))
    if not reference or not isinstance(reference.get("id"), str) or not reference["id"]:
        is_missing = rule.is_required or bool(reference)
        return Problem("No credential is chosen.", "Connect one.", pin=pin) if is_missing else None
    provider, kind = str(reference.get("provider", "")), str(reference.get("type", ""))
    if rule.providers and not _is_one_of(provider, rule.providers):
        return _misfit(f"a credential of {_either(rule.providers)}", provider, pin)
    if rule.kinds and kind not in rule.kinds:
        return _misfit(f"a credential of the kind {_either(rule.kinds)}", kind, pin)
    try:
        wanted = rule.wanted_provider(constants.get(rule.discriminator or ""))
    except ValueError as error:
        return Problem(str(error), "Correct it.", pin=rule.discriminator)
    if wanted is not None and not _is_one_of(provider, (wanted,)):
        return _misfit(f"a credential of {wanted!r}, because {rule.discriminator!r} is so", provider, pin)
    return None


def check_fits(schema: type[BlockSchema], pin: str, data: Any, credentials: Credentials) -> None:
    """Look, before a block gets a credential, whether its inputs are for that one.

    Raises:
        CredentialsError: another provider or host is decided by the inputs.
    """
    rule = rule_of(schema, pin)
    if rule.discriminator is None:
        return
    value = getattr(data, rule.discriminator, None)
    title = credentials.title or credentials.id
    try:
        wanted = rule.wanted_provider(value)
    except ValueError as error:
        raise CredentialsError(str(error)) from None
    if wanted is not None and not _is_one_of(credentials.provider, (wanted,)):
        raise CredentialsError(
            f"{rule.discriminator!r} asks for a credential of {wanted!r}, and {title!r} is of "
            f"{credentials.provider!r}. Choose another credential in the block."
        )
    if rule.mapping is None and isinstance(credentials, HostScopedCredentials):
        _check_host(credentials, str(value), title)


def _check_host(credentials: HostScopedCredentials, url: str, title: str) -> None:
    try:
        target = parse_target(url)
        if covers(credentials.host, target):
            return
    except AddressRefused as error:
        raise CredentialsError(f"No credential is sent there. {error}") from None
    raise CredentialsError(
        f"The credential {title!r} is for {credentials.host}, and the request goes to {target.authority}. "
        "Choose the credential of that host, or correct the URL."
    )


def _named_in(annotation: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Providers and kinds of `CredentialsMetaInput[...]`, also of an optional one."""
    if isinstance(annotation, type) and issubclass(annotation, CredentialsMetaInput):
        fields = annotation.model_fields
        return _literals(fields["provider"].annotation), _literals(fields["type"].annotation)
    found = [_named_in(part) for part in get_args(annotation)]
    return tuple(name for one in found for name in one[0]), tuple(name for one in found for name in one[1])


def _literals(annotation: Any) -> tuple[str, ...]:
    values = get_args(annotation) if get_origin(annotation) is Literal else ()
    return tuple(str(value.value if isinstance(value, Enum) else value) for value in values)


def _is_one_of(provider: str, wanted: tuple[str, ...]) -> bool:
    return _spelled(provider) in {_spelled(one) for one in wanted}


def _spelled(provider: str) -> str:
    try:
        return ProviderName.parse(provider).value
    except ValueError:
        return provider


def _misfit(wanted: str, given: str, pin: str) -> Problem:
    return Problem(
        f"This block wants {wanted}, and {given[:100]!r} is chosen.", "Choose another one.", pin=pin
    )


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(map(repr, names))
