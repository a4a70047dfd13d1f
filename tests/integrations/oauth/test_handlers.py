"""Every handler against a provider that checks what a real one checks, and answers in its documented shape."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from backend.data.credentials import OAuth2Credentials
from backend.integrations.oauth import (
    NoLongerGood,
    Tokens,
    account_of,
    handler_of,
    handlers,
    is_set_up,
    revoke,
)
from backend.integrations.oauth._base import challenge_of
from backend.util.errors import BadInput, Conflict, NotFound, ProviderError, ProviderUnavailable, RateLimited
from backend.util.settings import Secrets
from tests.integrations.oauth.conftest import applications
from tests.support.http_server import Answer
from tests.support.identity_provider import CLIENT_SECRET, IdentityProvider
from tests.support.identity_shapes import PERSON, SHAPES

PROVIDERS = sorted(SHAPES)
REDIRECT = "http://127.0.0.1:8020/api/oauth/{}/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def test_code_challenge_is_that_of_the_example_of_rfc_7636() -> None:
    assert challenge_of(VERIFIER) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_every_handler_has_a_provider_to_be_tried_at() -> None:
    assert sorted(name.value for name in handlers()) == PROVIDERS
    assert {"discord", "github", "google", "linear", "notion", "slack"} <= set(PROVIDERS)


async def _logged_in(
    idp: IdentityProvider, secrets: Secrets, provider: str, *wanted: str
) -> tuple[Tokens, OAuth2Credentials]:
    handler = handler_of(provider, secrets)
    scopes = handler.scopes_for(wanted)
    redirect = REDIRECT.format(provider)
    url = handler.authorize_url(redirect_uri=redirect, state="s" * 43, verifier=VERIFIER, scopes=scopes)
    assert VERIFIER not in url
    assert CLIENT_SECRET not in url
    back = urlsplit(idp.consent(url))
    assert f"{back.scheme}://{back.netloc}{back.path}" == redirect
    code = parse_qs(back.query)["code"][0]
    tokens = await handler.exchange(code=code, redirect_uri=redirect, verifier=VERIFIER)
    credential = OAuth2Credentials(
        id="c",
        provider=provider,
        access_token=SecretStr(tokens.access_token),
        refresh_token=SecretStr(tokens.refresh_token) if tokens.refresh_token else None,
        scopes=handler.kept_scopes(scopes, tokens.scopes),
        metadata=tokens.metadata,
    )
    return tokens, credential


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_login_gives_tokens_and_the_account(
    idp: IdentityProvider, secrets: Secrets, provider: str
) -> None:
    tokens, credential = await _logged_in(idp, secrets, provider)
    assert idp.is_live(tokens.access_token)
    assert idp.refused == []
    assert tokens.expires_in_s == (None if provider == "notion" else 3600)
    assert credential.scopes == list(handler_of(provider, secrets).scopes_for(()))
    account = await account_of(credential, secrets)
    assert account.email == PERSON["email"]
    assert account.name in (PERSON["name"], "ada")
    assert account.avatar_url.startswith("https://")
    wanted = {"google": "engines.example.com", "discord": ""}.get(provider, PERSON["organization"])
    assert account.organization == wanted


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("is_rotating", [False, True])
async def test_refresh_gives_another_token_and_a_void_one_is_no_longer_good(
    idp: IdentityProvider, secrets: Secrets, provider: str, is_rotating: bool
) -> None:
    idp.is_rotating = is_rotating
    tokens, _ = await _logged_in(idp, secrets, provider)
    assert tokens.refresh_token is not None
    handler = handler_of(provider, secrets)
    new = await handler.refresh(tokens.refresh_token)
    assert new.access_token != tokens.access_token
    assert idp.is_live(new.access_token)
    assert (new.refresh_token is not None) is is_rotating
    idp.forget()
    with pytest.raises(NoLongerGood, match="Connect again") as refused:
        await handler.refresh(new.refresh_token or tokens.refresh_token)
    assert "-of-the-idp-" not in str(refused.value)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_code_is_good_once_with_its_verifier_and_its_redirect_address(
    idp: IdentityProvider, secrets: Secrets, provider: str
) -> None:
    handler = handler_of(provider, secrets)
    redirect = REDIRECT.format(provider)
    url = handler.authorize_url(
        redirect_uri=redirect, state="s" * 43, verifier=VERIFIER, scopes=handler.scopes_for(())
    )
    for wrong in ({"verifier": "x" * 43}, {"redirect_uri": redirect + "/"}, {"code": "unknown-code"}, {}):
        code = parse_qs(urlsplit(idp.consent(url)).query)["code"][0]
        right = {"code": code, "redirect_uri": redirect, "verifier": VERIFIER}
        if not wrong:
            await handler.exchange(**right)
        with pytest.raises(NoLongerGood) as refused:
            await handler.exchange(**{**right, **wrong})
        assert code not in str(refused.value)
    assert idp.refused == ["wrong code_verifier", "another redirect_uri", *["unknown or used code"] * 2]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_trouble_is_told_from_refusal(idp: IdentityProvider, secrets: Secrets, provider: str) -> None:
    tokens, _ = await _logged_in(idp, secrets, provider)
    refresh_token = tokens.refresh_token or ""
    handler = handler_of(provider, secrets)
    for how, kind in [
        ("down", ProviderUnavailable),
        ("hang_up", ProviderUnavailable),
        ("limit", RateLimited),
    ]:
        idp.refresh_with = how
        with pytest.raises(kind) as passing:
            await handler.refresh(refresh_token)
        assert not isinstance(passing.value, NoLongerGood)
        assert refresh_token not in str(passing.value)
        if isinstance(passing.value, RateLimited):
            assert passing.value.retry_after_s == 7
    assert idp.refreshes == 3, "a token request is never repeated: the first may have voided the token"
    idp.refresh_with = "invalid_client"
    with pytest.raises(ProviderError, match=handler.variables()[1]) as wrong:
        await handler.refresh(refresh_token)
    assert not isinstance(wrong.value, NoLongerGood)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_revoked_tokens_are_gone_at_the_provider(
    idp: IdentityProvider, secrets: Secrets, provider: str
) -> None:
    _, credential = await _logged_in(idp, secrets, provider)
    assert await revoke(credential, secrets) == ""
    assert len(idp.revoked) == 1
    both = [credential.access_token, credential.refresh_token or credential.access_token]
    assert idp.revoked[0] in [one.get_secret_value() for one in both]
    idp.revoke_with = "down"
    said = await revoke(credential, secrets)
    assert "Try again later" in said
    assert "-of-the-idp-" not in said


async def test_what_is_not_set_up_names_the_two_settings(secrets: Secrets) -> None:
    none = Secrets.model_construct()
    only_github = applications("github")
    assert [name for name in PROVIDERS if is_set_up(name, only_github)] == ["github"]
    assert not is_set_up("stripe", secrets)
    with pytest.raises(Conflict, match="SLACK_CLIENT_ID and SLACK_CLIENT_SECRET"):
        handler_of("Slack", none)
    with pytest.raises(NotFound, match="discord, github, google, linear, notion, slack"):
        handler_of("stripe", secrets)
    gone = OAuth2Credentials(id="c", provider="slack", access_token=SecretStr("x"))
    assert "SLACK_CLIENT_ID" in await revoke(gone, none)


async def test_slack_gives_a_persons_token_to_scopes_of_a_person(
    idp: IdentityProvider, secrets: Secrets
) -> None:
    tokens, credential = await _logged_in(idp, secrets, "slack", "user:search:read", "user:users:read")
    assert credential.scopes == ["user:search:read", "user:users:read"]
    assert tokens.metadata["authed_user_id"] == "U1234"
    assert (await account_of(credential, secrets)).email == PERSON["email"]
    new = await handler_of("slack", secrets).refresh(tokens.refresh_token or "")
    assert idp.is_live(new.access_token)
    with pytest.raises(BadInput, match="Connect twice"):
        handler_of("slack", secrets).scopes_for(["chat:write", "user:search:read"])


async def test_linear_acts_as_the_application_where_that_is_asked_for(
    idp: IdentityProvider, secrets: Secrets
) -> None:
    handler = handler_of("linear", secrets)
    scopes = handler.scopes_for(["issues:create", "actor:app"])
    assert handler.authorize_params(scopes) == {
        "scope": "read,issues:create",
        "actor": "app",
        "prompt": "consent",
    }
    assert handler.kept_scopes(scopes, ("read", "issues:create"))[-1] == "actor:app"
    _, credential = await _logged_in(idp, secrets, "linear", "issues:create", "actor:app")
    assert credential.scopes == ["read", "issues:create", "actor:app"]


async def test_github_tokens_of_an_oauth_app_do_not_end(idp: IdentityProvider, secrets: Secrets) -> None:
    idp.expires_in_s = None
    tokens, _ = await _logged_in(idp, secrets, "github")
    assert (tokens.expires_in_s, tokens.refresh_token) == (None, None)


async def test_google_is_always_asked_for_the_account_and_knows_it_again(
    idp: IdentityProvider, secrets: Secrets
) -> None:
    handler = handler_of("google", secrets)
    assert handler.scopes_for(["https://www.googleapis.com/auth/drive.file"])[:3] == (
        "openid",
        "email",
        "profile",
    )
    tokens, credential = await _logged_in(idp, secrets, "google")
    assert handler.is_same_account(credential, tokens)
    assert not handler.is_same_account(credential.model_copy(update={"metadata": {}}), tokens)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200, b"<html>"), "did not answer with JSON"),
        (Answer(200, b"[1]"), "did not answer with JSON"),
        (Answer.of_json({"token_type": "bearer"}), "without an access token"),
        (Answer.of_json({"access_token": 7}), "without an access token"),
        (Answer.of_json({"error": "redirect_uri_mismatch"}, status=400), "BLOCKYARD_PUBLIC_URL"),
        (
            Answer.of_json({"error": "odd", "error_description": "a\x00b\n" + "c" * 900}, status=400),
            "It said",
        ),
        (Answer(500), "having trouble"),
        (Answer(200, b"[" * 100_000), "did not answer with JSON"),
    ],
)
async def test_answers_of_no_use_are_errors_with_a_cure(
    idp: IdentityProvider, secrets: Secrets, answer: Answer, said: str
) -> None:
    idp.server.routes["/oauth/token"] = answer
    with pytest.raises(ProviderError, match=said) as refused:
        await handler_of("linear", secrets).refresh("a-refresh-token")
    assert len(str(refused.value)) < 500
    assert str(refused.value).isprintable()


async def test_provider_that_quotes_our_secrets_is_not_quoted_with_them(
    idp: IdentityProvider, secrets: Secrets
) -> None:
    text = f"bad a-refresh-token for {CLIENT_SECRET}"
    idp.server.routes["/oauth/token"] = Answer.of_json(
        {"error": "invalid_grant", "error_description": text}, status=400
    )
    with pytest.raises(NoLongerGood) as refused:
        await handler_of("linear", secrets).refresh("a-refresh-token")
    assert "bad *** for ***" in str(refused.value)
