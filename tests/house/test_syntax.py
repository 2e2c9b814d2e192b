"""Syntax trees are built by many threads at once: workers start several runs, servers read several notebooks."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from mesh_workbench.syntax import expression, module

DEEP = "(" * 40 + "1" + ")" * 40
CODE = "\n".join(f"def f{n}(a=[{{'b': ({n}, [{n}])}}]):\n    return [x for x in a if {DEEP}]" for n in range(30))


class _Slow:
    """What lets another thread have its turn whenever it is found among the garbage."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        threading.Event().wait(0.0001)


@pytest.fixture
def busy_garbage_collector() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(20)
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("busy_garbage_collector")
def test_threads_build_trees_at_the_same_time() -> None:
    def build(_: int) -> int:
        for _ in range(5):
            _Slow()
        return len(module(CODE).body)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(build, range(60))) == [30] * 60


def test_an_expression_and_a_cell_with_await_are_read() -> None:
    assert type(expression("[1, 2]")).__name__ == "List"
    assert len(module("await something()").body) == 1
    with pytest.raises(SyntaxError):
        module("def")
