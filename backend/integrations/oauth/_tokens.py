"""When a token is to be refreshed, and what becomes of a credential with new tokens. Pure: the clock comes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import SecretStr

from backend.data.credentials import OAuth2Credentials
from backend.integrations.oauth._base import Tokens

AHEAD_S = 300.0
_SHARE_OF_LIFE = 0.2
LIFE = "expires_in_s"
"""In the metadata: how long the access token is good from its making."""

KeptScopes = Callable[[Sequence[str], Sequence[str] | None], list[str]]


def is_due(credential: OAuth2Credentials, now_s: float) -> bool:
    """Whether it ends in five minutes, or in a fifth of its life if that is shorter. `now_s` is Unix time."""
    ends_at = credential.access_token_expires_at
    if ends_at is None:
        return False
    life_s = credential.metadata.get(LIFE)
    ahead_s = min(AHEAD_S, life_s * _SHARE_OF_LIFE) if isinstance(life_s, int | float) else AHEAD_S
    return ends_at - now_s <= ahead_s


def is_good(credential: OAuth2Credentials, now_s: float) -> bool:
    """Whether the access token has not ended."""
    return credential.access_token_expires_at is None or credential.access_token_expires_at > now_s


def credential_from(
    tokens: Tokens, *, credential_id: str, provider: str, title: str, scopes: Sequence[str], now_s: float
) -> OAuth2Credentials:
    """A new credential."""
    return OAuth2Credentials(
        id=credential_id,
        provider=provider,
        title=title,
        access_token=SecretStr(tokens.access_token),
        refresh_token=None if tokens.refresh_token is None else SecretStr(tokens.refresh_token),
        access_token_expires_at=_at(now_s, tokens.expires_in_s),
        refresh_token_expires_at=_at(now_s, tokens.refresh_expires_in_s),
        scopes=list(scopes),
        metadata=_metadata(tokens),
    )


def renewed(
    old: OAuth2Credentials, tokens: Tokens, kept_scopes: KeptScopes, now_s: float
) -> OAuth2Credentials:
    """The credential after a refresh. A provider that gives no other refresh token lets the old one live."""
    is_rotated = tokens.refresh_token is not None
    ends_at = _at(now_s, tokens.refresh_expires_in_s)
    known = {name: value for name, value in old.metadata.items() if name != LIFE}
    return old.model_copy(
        update={
            "access_token": SecretStr(tokens.access_token),
            "refresh_token": SecretStr(tokens.refresh_token) if tokens.refresh_token else old.refresh_token,
            "access_token_expires_at": _at(now_s, tokens.expires_in_s),
            "refresh_token_expires_at": ends_at if is_rotated or ends_at else old.refresh_token_expires_at,
            "scopes": kept_scopes(old.scopes, tokens.scopes),
            "metadata": {**known, **_metadata(tokens)},
        }
    )


def _metadata(tokens: Tokens) -> dict[str, object]:
    life = {} if tokens.expires_in_s is None else {LIFE: tokens.expires_in_s}
    return {**tokens.metadata, **life}


def _at(now_s: float, seconds: float | None) -> int | None:
    return None if seconds is None else int(now_s + seconds)
