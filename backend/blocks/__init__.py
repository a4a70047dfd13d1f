"""The catalogue: finds every block in this folder, by id and by name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from threading import Lock
from types import ModuleType

from backend.data.block import Block
from backend.util.collector import give_back, uncollected
from backend.util.errors import SetupProblem

_once = Lock()


class Catalogue:
    """Blocks by id. One instance of each block serves all runs."""

    def __init__(self) -> None:
        self._by_id: dict[str, Block] = {}

    def add(self, block_class: type[Block]) -> Block:
        """Take a block in.

        Raises:
            SetupProblem: another block has its id.
        """
        known = self._by_id.get(block_class.id)
        if known is not None and type(known) is not block_class:
            raise SetupProblem(
                f"{block_class.__name__} and {known.name} have the same id {block_class.id!r}. "
                "Ids never change and are never reused: give the newer block a fresh UUID4."
            )
        block = known or block_class()
        self._by_id[block_class.id] = block
        return block

    def find(self, block_id: str) -> Block | None:
        """The block with this id, None when we have none."""
        return self._by_id.get(block_id)

    def forget_examples(self) -> None:
        """Let go of the blocks' examples: tests and pages read them, and they take 60 MiB."""
        for one in self._by_id.values():
            block = type(one)
            block.test_input = block.test_output = None
            block.test_files = ()
        give_back()

    def __iter__(self) -> Iterator[Block]:
        return iter(sorted(self._by_id.values(), key=lambda block: block.name))

    def __len__(self) -> int:
        return len(self._by_id)


def catalogue() -> Catalogue:
    """All blocks of this folder; importing them is done once, whichever thread asks first."""
    with _once:
        return _loaded()


@cache
def _loaded() -> Catalogue:
    found = Catalogue()
    with uncollected():
        for module in _modules():
            for block_class in _blocks_in(module):
                found.add(block_class)
    return found


def _modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
        yield importlib.import_module(info.name)


def _blocks_in(module: ModuleType) -> Iterator[type[Block]]:
    for value in vars(module).values():
        is_own = inspect.isclass(value) and value.__module__ == module.__name__
        if is_own and issubclass(value, Block) and not inspect.isabstract(value):
            yield value
