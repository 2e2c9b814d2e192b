"""Whether one regular expression lets more texts through than another.

Both are looked for in all texts at once: every pair of states that some text leads to is visited once, shortest texts
first, until there is an example for each side or no pair is left. The work is bounded by a number of steps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from mesh_workbench.contracts.pattern_automaton import ACCEPTED, BREAK, OTHER, WORD, Automaton, Budget, State
from mesh_workbench.contracts.pattern_syntax import BREAKS, LAST, WORDS, Ranges, Undecidable, contains

_STEPS = 75_000
_SHOWN = (*range(97, 123), *range(48, 58), *range(65, 91), *range(33, 127), 32)
"""Characters to show in an example, the plainest first."""


@dataclass(frozen=True)
class Comparison:
    """What the new expression takes that the old one did not, and what it no longer takes: the shortest texts.

    `undecided` says why that cannot be told; then nothing else counts.
    """

    gained: str | None = None
    lost: str | None = None
    undecided: str = ""


def compare(old: str, new: str) -> Comparison:
    """The texts that make the difference between two expressions that are searched for. None on both sides: equal."""
    budget = Budget(_STEPS)
    try:
        return _compare(Automaton(old, budget), Automaton(new, budget), budget)
    except Undecidable as reason:
        return Comparison(undecided=str(reason))


def _compare(old: Automaton, new: Automaton, budget: Budget) -> Comparison:
    alphabet = list(_alphabet(old, new, budget))
    gained = lost = None
    start = (old.start, new.start)
    came: dict[tuple[State, State], tuple[tuple[State, State], str] | None] = {start: None}
    left = deque([start])
    while left and (gained is None or lost is None):
        pair = left.popleft()
        was, now = old.accepts(pair[0]), new.accepts(pair[1])
        if now and not was and gained is None:
            gained = _text(came, pair)
        if was and not now and lost is None:
            lost = _text(came, pair)
        for character, kind in alphabet:
            budget.spend(2)
            following = (old.after(pair[0], character, kind), new.after(pair[1], character, kind))
            if following not in came and following != (ACCEPTED, ACCEPTED):
                came[following] = (pair, chr(character))
                left.append(following)
    return Comparison(gained, lost)


def _text(came: dict[tuple[State, State], tuple[tuple[State, State], str] | None], pair: tuple[State, State]) -> str:
    text = ""
    step = came[pair]
    while step is not None:
        pair, character = step
        text = character + text
        step = came[pair]
    return text


def _alphabet(old: Automaton, new: Automaton, budget: Budget) -> Iterator[tuple[int, str]]:
    """One character for each kind that either expression tells from others, and whether it is of a word."""
    told = [*old.ranges, *new.ranges]
    if old.minds_words or new.minds_words:
        told.append(WORDS)
    if old.minds_breaks or new.minds_breaks:
        told.append(BREAKS)
    starts = sorted({0, *(edge for ranges in told for low, high in ranges for edge in (low, high + 1))} - {LAST + 1})
    alike: dict[tuple[bool, ...], list[tuple[int, int]]] = {}
    for low, following in zip(starts, [*starts[1:], LAST + 1], strict=True):
        budget.spend(sum(map(len, told)))
        alike.setdefault(tuple(contains(ranges, low) for ranges in told), []).append((low, following - 1))
    # The plainest first, so that of texts of one length the plainest is the example.
    for character in sorted((_plainest(tuple(spans)) for spans in alike.values()), key=_plainness):
        yield character, BREAK if contains(BREAKS, character) else WORD if contains(WORDS, character) else OTHER


def _plainness(code: int) -> int:
    return _SHOWN.index(code) if code in _SHOWN else code + len(_SHOWN)


def _plainest(spans: Ranges) -> int:
    return next((code for code in _SHOWN if contains(spans, code)), spans[0][0])
