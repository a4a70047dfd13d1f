"""A credential reaches the block that its owner chose it for, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from backend.data.block import Block, BlockOutput
from backend.data.credential_store import find_credential, mark_reconnect
from backend.data.credentials import (
    APIKeyCredentials,
    Credentials,
    CredentialsMetaInput,
    HostScopedCredentials,
    OAuth2Credentials,
)
from backend.data.db import Database
from backend.data.model import BlockSchema, CredentialsField, SchemaField
from backend.data.tables import credential
from backend.data.vault import Vault
from backend.executor.program import problems_of
from backend.executor.worker import Worker
from backend.integrations.credentials_store import (
    DEFAULT_CREDENTIALS,
    StoredCredentials,
    example_credentials,
    platform_credentials,
)
from backend.integrations.platform_secrets import settings as named
from backend.integrations.providers import ProviderName
from backend.util.clock import new_id, now
from backend.util.errors import CredentialsError, NotFound
from backend.util.settings import Secrets, Settings
from tests.support.engine import catalogue_with, execute
from tests.support.graphs import graph, node

KEY = SecretStr("the-secret")


class Reference(CredentialsMetaInput[Any, Any]):
    """To whatever a test says."""


def refers(credentials: Credentials, **changed: Any) -> Reference:
    fields = {"id": credentials.id, "provider": credentials.provider, "type": credentials.type}
    return Reference.model_validate({**fields, "title": credentials.title, **changed})


async def stored(
    database: Database, store: StoredCredentials, user_id: str, provider: str = "github", **more: Any
) -> APIKeyCredentials:
    made = APIKeyCredentials(id=new_id(), provider=provider, title="mine", api_key=KEY, **more)
    async with database.begin() as connection:
        await store.add(connection, user_id, made)
    return made


async def test_the_owner_gets_it_and_nobody_else_does(
    database: Database, credentials: StoredCredentials, local_user: str
) -> None:
    made = await stored(database, credentials, local_user)
    assert await credentials.get(local_user, refers(made)) == made
    assert await credentials.by_id(local_user, made.id) == made
    with pytest.raises(CredentialsError, match="You have no credential 'mine'"):
        await credentials.get("somebody-else", refers(made))
    with pytest.raises(NotFound):
        await credentials.by_id("somebody-else", made.id)


async def test_what_a_graph_calls_an_id_does_not_send_it_to_another_provider(
    database: Database, credentials: StoredCredentials, local_user: str
) -> None:
    made = await stored(database, credentials, local_user)
    assert await credentials.by_id(local_user, made.id, provider="GitHub") == made
    with pytest.raises(CredentialsError, match="one of github, and is not sent to telegram"):
        await credentials.by_id(local_user, made.id, provider="telegram")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"provider": "slack"}, "is api_key of github, and the block wants api_key of slack"),
        ({"type": "oauth2"}, "is api_key of github, and the block wants oauth2 of github"),
        ({"id": "absent"}, "You have no credential"),
    ],
)
async def test_a_reference_to_something_else_is_refused(
    database: Database, credentials: StoredCredentials, local_user: str, changed: dict[str, Any], said: str
) -> None:
    made = await stored(database, credentials, local_user)
    with pytest.raises(CredentialsError, match=said) as refused:
        await credentials.get(local_user, refers(made, **changed))
    assert "the-secret" not in str(refused.value)


async def test_one_that_has_expired_or_must_be_connected_again_is_not_given(
    database: Database, credentials: StoredCredentials, local_user: str
) -> None:
    over = await stored(database, credentials, local_user, expires_at=int(now().timestamp()) - 1)
    with pytest.raises(CredentialsError, match=r"expired at .* UTC. Replace its secret"):
        await credentials.get(local_user, refers(over))
    gone = await stored(database, credentials, local_user)
    async with database.begin() as connection:
        await mark_reconnect(connection, local_user, gone.id, "Revoked.", revision=0)
    with pytest.raises(CredentialsError, match=r"connected again: .*Revoked"):
        await credentials.get(local_user, refers(gone))


async def test_every_kind_comes_back_as_it_went_in(
    database: Database, vault: Vault, settings: Settings, local_user: str
) -> None:
    given = OAuth2Credentials(
        id=new_id(),
        provider="github",
        title="t",
        access_token=KEY,
        refresh_token=SecretStr("again"),
        access_token_expires_at=2_000_000_000,
        refresh_token_expires_at=2_100_000_000,
        scopes=["repo"],
        username="ada",
        metadata={"team": "T1"},
    )
    store = StoredCredentials(database, vault, settings)
    async with database.begin() as connection:
        await store.add(connection, local_user, given)
    assert await store.by_id(local_user, given.id) == given


async def test_use_is_kept_once_a_minute(
    database: Database, credentials: StoredCredentials, local_user: str
) -> None:
    made = await stored(database, credentials, local_user)
    seen = []
    for before in (None, now() - timedelta(seconds=5), now() - timedelta(seconds=61)):
        async with database.begin() as connection:
            await connection.execute(sa.update(credential).values(used_at=before))
        await credentials.get(local_user, refers(made))
        async with database.begin() as connection:
            row = await find_credential(connection, local_user, made.id)
        assert row is not None
        seen.append(
            row.used_at is not None and (before is None or row.used_at - before > timedelta(seconds=1))
        )
    assert seen == [True, False, True]


async def test_a_secret_put_in_the_place_of_another_ends_reconnect_and_needs_the_revision_it_saw(
    database: Database, credentials: StoredCredentials, local_user: str
) -> None:
    made = await stored(database, credentials, local_user)
    async with database.begin() as connection:
        await mark_reconnect(connection, local_user, made.id, "no", revision=0)
        new = made.model_copy(update={"api_key": SecretStr("new")})
        assert await credentials.replace(connection, local_user, new, revision=0)
        assert not await credentials.replace(connection, local_user, made, revision=0)
        assert not await credentials.replace(connection, "somebody-else", made)
    assert await credentials.get(local_user, refers(made)) == new


# -- the platform's own ------------------------------------------------------------------------------------


def with_key(settings: Settings, key: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    changed = settings.model_copy()
    monkeypatch.setitem(changed.__dict__, "secrets", Secrets(example_api_key=key))
    return changed


async def test_the_platforms_own_follows_the_settings_in_force(
    database: Database, vault: Vault, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = refers(example_credentials, provider="EXAMPLE_PROVIDER")
    for key in ("one", "two"):
        store = StoredCredentials(database, vault, with_key(settings, key, monkeypatch))
        found = await store.get("whoever", reference)
        assert isinstance(found, APIKeyCredentials)
        assert found.api_key.get_secret_value() == key
    store = StoredCredentials(database, vault, with_key(settings, "", monkeypatch))
    with pytest.raises(CredentialsError, match=r"is not set up here\. Connect one of your own"):
        await store.get("whoever", reference)


def test_a_platform_credential_written_with_a_value_is_offered_while_that_is_not_empty(
    settings: Settings,
) -> None:
    for value, is_offered in (("baked", True), ("", False)):
        baked = example_credentials.model_copy(update={"id": "b", "api_key": SecretStr(value)})
        DEFAULT_CREDENTIALS.append(baked)
        try:
            assert (baked in platform_credentials(settings)) is is_offered
        finally:
            DEFAULT_CREDENTIALS.remove(baked)


def test_a_platform_credential_that_names_no_secret_of_the_settings_says_where_to_add_it() -> None:
    with pytest.raises(AttributeError, match=r"backend/util/settings\.py"):
        _ = named.secrets.no_such_key


# -- in blocks ---------------------------------------------------------------------------------------------

Two = Literal[ProviderName.GITHUB, ProviderName.SLACK]


class TwoProvidersBlock(Block):
    """Says which credential it was given; its input decides the provider."""

    id = "test-two-providers"

    class Input(BlockSchema):
        model: str = SchemaField(default="g-1")
        credentials: CredentialsMetaInput[Two, Literal["api_key"]] = CredentialsField(
            discriminator="model", discriminator_mapping={"g-1": "github", "s-1": "slack"}
        )

    class Output(BlockSchema):
        said: str = SchemaField()

    def run(self, input_data: Input, *, credentials: APIKeyCredentials, **kwargs: Any) -> BlockOutput:
        yield "said", f"{credentials.provider} {len(credentials.api_key.get_secret_value())}"


class HostBlock(Block):
    """Says the host whose credential it was given; its URL decides which that may be."""

    id = "test-host"

    class Input(BlockSchema):
        url: str = SchemaField()
        credentials: CredentialsMetaInput[Literal[ProviderName.HTTP], Literal["host_scoped"]] = (
            CredentialsField(discriminator="url")
        )

    class Output(BlockSchema):
        said: str = SchemaField()

    def run(self, input_data: Input, *, credentials: HostScopedCredentials, **kwargs: Any) -> BlockOutput:
        yield "said", credentials.host


class EchoBlock(Block):
    """Hands a text on, so that it is not known before the run."""

    id = "test-text"

    class Input(BlockSchema):
        text: str = SchemaField()

    class Output(BlockSchema):
        text: str = SchemaField()

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "text", input_data.text


BLOCKS = catalogue_with([TwoProvidersBlock, HostBlock, EchoBlock])


@pytest.fixture
def blocks() -> Any:
    return BLOCKS


def reference(credentials: Credentials) -> dict[str, Any]:
    return {"id": credentials.id, "provider": credentials.provider, "type": credentials.type}


async def test_the_value_of_the_discriminator_decides_the_provider(
    worker: Worker, database: Database, credentials: StoredCredentials, local_user: str
) -> None:
    for provider, model in (("github", "g-1"), ("slack", "s-1")):
        made = await stored(database, credentials, local_user, provider)
        ran = await execute(
            worker, graph([node("a", TwoProvidersBlock, model=model, credentials=reference(made))])
        )
        assert ran.status == "completed", ran.errors
        assert ran.outs("a", "said") == [f"{provider} 10"]


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("s-1", "wants a credential of 'slack', because 'model' is so, and 'github' is chosen"),
        ("s-2", "No provider has 's-2'. Known are, among others: s-1"),
    ],
)
async def test_a_credential_of_the_other_provider_is_a_problem_of_the_graph(model: str, said: str) -> None:
    given = {"id": "x", "provider": "github", "type": "api_key"}
    [found] = problems_of(graph([node("a", TwoProvidersBlock, model=model, credentials=given)]), BLOCKS.find)
    assert said in found.message
    assert found.node_id == "a"
    assert found.pin in ("credentials", "model")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"id": "x", "provider": "stripe", "type": "api_key"},
            "of 'github' or 'slack', and 'stripe' is chosen",
        ),
        (
            {"id": "x", "provider": "github", "type": "oauth2"},
            "of the kind 'api_key', and 'oauth2' is chosen",
        ),
        ({"id": "x", "provider": "nowhere", "type": "api_key"}, "'nowhere' is chosen"),
        ({"provider": "github", "type": "api_key"}, "No credential is chosen"),
        ({"id": 7, "provider": "github", "type": "api_key"}, "No credential is chosen"),
        ("x", "No credential is chosen"),
        (None, "No credential is chosen"),
    ],
)
async def test_a_reference_that_the_field_does_not_take_is_one_problem_with_a_cure(
    given: Any, said: str
) -> None:
    [found] = problems_of(graph([node("a", TwoProvidersBlock, credentials=given)]), BLOCKS.find)
    assert said in found.message
    assert (found.node_id, found.pin) == ("a", "credentials")
    assert found.cure


async def test_what_comes_over_a_link_is_looked_at_when_the_block_runs(
    worker: Worker, database: Database, credentials: StoredCredentials, local_user: str
) -> None:
    made = await stored(database, credentials, local_user, "github")
    nodes = [node("text", EchoBlock, text="s-1"), node("a", TwoProvidersBlock, credentials=reference(made))]
    ran = await execute(worker, graph(nodes, ["text.text -> a.model"]))
    [(where, code, message)] = ran.errors
    assert (where, code) == ("a", "credentials_refused")
    assert "asks for a credential of 'slack', and 'mine' is of 'github'" in message


@pytest.mark.parametrize(
    ("host", "url", "is_given"),
    [
        ("api.example.com", "https://API.example.com/x", True),
        ("*.example.com", "https://api.example.com/x", True),
        ("api.example.com", "https://api.example.com.evil.example/x", False),
        ("api.example.com", "https://api.example.com@evil.example/x", False),
        ("api.example.com:8443", "https://api.example.com/x", False),
    ],
)
async def test_the_credential_of_a_host_is_given_for_its_own_urls_only(
    worker: Worker,
    database: Database,
    credentials: StoredCredentials,
    local_user: str,
    host: str,
    url: str,
    is_given: bool,
) -> None:
    made = HostScopedCredentials(id=new_id(), provider="http", title="mine", host=host, headers={"X": KEY})
    async with database.begin() as connection:
        await credentials.add(connection, local_user, made)
    ran = await execute(worker, graph([node("a", HostBlock, url=url, credentials=reference(made))]))
    if is_given:
        assert ran.outs("a", "said") == [host]
    else:
        assert ran.errors[0][1] == "credentials_refused"
