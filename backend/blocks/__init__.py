"""The catalogue: finds every block in this folder, by id and by name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from threading import Lock
from types import ModuleType

from backend.blocks.load_error import LoadError
from backend.data.block import Block
from backend.util.collector import give_back, uncollected
from backend.util.errors import SetupProblem

_once = Lock()


class Catalogue:
    """Blocks by id. One instance of each block serves all runs."""

    def __init__(self) -> None:
        self._by_id: dict[str, Block] = {}
        self.revision: int | None = None
        """When it was last changed while the server ran, in milliseconds since 1970; None: it never is."""
        self.load_errors: dict[str, LoadError] = {}
        """In development: why a module is not as its file says, by the module's name."""

    def add(self, block_class: type[Block]) -> Block:
        """Take a block in.

        Raises:
            SetupProblem: another block has its id.
        """
        known = self._by_id.get(block_class.id)
        if known is not None and type(known) is not block_class:
            raise _same_id(block_class, type(known))
        block = known or block_class()
        self._by_id[block_class.id] = block
        return block

    def replace(self, modules: Mapping[str, Sequence[Block]]) -> dict[str, SetupProblem]:
        """Give each of these modules its new blocks, all at once; runs that go on keep those they hold.

        Returns, by module, what was refused: an id that another block has. Such a module keeps what it had.
        """
        by_id = {key: block for key, block in self._by_id.items() if type(block).__module__ not in modules}
        refused: dict[str, SetupProblem] = {}
        for module, blocks in modules.items():
            try:
                by_id |= _by_new_ids(blocks, by_id)
            except SetupProblem as problem:
                refused[module] = problem
                by_id = {**self._of_module(module), **by_id}
        self._by_id = by_id
        return refused

    def _of_module(self, module: str) -> dict[str, Block]:
        return {key: block for key, block in self._by_id.items() if type(block).__module__ == module}

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
            for block_class in blocks_in(module):
                found.add(block_class)
    return found


def _modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
        yield importlib.import_module(info.name)


def blocks_in(module: ModuleType) -> Iterator[type[Block]]:
    """The blocks that the module itself defines, in its order."""
    for value in vars(module).values():
        is_own = inspect.isclass(value) and value.__module__ == module.__name__
        if is_own and issubclass(value, Block) and not inspect.isabstract(value):
            yield value


def _by_new_ids(blocks: Sequence[Block], taken: Mapping[str, Block]) -> dict[str, Block]:
    by_id: dict[str, Block] = {}
    for block in blocks:
        known = taken.get(block.id) or by_id.get(block.id)
        if known is not None:
            raise _same_id(type(block), type(known))
        by_id[block.id] = block
    return by_id


def _same_id(newer: type[Block], known: type[Block]) -> SetupProblem:
    return SetupProblem(
        f"{newer.__name__} and {known.__name__} have the same id {newer.id!r}. "
        "Ids never change and are never reused: give the newer block a fresh UUID4."
    )
