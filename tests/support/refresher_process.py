"""A process that uses an OAuth credential, told how by lines of JSON; for tests with several of them.

python -m tests.support.refresher_process URL DATA_DIR ORIGIN_MAP LEASE_S
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.data.credentials import OAuth2Credentials
from backend.data.db import open_database
from backend.data.user_store import LOCAL_USER_ID
from backend.data.vault import open_vault
from backend.integrations.credentials_store import StoredCredentials
from backend.integrations.oauth.refresh import Refresher
from backend.util.errors import BlockyardError
from backend.util.settings import Secrets, Settings, use
from tests.support.identity_provider import CLIENT_ID, CLIENT_SECRET

ROOT = Path(__file__).parents[2]


@dataclass
class RefresherProcess:
    """The parent's view of it."""

    process: asyncio.subprocess.Process

    async def use(self, credential_id: str, times: int) -> list[str]:
        """Use it so many times at once: the access tokens that came, or what was refused."""
        self.begin(credential_id, times)
        return await self.answer()

    def begin(self, credential_id: str, times: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([credential_id, times]).encode() + b"\n")

    async def answer(self) -> list[str]:
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 60)
        found: list[str] = json.loads(line)
        return found

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


async def start_refresher(
    settings: Settings, origin_map: dict[str, str], *, lease_s: float
) -> RefresherProcess:
    """Start one; it is ready when this returns."""
    arguments = [settings.database_url, str(settings.data_dir), json.dumps(origin_map), str(lease_s)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.refresher_process",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    made = RefresherProcess(process)
    assert await made.answer() == ["ready"]
    return made


# -- the process itself --------------------------------------------------------------------------------------


async def _serve(url: str, data_dir: str, origin_map: str, lease_s: str) -> None:
    settings = Settings(
        database_url=url, data_dir=Path(data_dir), environment="test", http_origin_map=json.loads(origin_map)
    )
    use(settings)
    database = await open_database(settings)
    credentials = StoredCredentials(database, await open_vault(database, settings), settings)
    secrets = Secrets.model_construct(linear_client_id=CLIENT_ID, linear_client_secret=CLIENT_SECRET)
    credentials.refresher = Refresher(database, credentials, secrets, lease_s=float(lease_s))
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer
    )
    _say(["ready"])
    while line := await reader.readline():
        credential_id, times = json.loads(line)
        async with asyncio.TaskGroup() as tasks:
            uses = [tasks.create_task(_use(credentials, credential_id)) for _ in range(times)]
        _say([one.result() for one in uses])


async def _use(credentials: StoredCredentials, credential_id: str) -> str:
    try:
        found = await credentials.by_id(LOCAL_USER_ID, credential_id)
    except BlockyardError as error:
        return f"refused: {error.code}: {error}"
    assert isinstance(found, OAuth2Credentials)
    return found.access_token.get_secret_value()


def _say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:5]))
