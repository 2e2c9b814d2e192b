"""Several real processes that do the same thing at the same moment."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any


def at_once(count: int, task: Callable[[int], Any], timeout_s: float = 60.0) -> list[Any]:
    """What `task(0)` … `task(count - 1)` return, each in a forked process, all let go at one barrier.

    `task` opens its own registry: connections do not survive a fork.
    """
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(count)
    pipes, processes = [], []
    for number in range(count):
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_do, args=(task, number, barrier, sender), daemon=True)
        process.start()
        sender.close()
        pipes.append(receiver)
        processes.append(process)
    answers = []
    for pipe, process in zip(pipes, processes, strict=True):
        assert pipe.poll(timeout_s), "a process did not end in time"
        ok, answer = pipe.recv()
        process.join(timeout_s)
        assert ok, answer
        answers.append(answer)
    return answers


def _do(task: Callable[[int], Any], number: int, barrier: Barrier, sender: Connection) -> None:
    try:
        barrier.wait(30)
        sender.send((True, task(number)))
    except BaseException:
        sender.send((False, traceback.format_exc()))
        raise
