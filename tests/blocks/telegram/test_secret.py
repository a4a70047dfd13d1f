"""The token is part of each address: no record of a failed run, no output, no error and no log has it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from backend.blocks import Catalogue
from backend.blocks.telegram.callbacks import TelegramAnswerCallbackBlock
from backend.blocks.telegram.files import TelegramGetFileBlock
from backend.blocks.telegram.media import TelegramSendDocumentBlock, TelegramSendPhotoBlock
from backend.blocks.telegram.messages import (
    TelegramDeleteMessageBlock,
    TelegramEditMessageBlock,
    TelegramSendMessageBlock,
)
from backend.blocks.telegram.updates import TelegramGetUpdatesBlock
from backend.data.block import Block
from backend.data.credentials import APIKeyCredentials
from backend.data.db import Database
from backend.data.graph import Node, NodePolicy
from backend.data.run import RunStatus
from backend.executor.worker import Worker
from backend.integrations.credentials_store import StoredCredentials
from backend.util.clock import new_id
from tests.support.engine import EngineRun, execute
from tests.support.graphs import graph, node
from tests.support.http_server import Answer, Seen
from tests.support.telegram_server import ADA, TOKEN, TelegramBot

SECRET = TOKEN.partition(":")[2]
FILE_ID = "BQACAgIAAxkBAAIB_received"
BLOCKS: dict[type[Block], tuple[str, dict[str, Any]]] = {
    TelegramSendMessageBlock: ("sendMessage", {"chat": "1111111", "text": "Hello"}),
    TelegramSendPhotoBlock: ("sendPhoto", {"chat": "1111111", "photo": "data:image/png,x"}),
    TelegramSendDocumentBlock: ("sendDocument", {"chat": "1111111", "document": "data:text/plain,x"}),
    TelegramEditMessageBlock: ("editMessageText", {"chat": "1111111", "message_id": "1", "text": "New"}),
    TelegramDeleteMessageBlock: ("deleteMessage", {"chat": "1111111", "message_id": "1"}),
    TelegramAnswerCallbackBlock: ("answerCallbackQuery", {"callback_query_id": "1"}),
    TelegramGetUpdatesBlock: ("getUpdates", {}),
    TelegramGetFileBlock: ("getFile", {"file_id": FILE_ID}),
}


@pytest.fixture
def blocks() -> Catalogue:
    made = Catalogue()
    for block in BLOCKS:
        made.add(block)
    return made


@pytest.fixture
async def reference(database: Database, credentials: StoredCredentials, local_user: str) -> dict[str, str]:
    """A stored credential of the bot."""
    made = APIKeyCredentials(id=new_id(), provider="telegram", title="bot", api_key=SecretStr(TOKEN))
    async with database.begin() as connection:
        await credentials.add(connection, local_user, made)
    return {"id": made.id, "provider": "telegram", "type": "api_key"}


def _repeating(status: int) -> Callable[[Seen], Answer]:
    """Repeats the address that it was asked at, as it is and as a query would have it."""

    def answer(seen: Seen) -> Answer:
        said = f"Look: {seen.target} and {quote(seen.target, safe='')}"
        body = {"ok": status == 200, "result": {"message_id": 1, "chat": ADA, "text": said}}
        refusal = {"ok": False, "error_code": status, "description": said, "you": {"asked": seen.target}}
        return Answer.of_json(
            body if status == 200 else refusal, status=status, headers={"X-Asked": seen.target}
        )

    return answer


def _nodes(reference: dict[str, str], *blocks: type[Block]) -> list[Node]:
    """One of each, by the name of its class; all of them run, whatever becomes of the others."""
    return [
        node(
            block.__name__,
            block,
            policy=NodePolicy(on_error="continue"),
            credentials=reference,
            **BLOCKS[block][1],
        )
        for block in blocks
    ]


def _everything(run: EngineRun, log: pytest.LogCaptureFixture) -> str:
    return json.dumps([run.events, run.view, run.errors], default=repr, ensure_ascii=False) + log.text


def _exchange(run: EngineRun, node_id: str) -> dict[str, Any]:
    [failed] = run.of("failed", node_id)
    found: dict[str, Any] = failed.data["exchange"]
    return found


@pytest.mark.parametrize("status", [400, 401, 409, 500])
async def test_a_refusal_that_repeats_the_token_is_recorded_without_it(
    worker: Worker, bot: TelegramBot, reference: dict[str, str], caplog: pytest.LogCaptureFixture, status: int
) -> None:
    assert bot.server is not None
    for path in bot.server.routes:
        bot.server.routes[path] = _repeating(status)
    with caplog.at_level(logging.DEBUG):
        run = await execute(worker, graph(_nodes(reference, *BLOCKS)))
    asked = {seen.path for seen in bot.server.seen}
    assert asked >= {f"/bot{TOKEN}/{method}" for method, _ in BLOCKS.values()}
    for block in BLOCKS:
        told = _exchange(run, block.__name__)
        assert told["url"].startswith("https://api.telegram.org/bot***/")
        assert (told["status"], told["response_headers"]["x-asked"][:8]) == (status, "/bot***/")
    assert SECRET not in _everything(run, caplog)


async def test_a_lost_call_and_a_lost_download_are_recorded_without_the_token(
    worker: Worker,
    bot: TelegramBot,
    reference: dict[str, str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("backend.util.http_retry.FIRST_WAIT_S", 0.0)
    assert bot.server is not None
    bot.keep_file(FILE_ID, "photos/file_1.jpg", b"x")
    bot.server.routes[f"/bot{TOKEN}/sendMessage"] = Answer(hang_up=True)
    bot.server.routes[f"/file/bot{TOKEN}/photos/file_1.jpg"] = Answer(hang_up=True)
    lost: dict[type[Block], str] = {
        TelegramSendMessageBlock: "bot***/sendMessage",
        TelegramGetFileBlock: "file/bot***/photos/file_1.jpg",
    }
    with caplog.at_level(logging.DEBUG):
        run = await execute(worker, graph(_nodes(reference, *lost)))
    for block, path in lost.items():
        told = _exchange(run, block.__name__)
        assert (told["url"], told["status"]) == (f"https://api.telegram.org/{path}", None)
    assert SECRET not in _everything(run, caplog)


async def test_an_answer_that_repeats_the_token_is_given_out_without_it(
    worker: Worker, bot: TelegramBot, reference: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    assert bot.server is not None
    bot.server.routes[f"/bot{TOKEN}/sendMessage"] = _repeating(200)
    with caplog.at_level(logging.DEBUG):
        run = await execute(worker, graph(_nodes(reference, TelegramSendMessageBlock)))
    [message] = run.outs("TelegramSendMessageBlock", "message")
    assert message["text"] == "Look: /bot***/sendMessage and %2Fbot***%2FsendMessage"
    assert SECRET not in _everything(run, caplog)


async def test_a_file_is_got_and_remembered_without_the_token(
    worker: Worker, bot: TelegramBot, reference: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    bot.keep_file(FILE_ID, "documents/file_2.txt", b"hello")
    bot.updates = [{"update_id": 10, "message": {"message_id": 1, "chat": ADA}}]
    with caplog.at_level(logging.DEBUG):
        run = await execute(worker, graph(_nodes(reference, TelegramGetFileBlock, TelegramGetUpdatesBlock)))
    assert run.status == RunStatus.COMPLETED
    assert run.outs("TelegramGetFileBlock", "name") == ["file_2.txt"]
    assert run.outs("TelegramGetUpdatesBlock", "next_offset") == [11]
    assert SECRET not in _everything(run, caplog)
