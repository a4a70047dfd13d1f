"""HTML, pages and feeds that explode are stopped in time, and the person is told."""

from __future__ import annotations

import time
from typing import Any

import pytest

from backend.blocks import catalogue
from backend.blocks.testing import run_block_directly
from backend.data.block import Block, TestCase
from backend.util.bounded.pool import pool
from backend.util.errors import BlockError
from tests.support.http_server import Answer, local_http_server, reachable
from tests.torture.bombs.bomb import Bomb
from tests.torture.bombs.web import BOMBS, SERVED, Served

BY_NAME = {block.name: block for block in catalogue()}


def bang(block: Block, inputs: dict[str, Any], says: str | None) -> float:
    """Seconds that it took; asserts that it ended as it should."""
    _warm_up()
    begun = time.monotonic()
    pin, value = run_block_directly(block, TestCase(inputs, []))[-1]
    took_s = time.monotonic() - begun
    assert (pin == "error") is (says is not None), str(value)[:300]
    assert says is None or says in value
    return took_s


def _warm_up() -> None:
    """A process with the libraries of each job, as a server that has worked before has."""
    empty = {"html": "<p>x", "base_url": "", "url": "", "style": "text", "with_links": False}
    feed = {"feed": "", "content_type": "", "url": "", "since": 0}
    for job, request in (("html", empty), ("pages", empty), ("feeds", feed)):
        try:
            pool.run(job, request, subject="It", cure="", timeout_s=20)
        except BlockError:
            continue


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_a_bomb_in_html_is_stopped(bomb: Bomb) -> None:
    assert bang(BY_NAME[bomb.block], bomb.make(), bomb.says) < 2.5  # 0.9 s, and a machine that does more


@pytest.mark.parametrize("bomb", SERVED, ids=lambda bomb: bomb.name)
def test_a_bomb_from_a_server_is_stopped(bomb: Served) -> None:
    answer = Answer(200, bomb.make(), {"Content-Type": bomb.kind})
    with local_http_server({"/": answer}) as server, reachable(server):
        assert bang(BY_NAME[bomb.block], {bomb.pin: server.base_url}, bomb.says) < 3
