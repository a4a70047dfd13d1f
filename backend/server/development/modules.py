"""The modules of blocks in a server that goes on while they are written: loaded, replaced, taken away."""

from __future__ import annotations

import importlib
import inspect
import linecache
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import cache_from_source
from pathlib import Path
from threading import Lock
from types import ModuleType

from backend.blocks import Catalogue, blocks_in
from backend.blocks.load_error import LoadError, load_error, shown
from backend.data.block import Block
from backend.data.cost import Prices
from backend.server.development.sources import (
    files_on_disk,
    imports_of,
    in_order,
    module_of,
    parent_of,
    with_dependents,
)
from backend.util.clock import now
from backend.util.collector import uncollected

_NO_INIT = "The folder has no __init__.py, so its blocks are not found. Make an empty one."


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of modules: their blocks, none for those that are gone, or why they do not load."""

    blocks: dict[str, list[Block]] = field(default_factory=dict[str, list[Block]])
    errors: dict[str, LoadError] = field(default_factory=dict[str, LoadError])


class BlockModules:
    """All files of blocks, and the catalogue of what they hold."""

    def __init__(self) -> None:
        self.catalogue = Catalogue()
        self.read_at = time.time()
        """Since when files are read, in seconds since 1970: what was saved later may have been missed."""
        self._files: dict[str, Path] = {}
        self._imports: dict[str, frozenset[str]] = {}
        self._once = Lock()

    def load(self) -> Catalogue:
        """Every block that loads, and the errors of the others; done once, whichever thread asks first."""
        with self._once:
            if not self._files:
                self._look_at(())
                with uncollected():
                    self.take(self._load_all(self._files))
        return self.catalogue

    def reload(self, files: Iterable[Path]) -> Loaded:
        """Import anew what was saved, what imports it, and what did not load before. In a thread; then `take` it."""
        changed, gone = self._look_at(name for file in files if (name := module_of(file)))
        if not changed and not gone:
            return Loaded()
        failed = self.catalogue.load_errors.keys() & self._files.keys()
        names = with_dependents({*changed, *gone, *failed}, self._imports)
        before = {name: module for name in names if (module := sys.modules.pop(name, None))}
        importlib.invalidate_caches()
        for name in names - gone:
            # Python takes a compiled file for fresh when two saves of one second have the same size.
            Path(cache_from_source(str(self._files[name]))).unlink(missing_ok=True)
        for name in gone:
            _put(name, None)
        loaded = self._load_all(names - gone)
        for name in loaded.errors:
            _put(name, before.get(name))
        loaded.blocks.update((name, []) for name in gone)
        return loaded

    def take(self, loaded: Loaded) -> None:
        """Let the catalogue have it, in one step."""
        refused = self.catalogue.replace(loaded.blocks)
        known = self.catalogue.load_errors
        errors = loaded.errors | {
            name: load_error(problem, self._files[name]) for name, problem in refused.items()
        }
        for name, error in errors.items():
            if name in known and known[name].is_same(error):
                errors[name] = known[name]
        kept = {name: error for name, error in known.items() if name not in loaded.blocks}
        self.tell_errors(kept | errors)

    def tell_errors(self, errors: dict[str, LoadError]) -> None:
        """Replace all that is said; whoever looks sees another revision."""
        self.catalogue.load_errors = errors
        self.catalogue.revision = max(round(time.time() * 1000), (self.catalogue.revision or 0) + 1)

    def _look_at(self, named: Iterable[str]) -> tuple[set[str], set[str]]:
        """What changed and what is gone, by what lies on the disk: who moves a folder names only the folder."""
        files = files_on_disk()
        gone = self._files.keys() - files.keys()
        changed = {*named, *(files.keys() - self._files.keys())} & files.keys()
        self._files = files
        for name in gone:
            self._imports.pop(name, None)
        for name in changed:
            try:
                self._imports[name] = imports_of(name, files[name])
            except (SyntaxError, ValueError, OSError):
                self._imports.setdefault(name, frozenset())
        return changed, gone

    def _load_all(self, names: Iterable[str]) -> Loaded:
        loaded = Loaded()
        for name in in_order(names, self._imports):
            found = self._blocks_of(name)
            if isinstance(found, LoadError):
                loaded.errors[name] = found
            else:
                loaded.blocks[name] = found
        return loaded

    def _blocks_of(self, name: str) -> list[Block] | LoadError:
        parent, file = parent_of(name), self._files[name]
        if parent is not None and parent not in self._files:
            return LoadError(shown(file), None, _NO_INIT, now())
        blocks: list[Block] = []
        block_class: type[Block] | None = None
        try:
            for block_class in blocks_in(importlib.import_module(name)):
                blocks.append(block_class())
                _try_to_show(blocks[-1])
        except Exception as error:  # whatever a file raises is its developer's to mend
            return load_error(error, file, _line_of(block_class))
        return blocks


def _try_to_show(block: Block) -> None:
    """One block that cannot be shown would keep the page from all."""
    from backend.server.routes.blocks import block_view
    from backend.server.wire.catalogue import BlockView

    BlockView.model_validate(block_view(block, Prices({})))


def _put(name: str, module: ModuleType | None) -> None:
    """Let imports find this module, also as a part of its package; None: none."""
    parent, _, own = name.rpartition(".")
    holder = sys.modules.get(parent)
    if module is None:
        sys.modules.pop(name, None)
        if holder is not None:
            vars(holder).pop(own, None)
    else:
        sys.modules[name] = module
        if holder is not None:
            setattr(holder, own, module)


def _line_of(block_class: type[Block] | None) -> int | None:
    if block_class is None:
        return None
    linecache.checkcache()
    try:
        return inspect.getsourcelines(block_class)[1]
    except (OSError, TypeError):
        return None
