"""From the form that a person fills in to a credential, and whether its service says yes."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote

import structlog
from pydantic import SecretStr

from backend.data.credentials import (
    APIKeyCredentials,
    Credentials,
    CredentialsType,
    CustomCredentials,
    HostScopedCredentials,
    UserPasswordCredentials,
)
from backend.integrations.connections import Account, Connection, Field, connection_of
from backend.integrations.secret_values import scrubber_for
from backend.util.errors import (
    BadInput,
    BlockyardError,
    Problem,
    ProviderError,
    ProviderUnavailable,
)
from backend.util.url_target import parse_target

log = structlog.get_logger(__name__)

Values = Mapping[str, str | bool]
TEST_TIMEOUT_S = 20.0
LONGEST_VALUE = 20_000
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHORTEST_SECRET = 4
_LONGEST_REASON = 500


def form_kind(connection: Connection) -> CredentialsType | None:
    """The kind that the fields of the form make; None: one can only log in there."""
    return next((kind for kind in connection.kinds if kind != "oauth2"), None)


def check_values(connection: Connection, values: Values) -> dict[str, str | bool]:
    """The values of the form, trimmed; texts that were left empty are not among them. No network.

    Raises:
        BadInput: with a problem for each field that is missing, unknown or cannot be what it should be.
    """
    if form_kind(connection) is None:
        raise BadInput(
            f"{connection.label} has no form. Log in there: POST /api/oauth/{connection.provider}/login."
        )
    fields = {field.key: field for field in connection.fields}
    problems = [*_unknown(fields, values)]
    checked: dict[str, str | bool] = {}
    for field in connection.fields:
        try:
            value = _checked(field, values.get(field.key))
        except ValueError as error:
            problems.append(Problem(f"{field.label}: {error}", path=f"fields.{field.key}"))
            continue
        if value is not None:
            checked[field.key] = value
        elif field.required:
            problems.append(Problem(f"{field.label} is missing.", field.help, path=f"fields.{field.key}"))
    if problems:
        raise BadInput("; ".join(map(str, problems)), problems=tuple(problems))
    return checked


def credentials_from(
    connection: Connection, values: Values, *, credential_id: str, title: str = ""
) -> Credentials:
    """The credential that the form means, of the connection's first kind that is not `oauth2`.

    Which field becomes what is said at `Connection`. A host may be given as a URL of it; without a header it is
    `Authorization`. Of the custom kind, and among details, a checkbox is "true" or "false".

    Raises:
        BadInput: as `check_values`.
    """
    checked = check_values(connection, values)
    kind = form_kind(connection)
    assert kind is not None  # check_values refuses that
    make = _MAKERS[kind]
    try:
        made = make(checked, credential_id, connection.provider.value)
    except ValueError as error:
        raise BadInput(f"{connection.label}: {error}") from error
    return made.model_copy(update={"title": title.strip() or connection.label})


async def try_connection(
    connection: Connection, credentials: Credentials, *, timeout_s: float = TEST_TIMEOUT_S
) -> Account | None:
    """Ask the service whose account it is; None: this provider has no test, so nobody was asked.

    Raises:
        ProviderError: the answer is no, for whatever reason; the message is fit for the person and without secrets.
    """
    if connection.test is None:
        return None
    try:
        async with asyncio.timeout(timeout_s):
            account = await connection.test(credentials)
    except TimeoutError as error:
        raise ProviderUnavailable(
            f"{connection.label} did not answer within {timeout_s:g} s. Try again, or check the address."
        ) from error
    except ProviderError as error:
        error.args = (without_secrets(str(error), credentials),)
        raise
    except BlockyardError as error:
        raise ProviderError(without_secrets(str(error), credentials)) from None
    except Exception as error:  # whatever a provider's own test may raise is a no
        log.warning("connection.test_failed", provider=connection.provider.value, error=type(error).__name__)
        said = without_secrets(str(error), credentials)
        raise ProviderError(
            f"{connection.label} could not be tested: {type(error).__name__}{f': {said}' if said else ''}."
        ) from None
    return account.without(scrubber_for([credentials]))


def secrets_of(credentials: Credentials) -> Iterator[str]:
    """All secrets of a credential, in clear."""
    match credentials:
        case APIKeyCredentials():
            yield credentials.api_key.get_secret_value()
        case UserPasswordCredentials():
            yield credentials.username.get_secret_value()
            yield credentials.password.get_secret_value()
        case HostScopedCredentials():
            yield from (value.get_secret_value() for value in credentials.headers.values())
        case CustomCredentials():
            yield from (value.get_secret_value() for value in credentials.values.values())
        case _:
            yield credentials.access_token.get_secret_value()
            if credentials.refresh_token is not None:
                yield credentials.refresh_token.get_secret_value()


def without_secrets(text: str, credentials: Credentials) -> str:
    """The text, at most 500 characters of it, with `***` for each secret, however it is written."""
    text = scrubber_for([credentials]).text(text)
    spelled = {form for secret in secrets_of(credentials) for form in _spellings(secret)}
    for form in sorted(spelled, key=len, reverse=True):
        text = text.replace(form, "***")
    return text[:_LONGEST_REASON]


def _spellings(secret: str) -> Iterator[str]:
    if len(secret) < _SHORTEST_SECRET or secret in ("true", "false"):
        return
    yield secret
    yield quote(secret, safe="")
    yield repr(secret)[1:-1]
    yield secret.encode().hex()
    yield base64.b64encode(secret.encode()).decode()
    yield from (word for word in secret.split() if len(word) >= _SHORTEST_SECRET * 2)


# -- one field ---------------------------------------------------------------------------------------------


def check_details(provider: str, details: Mapping[str, str]) -> dict[str, str]:
    """The fields beside user name and password, trimmed, without those that were left empty.

    Raises:
        BadInput: with a problem for each that the provider does not declare, or that cannot be what it should be.
    """
    declared = connection_of(provider)
    fields = {} if declared is None else {one.key: one for one in _beside(declared)}
    problems: list[Problem] = []
    checked: dict[str, str] = {}
    for key, value in details.items():
        try:
            if key not in fields:
                raise ValueError(f"there is no such field. There are: {', '.join(fields) or 'none'}.")
            is_checkbox = fields[key].type == "checkbox"
            text = _checked(fields[key], value == "true" if is_checkbox else value)
        except ValueError as error:
            problems.append(Problem(f"{key[:100]}: {error}", path=f"details.{key[:100]}"))
            continue
        if text is not None:
            checked |= _as_texts({key: text})
    if problems:
        raise BadInput("; ".join(map(str, problems)), problems=tuple(problems))
    return checked


def _beside(connection: Connection) -> list[Field]:
    if form_kind(connection) != "user_password":
        return []
    return [one for one in connection.fields if one.key not in ("username", "password")]


def _unknown(fields: Mapping[str, Field], values: Values) -> Iterator[Problem]:
    known = ", ".join(fields) or "none"
    for key in values:
        if key not in fields:
            yield Problem(
                f"There is no field {key[:100]!r}.", f"There are: {known}.", path=f"fields.{key[:100]}"
            )


def _checked(field: Field, value: str | bool | None) -> str | bool | None:
    """The value in its form; None: it was left empty.

    Raises:
        ValueError: it cannot be used; the message says why.
    """
    if field.type == "checkbox":
        if value is None or isinstance(value, bool):
            return bool(value)
        raise ValueError("it is either true or false.")
    if isinstance(value, bool):
        raise ValueError("it is a text.")
    text = (value or "").strip()
    if not text:
        return None
    if len(text) > LONGEST_VALUE:
        raise ValueError(f"it is longer than {LONGEST_VALUE:,} characters.")
    if _CONTROL.search(text) and field.type != "password":
        raise ValueError("there is a line break or another control character in it. Paste it again.")
    if field.type == "url":
        _check_url(text)
    return text


def _check_url(text: str) -> None:
    try:
        parse_target(text)
    except BlockyardError as error:
        raise ValueError(str(error)) from error


# -- one kind ----------------------------------------------------------------------------------------------

Checked = Mapping[str, str | bool]


def _text(values: Checked, key: str, default: str = "") -> str:
    return str(values.get(key, default))


def _in_header(secret: str) -> SecretStr:
    """A secret that travels in a header, so that it is on one line and in Latin letters.

    Raises:
        ValueError: it cannot.
    """
    if _CONTROL.search(secret) or not secret.isascii():
        raise ValueError("the secret has a line break or a letter in it that no header takes. Copy it again.")
    return SecretStr(secret)


def _api_key(values: Checked, credential_id: str, provider: str) -> Credentials:
    return APIKeyCredentials(
        id=credential_id, provider=provider, api_key=_in_header(_text(values, "api_key"))
    )


def _user_password(values: Checked, credential_id: str, provider: str) -> Credentials:
    return UserPasswordCredentials(
        id=credential_id,
        provider=provider,
        username=SecretStr(_text(values, "username")),
        password=SecretStr(_text(values, "password")),
        details=_as_texts(
            {key: value for key, value in values.items() if key not in ("username", "password")}
        ),
    )


def _host_scoped(values: Checked, credential_id: str, provider: str) -> Credentials:
    header = _text(values, "header", "Authorization")
    if not _HEADER.fullmatch(header):
        raise ValueError(f"{header[:60]!r} is no name of a header: letters, digits and dashes.")
    return HostScopedCredentials(
        id=credential_id,
        provider=provider,
        host=_host(_text(values, "host")),
        headers={header: _in_header(_text(values, "value"))},
    )


def _host(given: str) -> str:
    """`api.example.com`, with a port where it is not the usual one; `*.` before it stays."""
    host = given.lower()
    prefix = "*." if host.startswith("*.") else ""
    host = host.removeprefix("*.")
    try:
        target = parse_target(host if "://" in host else f"https://{host}")
    except BlockyardError as error:
        raise ValueError(
            f"{given[:60]!r} is no host. Write api.example.com, or api.example.com:8443."
        ) from error
    return prefix + target.authority


def _custom(values: Checked, credential_id: str, provider: str) -> Credentials:
    secrets = {key: SecretStr(text) for key, text in _as_texts(values).items()}
    return CustomCredentials(id=credential_id, provider=provider, values=secrets)


def _as_texts(values: Checked) -> dict[str, str]:
    """A checkbox is "true" or "false"."""
    return {key: str(value).lower() if isinstance(value, bool) else value for key, value in values.items()}


_MAKERS: dict[CredentialsType, Callable[[Checked, str, str], Credentials]] = {
    "api_key": _api_key,
    "user_password": _user_password,
    "host_scoped": _host_scoped,
    "custom": _custom,
}


def missing_keys(connection: Connection) -> Sequence[str]:
    """Keys that the form's kind needs and the connection does not declare; empty when it was declared well."""
    needed = _NEEDED.get(form_kind(connection) or "oauth2", ())
    declared = {field.key for field in connection.fields}
    return [key for key in needed if key not in declared]


_NEEDED: dict[CredentialsType, tuple[str, ...]] = {
    "api_key": ("api_key",),
    "user_password": ("username", "password"),
    "host_scoped": ("host", "value"),
}
