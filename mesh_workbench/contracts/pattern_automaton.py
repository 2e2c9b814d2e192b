"""A regular expression as an automaton that reads a text character by character and looks for the expression in it.

States are sets of places in the expression. What anchors and word boundaries ask of the characters on both sides is
settled when the next character is known, so a state also holds what stood before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any

from mesh_workbench.contracts.pattern_syntax import (
    Ranges,
    Undecidable,
    characters_of,
    condition_of,
    contains,
    known_flags,
    parsed,
)

EDGE, BREAK, WORD, OTHER = "edge", "line break", "word", "other"
"""What may stand beside a place in a text: nothing, or one of three kinds of characters."""
State = tuple[frozenset[int], str]
ACCEPTED: State = (frozenset(), "accepted")
"""The expression was found: whatever follows changes nothing."""
_MOST_PLACES = 2_000


class Budget:
    """How many steps comparing may still take: the same for the same expressions on every machine."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Raises Undecidable when nothing is left."""
        self._left -= steps
        if self._left < 0:
            raise Undecidable("it would take too long")


class Automaton:
    """Finds one expression. Raises Undecidable when it is none that can be compared, or when the budget is spent."""

    def __init__(self, pattern: str, budget: Budget) -> None:
        self._budget = budget
        self._moves: list[list[tuple[int, int]]] = [[]]
        self._free: list[list[tuple[str, int]]] = [[]]
        self._numbers: dict[Ranges, int] = {}
        self._taken: dict[int, list[bool]] = {}
        self._behind: dict[tuple[State, str], frozenset[int]] = {}
        tree = parsed(pattern)
        try:
            self._end = self._sequence(tree, 0, known_flags(tree.state.flags & ~re.UNICODE))
        except RecursionError as error:
            raise Undecidable("it is nested too deeply") from error
        self.ranges = list(self._numbers)
        conditions = {condition for edges in self._free for condition, _ in edges}
        self.minds_words = not conditions.isdisjoint(("boundary", "no boundary"))
        self.minds_breaks = not conditions.isdisjoint(("line start", "line end"))

    @property
    def start(self) -> State:
        return frozenset([0]), EDGE

    def accepts(self, state: State) -> bool:
        """Whether the text may end here."""
        return state == ACCEPTED or self._end in self._reached(state, EDGE)

    def after(self, state: State, character: int, kind: str) -> State:
        """The state behind a character, which is of the `kind` BREAK, WORD or OTHER."""
        if state == ACCEPTED:
            return state
        reached = self._reached(state, kind)
        if self._end in reached:
            return ACCEPTED
        taken = self._taken.get(character) or self._takes(character)
        following = {0}  # it may as well begin here
        for place in reached:
            following.update(target for number, target in self._moves[place] if taken[number])
        self._budget.spend(len(reached))
        minded = self.minds_words if kind == WORD else self.minds_breaks if kind == BREAK else True
        return frozenset(following), kind if minded else OTHER

    def _takes(self, character: int) -> list[bool]:
        """For each set of characters of the expression whether it has this one."""
        self._budget.spend(sum(map(len, self.ranges)))
        found = self._taken[character] = [contains(ranges, character) for ranges in self.ranges]
        return found

    def _reached(self, state: State, after: str) -> frozenset[int]:
        """The places that lie behind no further character, between what stood before and what comes."""
        if (state, after) not in self._behind:
            places, before = state
            found = set(places)
            left = list(places)
            while left:
                self._budget.spend()
                for condition, target in self._free[left.pop()]:
                    if target not in found and _holds(condition, before, after):
                        found.add(target)
                        left.append(target)
            self._behind[state, after] = frozenset(found)
        return self._behind[state, after]

    def _place(self) -> int:
        self._moves.append([])
        self._free.append([])
        if len(self._moves) > _MOST_PLACES:
            raise Undecidable("it is too large")
        return len(self._moves) - 1

    def _sequence(self, items: Iterable[Any], at: int, flags: int) -> int:
        for name, value in items:
            at = self._item(name, value, at, flags)
        return at

    def _item(self, name: Any, value: Any, at: int, flags: int) -> int:
        """Puts one part of the tree behind the place `at`, and tells the place behind it."""
        if name is op.SUBPATTERN:
            _, added, removed, inner = value
            return self._sequence(inner, at, known_flags((flags | added) & ~removed))
        if name is op.BRANCH:
            end = self._place()
            for branch in value[1]:
                begin = self._place()
                self._free[at].append(("", begin))
                self._free[self._sequence(branch, begin, flags)].append(("", end))
            return end
        if name in (op.MAX_REPEAT, op.MIN_REPEAT):
            least, most, inner = value
            return self._repeat(least, most, inner, at, flags)
        end = self._place()
        if name is op.AT:
            self._free[at].append((condition_of(value, flags), end))
        else:
            ranges = characters_of(name, value, flags)
            self._moves[at].append((self._numbers.setdefault(ranges, len(self._numbers)), end))
        return end

    def _repeat(self, least: int, most: Any, inner: Any, at: int, flags: int) -> int:
        for _ in range(least):
            at = self._sequence(inner, at, flags)
        if most == op.MAXREPEAT:
            begin, end = self._place(), self._place()
            self._free[at].append(("", begin))
            self._free[self._sequence(inner, begin, flags)].append(("", begin))
            self._free[begin].append(("", end))
            return end
        end = self._place()
        for _ in range(int(most) - least):
            self._free[at].append(("", end))
            at = self._sequence(inner, at, flags)
        self._free[at].append(("", end))
        return end


def _holds(condition: str, before: str, after: str) -> bool:
    if condition in ("boundary", "no boundary"):
        return ((before == WORD) != (after == WORD)) == (condition == "boundary")
    beside = before if condition in ("start", "line start") else after
    return not condition or beside == EDGE or (beside == BREAK and condition.startswith("line"))
