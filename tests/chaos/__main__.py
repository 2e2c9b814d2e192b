"""`make chaos`: hundreds of rounds of faults, after each of which nothing may be lost, twice or half.

python -m tests.chaos --rounds 500 --seed 1 --database sqlite
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.chaos import page
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.rounds import Round, play
from tests.chaos.world import new_world


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit("stopped"))  # so that the world is closed
    asked = _asked()
    seed = asked.seed if asked.seed is not None else int(time.time()) % 100_000
    databases = ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]
    faults = [fault for fault in FAULTS if not asked.fault or fault.name in asked.fault]
    played: list[Round] = []
    for database in databases:
        numbers = range(asked.start, asked.start + asked.rounds // len(databases))
        for one in _play(database, seed, numbers, faults, keep=asked.keep):
            played.append(one)
            sys.stdout.write(one.line() + "\n")
            sys.stdout.flush()
            if asked.record:
                page.record(one, asked.record)
            if one.violations and not asked.go_on:
                return 1
    if asked.write:
        page.write(page.recorded(asked.record) if asked.record else played)
    return 1 if any(one.violations for one in played) else 0


def _play(database: str, seed: int, numbers: range, faults: Sequence[Fault], *, keep: bool) -> Iterator[Round]:
    """Rounds in a world of their own, which stays as it is when one of them was violated."""
    world = new_world(Path(tempfile.mkdtemp(prefix="mesh-chaos-")) / database, database)
    sys.stdout.write(f"seed {seed}, {len(numbers)} rounds on {database} in {world.folder}\n")
    try:
        for number in numbers:
            played = play(world, seed, number, faults)
            keep = keep or bool(played.violations)
            yield played
    finally:
        world.close(keep=keep)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, help="to play the same faults again; printed when it is not given")
    parser.add_argument("--start", type=int, default=0, metavar="NUMBER", help="the first round")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--fault", action="append", help="only this kind; repeat for several")
    parser.add_argument("--go-on", action="store_true", help="do not stop at the first violation")
    parser.add_argument("--keep", action="store_true", help="leave everything as it was at the end")
    parser.add_argument(
        "--record", type=Path, help="a file of JSON lines to add each round to; then the table is of all in it"
    )
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
