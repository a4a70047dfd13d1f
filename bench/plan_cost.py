"""What planning costs: µs per firing for the usual shapes, and how long a graph takes to compile.

Run it with `python -m bench.plan_cost`. The blocks do nothing, so all of the time is the plan's.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable

from backend.executor.compiled import Compiled, LinkSpec, NodeSpec, compile_graph
from backend.executor.plan import Firing, Plan

Yields = Callable[[Firing], Iterable[str]]
"""The pins a firing yields on, in order."""
EACH = frozenset({"item"})
REPEATS = 5


def gives_out(count: int) -> Yields:
    return lambda firing: ["item"] * count


def once(firing: Firing) -> Iterable[str]:
    return ("out",)


def generator(node_id: str) -> NodeSpec:
    return NodeSpec(node_id, each=EACH)


def nodes_in_a_row(count: int) -> tuple[list[NodeSpec], list[LinkSpec]]:
    nodes = [NodeSpec(f"n{k}", required=frozenset({"in"} if k else ())) for k in range(count)]
    return nodes, [LinkSpec(f"n{k}", "out", f"n{k + 1}", "in") for k in range(count - 1)]


def w3() -> Compiled:
    names = ["g", "a", "b", "c", "all"]
    nodes = [generator("g"), *map(NodeSpec, "abc"), NodeSpec("all", is_collect=True)]
    pins = ["item", "out", "out", "out"]
    return compile_graph(nodes, [LinkSpec(names[k], pins[k], names[k + 1], "in") for k in range(4)])


def item_join() -> Compiled:
    links = [
        LinkSpec("g", "item", "j", "x"),
        LinkSpec("g", "item", "a", "in"),
        LinkSpec("a", "out", "j", "y"),
    ]
    return compile_graph([generator("g"), NodeSpec("a"), NodeSpec("j")], links)


def zipped() -> Compiled:
    links = [LinkSpec("g", "item", "j", "x"), LinkSpec("h", "item", "j", "y")]
    return compile_graph([generator("g"), generator("h"), NodeSpec("j")], links)


def late_outer() -> Compiled:
    links = [
        LinkSpec("g", "item", "h", "in"),
        LinkSpec("g", "item", "j", "x"),
        LinkSpec("h", "out", "j", "y"),
    ]
    return compile_graph([generator("g"), NodeSpec("h", is_collect=True), NodeSpec("j")], links)


def nested() -> Compiled:
    links = [
        LinkSpec("g", "item", "h", "in"),
        LinkSpec("h", "item", "b", "in"),
        LinkSpec("b", "out", "c", "in"),
        LinkSpec("c", "out", "d", "in"),
    ]
    nodes = [generator("g"), generator("h"), NodeSpec("b"), *(NodeSpec(k, is_collect=True) for k in "cd")]
    return compile_graph(nodes, links)


def drive(graph: Compiled, blocks: dict[str, Yields]) -> int:
    """Runs the graph one firing at a time; the number of firings."""
    plan = Plan(graph)
    seq = 0
    while (firing := plan.take_ready()) is not None:
        plan.start(firing)
        for pin in blocks.get(firing.node.id, once)(firing):
            seq += 1
            plan.yielded(firing, pin, seq, seq)
        plan.ended(firing)
    return plan.firing_count


def measure(name: str, graph: Compiled, blocks: dict[str, Yields]) -> None:
    best = float("inf")
    firings = 0
    for _ in range(REPEATS):
        started = time.perf_counter()
        firings = drive(graph, blocks)
        best = min(best, time.perf_counter() - started)
    print(f"{name:<34} {best * 1e3:9.2f} ms {firings:8d} firings {best / firings * 1e6:6.2f} µs/firing")


def measure_compile(count: int) -> None:
    nodes, links = nodes_in_a_row(count)
    started = time.perf_counter()
    compile_graph(nodes, links)
    print(f"{f'compile {count} nodes in a row':<34} {(time.perf_counter() - started) * 1e3:9.2f} ms")


def main() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
    row = compile_graph(*nodes_in_a_row(40))
    measure("W3 1,000 x 3, collected", w3(), {"g": gives_out(1000)})
    measure("W3 10,000 x 3, collected", w3(), {"g": gives_out(10_000)})
    for count in (1000, 10_000, 50_000):
        measure(f"join by item, {count}", item_join(), {"g": gives_out(count)})
    measure("items wait for a late value, 10000", late_outer(), {"g": gives_out(10_000)})
    measure("two lists by order, 10000", zipped(), {"g": gives_out(10_000), "h": gives_out(10_000)})
    measure("lists in lists, 100 x 100", nested(), {"g": gives_out(100), "h": gives_out(100)})
    measure("W1 40 in a row", row, {})
    measure("10,000 in a row", compile_graph(*nodes_in_a_row(10_000)), {})
    measure_compile(300)
    measure_compile(10_000)


if __name__ == "__main__":
    main()
