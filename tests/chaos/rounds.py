"""One round: some runs are asked for, at a random instant a fault happens, and afterwards everything must be well."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.chaos.faults import FAULTS, Fault
from tests.chaos.world import World


@dataclass(frozen=True)
class Round:
    """What happened in a round. It can be played again from `seed` and `number`: the same fault, for as long."""

    seed: int
    number: int
    database: str
    fault: str
    words: str
    recovered_s: float
    """From the end of the fault until everything that waited or went on was over."""
    violations: tuple[str, ...]

    def line(self) -> str:
        wrong = "".join(f"\n    VIOLATION {violation}" for violation in self.violations)
        place = f"{self.database} seed {self.seed} round {self.number}"
        return f"{place}: {self.words}; all over {self.recovered_s:.1f} s later{wrong}"


def play(world: World, seed: int, number: int, faults: Sequence[Fault] = FAULTS) -> Round:
    """Play a round. The dice are those of seed and number; the processes are not ours to control."""
    random = Random(f"{seed}-{number}")
    possible = [fault for fault in faults if fault.possible(world)]
    [fault] = random.choices(possible, [fault.weight for fault in possible])
    world.crew.start()
    world.wake()
    world.load(random)
    time.sleep(random.uniform(0, 3))
    done = fault.happen(world, random)
    ended = time.monotonic()
    world.crew.start()
    world.rest()
    left = world.settle()
    recovered_s = time.monotonic() - ended
    violations = [*done.violations, *([f"not over: {left}"] if left else [])]
    violations += world.doctor() + world.forgotten() + world.wrong_rows()
    return Round(seed, number, world.database, fault.name, done.words, recovered_s, tuple(violations))
