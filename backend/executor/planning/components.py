"""Strongly connected components of a graph, without recursion."""

from __future__ import annotations

from collections.abc import Sequence


def find_components(successors: Sequence[Sequence[int]]) -> list[list[int]]:
    """The components, each sorted, so that every edge goes to the same or to a later component.

    Source: Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (1972).
    """
    walk = _Walk(successors)
    for node in range(len(successors)):
        if walk.number[node] < 0:
            walk.visit(node)
    walk.found.reverse()
    return walk.found


class _Walk:
    def __init__(self, successors: Sequence[Sequence[int]]) -> None:
        self.successors = successors
        self.number = [-1] * len(successors)
        self.low = [0] * len(successors)
        self.is_open = [False] * len(successors)
        self.opened: list[int] = []
        self.found: list[list[int]] = []
        self.count = 0

    def visit(self, root: int) -> None:
        path = [(root, iter(self.successors[root]))]
        self._enter(root)
        while path:
            node, rest = path[-1]
            for successor in rest:
                if self.number[successor] < 0:
                    self._enter(successor)
                    path.append((successor, iter(self.successors[successor])))
                    break
                if self.is_open[successor]:
                    self.low[node] = min(self.low[node], self.number[successor])
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    self.low[parent] = min(self.low[parent], self.low[node])
                if self.low[node] == self.number[node]:
                    self._close(node)

    def _enter(self, node: int) -> None:
        self.number[node] = self.low[node] = self.count
        self.count += 1
        self.opened.append(node)
        self.is_open[node] = True

    def _close(self, root: int) -> None:
        start = len(self.opened) - 1
        while self.opened[start] != root:
            start -= 1
        component = sorted(self.opened[start:])
        del self.opened[start:]
        for node in component:
            self.is_open[node] = False
        self.found.append(component)
