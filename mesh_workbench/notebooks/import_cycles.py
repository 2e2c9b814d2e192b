"""Modules that import each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def cycles_in(edges: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """One way round for each module that leads back to itself, beginning with the first of its names; each module is
    told of once."""
    told: set[str] = set()
    found = []
    for start in sorted(edges):
        if start not in told:
            path = _way_back(start, edges)
            if path:
                told |= set(path)
                found.append(path)
    return found


def _way_back(start: str, edges: Mapping[str, Sequence[str]]) -> list[str]:
    """The shortest way from `start` to itself; empty when there is none."""
    before: dict[str, str] = {}
    waiting = [start]
    for module in waiting:
        for target in edges.get(module, ()):
            if target == start:
                path = [module]
                while path[-1] != start:
                    path.append(before[path[-1]])
                return path[::-1]
            if target not in before:
                before[target] = module
                waiting.append(target)
    return []
