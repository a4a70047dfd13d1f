"""Every block of the catalogue, run from its own test data as a durable run of one node."""

from __future__ import annotations

from backend.blocks import catalogue
from backend.blocks.testing import compare
from backend.data.db import Database
from backend.executor.block_trial import expected_of_engine, is_runnable, open_stage, try_all
from backend.util.settings import Settings
from tests.support.collector import thaw


async def test_every_block_gives_in_the_engine_what_its_examples_say(
    database: Database, settings: Settings
) -> None:
    cases = [
        (block, case) for block in catalogue() for case in block.test_cases() if is_runnable(block, case)
    ]
    async with open_stage(database, settings) as stage:
        answers = await try_all(stage, cases)
    thaw()
    wrong = {
        f"{block.name} {case.input!r:.80}": found
        for (block, case), actual in zip(cases, answers, strict=True)
        if (found := compare(expected_of_engine(case), actual))
    }
    assert wrong == {}
    assert len(cases) > 2 * len(list(catalogue()))
