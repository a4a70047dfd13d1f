"""Both tests of every block from its own examples, for `blockyard blocks test`; in a database of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backend.blocks.testing import compare, misfits, run_block_directly
from backend.cli.options import load_settings
from backend.data.block import Block, BlockData, TestCase
from backend.data.db import open_database
from backend.data.model import JsonObject
from backend.data.user_store import ensure_local_user
from backend.executor.block_trial import expected_of_engine, is_runnable, open_stage, try_all


@dataclass(slots=True)
class Trial:
    """What one block came to. `alone` and `in_engine` count the examples that were run in each way."""

    block: Block
    alone: int = 0
    in_engine: int = 0
    problems: list[str] = field(default_factory=list[str])

    def as_json(self) -> JsonObject:
        return {
            "block": self.block.name,
            "id": self.block.id,
            "alone": self.alone,
            "in_engine": self.in_engine,
            "problems": self.problems,
        }


def try_alone(block: Block) -> Trial:
    """The block without an engine. Not to be called within an event loop."""
    cases = block.test_cases()
    trial = Trial(block, alone=len(cases))
    if not cases:
        trial.problems.append("It has no examples. Give it test_input and test_output.")
    for place, case in enumerate(cases, start=1):
        actual = run_block_directly(block, case)
        values = [pair for pair in actual if pair[0] != "error"]
        wrong = compare(case.output, actual) + misfits(block, case.input, values)
        trial.problems += [f"example {place}, alone: {one}" for one in wrong]
    return trial


async def try_in_engine(trials: Sequence[Trial]) -> None:
    """The same examples as runs; adds to the trials. Takes a few seconds: it makes a database and throws it away."""
    cases = [
        (trial, place, case)
        for trial in trials
        for place, case in enumerate(trial.block.test_cases(), start=1)
        if is_runnable(trial.block, case)
    ]
    answers = await _answers([(trial.block, case) for trial, _, case in cases])
    for (trial, place, case), actual in zip(cases, answers, strict=True):
        trial.in_engine += 1
        found = compare(expected_of_engine(case), actual)
        trial.problems += [f"example {place}, in the engine: {one}" for one in found]


async def _answers(cases: Sequence[tuple[Block, TestCase]]) -> list[list[BlockData]]:
    with tempfile.TemporaryDirectory(prefix="blockyard-") as folder:
        settings = load_settings().model_copy(update={"data_dir": Path(folder), "database_url": ""})
        database = await open_database(settings)
        try:
            async with database.begin() as connection:
                await ensure_local_user(connection)
            async with open_stage(database, settings) as stage:
                return await try_all(stage, cases)
        finally:
            await database.close()
