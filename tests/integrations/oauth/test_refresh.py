"""Tokens are refreshed ahead of their end, by one process at a time, and only a refusal for good asks for a person."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pydantic import SecretStr

from backend.data.credential_store import read_credential
from backend.data.credentials import OAuth2Credentials
from backend.data.db import Database
from backend.data.token_lease_store import find_lease, take_lease
from backend.data.user_store import LOCAL_USER_ID
from backend.integrations.credentials_store import StoredCredentials
from backend.integrations.oauth._base import Tokens
from backend.integrations.oauth._tokens import LIFE, is_due, is_good, renewed
from backend.integrations.oauth.refresh import Refresher
from backend.util.errors import BlockyardError, CredentialsError, ProviderUnavailable
from backend.util.settings import Secrets, Settings
from tests.integrations.oauth.conftest import applications, give
from tests.support.identity_provider import IdentityProvider
from tests.support.refresher_process import RefresherProcess, start_refresher
from tests.support.workers import until

USER = LOCAL_USER_ID


@pytest.fixture
def refresher(database: Database, credentials: StoredCredentials, secrets: Secrets) -> Refresher:
    made = Refresher(database, credentials, secrets)
    credentials.refresher = made
    return made


def _token(credential: Any) -> str:
    assert isinstance(credential, OAuth2Credentials)
    return credential.access_token.get_secret_value()


def _plain(ends_at: float | None, life_s: float | None = None) -> OAuth2Credentials:
    known = {} if life_s is None else {LIFE: life_s}
    ends = None if ends_at is None else int(ends_at)
    return OAuth2Credentials(
        id="c",
        provider="linear",
        access_token=SecretStr("a"),
        refresh_token=SecretStr("r"),
        access_token_expires_at=ends,
        refresh_token_expires_at=5000,
        scopes=["read"],
        metadata={**known, "team": "T"},
    )


@pytest.mark.parametrize(
    ("left_s", "life_s", "due"),
    [
        (299, 3600, True),
        (301, 3600, False),
        (301, None, False),
        (299, None, True),
        (11, 60, True),
        (13, 60, False),
        (-5, 60, True),
        (None, None, False),
    ],
)
def test_token_is_due_five_minutes_or_a_fifth_of_its_life_ahead(
    left_s: float | None, life_s: float | None, due: bool
) -> None:
    credential = _plain(None if left_s is None else 1000 + left_s, life_s)
    assert is_due(credential, 1000) is due
    assert is_good(credential, 1000) is (left_s is None or left_s > 0)


def test_what_a_refresh_does_not_say_stays() -> None:
    def kept(known: Any, granted: Any) -> list[str]:
        return list(known if granted is None else granted)

    old = _plain(1000, 60)
    new = renewed(old, Tokens("b"), kept, 2000)
    assert new.refresh_token == old.refresh_token
    assert (new.access_token_expires_at, new.refresh_token_expires_at) == (None, 5000)
    assert (new.scopes, new.metadata) == (["read"], {"team": "T"})
    rotated = renewed(old, Tokens("b", "s", 60, None, ("write",), {"team": "U"}), kept, 2000)
    assert rotated.refresh_token == SecretStr("s")
    assert (rotated.access_token_expires_at, rotated.refresh_token_expires_at) == (2060, None)
    assert (rotated.scopes, rotated.metadata) == (["write"], {"team": "U", LIFE: 60})


async def test_fresh_token_is_given_without_a_word(
    idp: IdentityProvider, database: Database, credentials: StoredCredentials, refresher: Refresher
) -> None:
    given = await give(database, credentials, idp, left_s=1000)
    assert _token(await credentials.by_id(USER, given.id)) == _token(given)
    assert idp.server.seen == []


@pytest.mark.parametrize("is_rotating", [False, True])
async def test_expiring_token_is_refreshed_and_the_refresh_token_kept(
    idp: IdentityProvider,
    database: Database,
    credentials: StoredCredentials,
    refresher: Refresher,
    is_rotating: bool,
) -> None:
    idp.is_rotating = is_rotating
    idp.expires_in_s = 2
    given = await give(database, credentials, idp)
    seen = {_token(given)}
    for _ in range(3):
        token = _token(await credentials.by_id(USER, given.id))
        assert idp.is_live(token)
        seen.add(token)
        await asyncio.sleep(2)
    assert (len(seen), idp.refreshes, idp.refused) == (4, 3, [])
    async with database.begin() as connection:
        row = await read_credential(connection, USER, given.id)
        assert await find_lease(connection, USER, given.id) is None
    assert (row.revision, row.state, row.problem) == (3, "ok", "")
    assert not any(token in row.sealed or token in str(row.detail) for token in idp.issued)


@pytest.mark.parametrize("is_rotating", [False, True])
async def test_hundred_uses_in_four_processes_make_one_refresh_and_no_failure(
    idp: IdentityProvider,
    database: Database,
    settings: Settings,
    credentials: StoredCredentials,
    is_rotating: bool,
) -> None:
    idp.is_rotating, idp.refresh_delay_s = is_rotating, 0.3
    async with AsyncExitStack() as stack:
        processes: list[RefresherProcess] = []
        for _ in range(4):
            processes.append(await start_refresher(settings, idp.origin_map, lease_s=30))
            stack.push_async_callback(processes[-1].end)
        for left_s in (20, -20):
            idp.refreshes = 0
            given = await give(database, credentials, idp, left_s=left_s)
            answers = await asyncio.gather(*(one.use(given.id, 25) for one in processes))
            tokens = [token for answer in answers for token in answer]
            assert len(tokens) == 100
            assert len(set(tokens)) == 1, [one for one in tokens if one.startswith("refused")][:1]
            assert idp.is_live(tokens[0])
            assert tokens[0] != _token(given)
            assert (idp.refreshes, idp.refused) == (1, [])


@pytest.mark.parametrize(("is_rotating", "grace"), [(False, False), (True, True)])
async def test_holder_that_is_killed_is_replaced_when_its_lease_ends(
    idp: IdentityProvider,
    database: Database,
    settings: Settings,
    credentials: StoredCredentials,
    is_rotating: bool,
    grace: bool,
) -> None:
    idp.is_rotating, idp.grace, idp.refresh_delay_s = is_rotating, grace, 1.0
    given = await give(database, credentials, idp, left_s=-5)
    async with AsyncExitStack() as stack:
        first = await start_refresher(settings, idp.origin_map, lease_s=2)
        second = await start_refresher(settings, idp.origin_map, lease_s=2)
        for one in (first, second):
            stack.push_async_callback(one.end)
        first.begin(given.id, 5)

        async def is_asked() -> bool:
            return idp.refreshes == 1

        await until(is_asked, within_s=10)
        await first.end()
        began = time.monotonic()
        tokens = await second.use(given.id, 5)
    assert len(set(tokens)) == 1
    assert idp.is_live(tokens[0]), tokens
    assert 1 < time.monotonic() - began < 10
    assert idp.refreshes == 2
    async with database.begin() as connection:
        assert (await read_credential(connection, USER, given.id)).state == "ok"


async def test_refused_grant_asks_for_a_person_and_says_so(
    idp: IdentityProvider, database: Database, credentials: StoredCredentials, refresher: Refresher
) -> None:
    given = await give(database, credentials, idp)
    idp.forget()
    with pytest.raises(CredentialsError, match=r"Linear no longer accepts this login\. Connect again"):
        await credentials.by_id(USER, given.id)
    async with database.begin() as connection:
        row = await read_credential(connection, USER, given.id)
        assert await find_lease(connection, USER, given.id) is None
    assert row.state == "reconnect"
    assert "Connect again" in row.problem
    with pytest.raises(CredentialsError, match="connected again"):
        await credentials.by_id(USER, given.id)
    assert idp.refreshes == 1, "what needs a person is not tried again"


async def test_refusal_is_no_refusal_if_somebody_else_has_another_token_by_now(
    idp: IdentityProvider, database: Database, credentials: StoredCredentials, refresher: Refresher
) -> None:
    given = await give(database, credentials, idp)
    idp.refresh_with, idp.refresh_delay_s = "invalid_grant", 0.5
    use = asyncio.create_task(credentials.by_id(USER, given.id))
    await asyncio.sleep(0.25)
    other = given.model_copy(
        update={"access_token": SecretStr("by-another"), "access_token_expires_at": int(time.time()) + 3600}
    )
    async with database.begin() as connection:
        assert await credentials.replace(connection, USER, other)
    assert _token(await use) == "by-another"
    async with database.begin() as connection:
        assert (await read_credential(connection, USER, given.id)).state == "ok"


async def test_refused_holder_whose_lease_has_ended_waits_for_its_successor(
    idp: IdentityProvider, database: Database, credentials: StoredCredentials, secrets: Secrets
) -> None:
    """The successor may just have been given the token that voided this one's."""
    slow = Refresher(database, credentials, secrets, lease_s=0.2)
    given = await give(database, credentials, idp)
    idp.refresh_with, idp.refresh_delay_s = "invalid_grant", 2.0
    use = asyncio.create_task(slow.fresh(USER, given))
    await asyncio.sleep(1.0)
    async with database.begin() as connection:
        assert await take_lease(connection, USER, given.id, revision=0, holder="successor", lease_s=20)
    await asyncio.sleep(1.6)
    async with database.begin() as connection:
        assert (await read_credential(connection, USER, given.id)).state == "ok"
    other = given.model_copy(
        update={"access_token": SecretStr("successors"), "access_token_expires_at": int(time.time()) + 3600}
    )
    async with database.begin() as connection:
        assert await credentials.replace(connection, USER, other, revision=0)
    assert _token(await use) == "successors"


@pytest.mark.parametrize("how", ["down", "limit", "hang_up", "invalid_client"])
async def test_provider_in_trouble_changes_nothing_and_is_left_alone_for_a_while(
    idp: IdentityProvider,
    database: Database,
    credentials: StoredCredentials,
    refresher: Refresher,
    how: str,
) -> None:
    good = await give(database, credentials, idp, left_s=20)
    ended = await give(database, credentials, idp, left_s=-5)
    idp.refresh_with = how
    for _ in range(3):
        assert _token(await credentials.by_id(USER, good.id)) == _token(good)
    assert idp.refreshes == 1
    for number in range(3):
        with pytest.raises(BlockyardError) as failed:
            await credentials.by_id(USER, ended.id)
        assert not isinstance(failed.value, CredentialsError)
        assert number == 0 or isinstance(failed.value, ProviderUnavailable)
        assert "-of-the-idp-" not in str(failed.value)
    assert idp.refreshes == 2
    idp.refresh_with = ""
    async with database.begin() as connection:
        for one in (good, ended):
            row = await read_credential(connection, USER, one.id)
            assert (row.state, row.problem, row.revision) == ("ok", "", 0)
            lease = await find_lease(connection, USER, one.id)
            assert lease is not None
            assert 3 < lease.ends_in_s <= 10


async def test_after_the_pause_the_provider_is_asked_again(
    idp: IdentityProvider,
    database: Database,
    credentials: StoredCredentials,
    secrets: Secrets,
) -> None:
    credentials.refresher = Refresher(database, credentials, secrets, pause_s=0.3)
    given = await give(database, credentials, idp, left_s=-5)
    idp.refresh_with = "down"
    with pytest.raises(ProviderUnavailable):
        await credentials.by_id(USER, given.id)
    idp.refresh_with = ""
    await asyncio.sleep(0.4)
    assert idp.is_live(_token(await credentials.by_id(USER, given.id)))


async def test_token_that_cannot_be_refreshed_is_given_to_its_end_and_not_beyond(
    idp: IdentityProvider, database: Database, credentials: StoredCredentials
) -> None:
    nobody = Refresher(database, credentials, applications("github"))
    good = await give(database, credentials, idp, left_s=20)
    assert await nobody.fresh(USER, good) == good
    ended = await give(database, credentials, idp, left_s=-5)
    with pytest.raises(BlockyardError, match="LINEAR_CLIENT_ID and LINEAR_CLIENT_SECRET"):
        await nobody.fresh(USER, ended)
    bare = ended.model_copy(update={"refresh_token": None})
    with pytest.raises(CredentialsError, match=r"without a refresh token\. Connect again"):
        await nobody.fresh(USER, bare)


async def test_credential_that_is_deleted_meanwhile_is_an_error_with_a_cure(
    idp: IdentityProvider, database: Database, credentials: StoredCredentials, refresher: Refresher
) -> None:
    given = await give(database, credentials, idp)
    for user_id in ("somebody-else", USER):
        absent = given if user_id != USER else given.model_copy(update={"id": "gone"})
        with pytest.raises(CredentialsError, match="was deleted"):
            await refresher.fresh(user_id, absent)
    assert idp.refreshes == 0


async def test_caller_that_leaves_does_not_end_the_refresh_of_the_others(
    idp: IdentityProvider, database: Database, credentials: StoredCredentials, refresher: Refresher
) -> None:
    idp.refresh_delay_s = 0.3
    given = await give(database, credentials, idp)
    uses = [asyncio.create_task(refresher.fresh(USER, given)) for _ in range(5)]
    await asyncio.sleep(0.1)
    uses[0].cancel()
    done = await asyncio.gather(*uses, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError)
    assert len({_token(one) for one in done[1:]}) == 1
    assert idp.refreshes == 1
