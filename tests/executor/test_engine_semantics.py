"""Every pattern of the semantics through a real worker: what holds for the plan holds for what people run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from backend.blocks import Catalogue
from backend.executor.compiled import LinkSpec
from backend.executor.worker import Worker
from tests.executor import test_plan_semantics as semantics
from tests.executor.plan_driver import Driver, Node, compiled
from tests.support.adapted import Way, adapted
from tests.support.engine import EngineRun, catalogue_with, execute

SEEDS = (1, 2)


@dataclass
class Pattern:
    """A test of the semantics: what it runs, and its claim, which can be asked of any run."""

    claim: Callable[[], None]
    nodes: list[Node]
    links: list[LinkSpec]
    is_same: bool = False
    is_same_order: bool = False


class _Captured(Exception):
    """Leaves a claim once it has said what it runs."""


def _patterns() -> Iterator[Any]:
    for name, test in vars(semantics).items():
        if name.startswith("test_") and inspect.isfunction(test):
            marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
            for argument in marks[0].args[1] if marks else [None]:
                given = {marks[0].args[0]: argument} if marks else {}
                yield pytest.param(test, given, id=f"{name}-{argument}" if marks else name)


@pytest.fixture
def blocks() -> Catalogue:
    return catalogue_with(())


def capture(monkeypatch: pytest.MonkeyPatch, claim: Callable[[], None]) -> Pattern:
    """What the claim runs."""
    found = Pattern(claim, [], [])

    def run_same(nodes: list[Node], links: list[LinkSpec], *, order: bool = True) -> None:
        found.is_same, found.is_same_order = True, order
        run_all(nodes, links)

    def run_all(nodes: list[Node], links: list[LinkSpec]) -> None:
        found.nodes, found.links = nodes, links
        raise _Captured

    with monkeypatch.context() as patch:
        patch.setattr(semantics, "run_same", run_same)
        patch.setattr(semantics, "run_all", run_all)
        with pytest.raises(_Captured):
            claim()
    return found


def ask(monkeypatch: pytest.MonkeyPatch, pattern: Pattern, run: EngineRun) -> None:
    """The claim's own assertions about this run."""
    with monkeypatch.context() as patch:
        patch.setattr(semantics, "run_same", lambda *_, **__: run)
        patch.setattr(semantics, "run_all", lambda *_, **__: [run])
        pattern.claim()


def check_like_driver(pattern: Pattern, run: EngineRun) -> None:
    """Firings, inputs, outputs, leftovers and status are the planner's own."""
    driver = Driver(compiled(pattern.nodes, pattern.links), pattern.nodes).run()
    assert run.status == driver.status
    if pattern.is_same:
        assert run.record() == driver.record()
        assert run.leftovers() == driver.leftovers()
    if pattern.is_same_order:
        assert run.orders() == driver.orders()


@pytest.mark.parametrize(("claim", "given"), list(_patterns()))
async def test_pattern_holds_for_the_engine_at_any_speed(
    claim: Callable[..., None],
    given: dict[str, Any],
    worker: Worker,
    blocks: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pattern = capture(monkeypatch, lambda: claim(**given))
    ways: list[tuple[Way, int]] = [("inline", 0), *(("async", seed) for seed in SEEDS)]
    for way, seed in ways:
        graph, classes = adapted(
            pattern.nodes, pattern.links, dict.fromkeys([n.id for n in pattern.nodes], way), seed
        )
        for block in classes:
            blocks.add(block)
        run = await execute(worker, graph)
        assert run.status.startswith("completed"), run.errors
        check_like_driver(pattern, run)
        ask(monkeypatch, pattern, run)


def test_all_patterns_of_the_semantics_are_asked_of_the_engine() -> None:
    assert len(list(_patterns())) >= 28
