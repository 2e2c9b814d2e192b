"""Nothing that is to be told is lost, whoever dies when; and nothing is told twice, however many look for it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mesh_workbench.lifecycle.deliver import Post
from mesh_workbench.model.delivery import DeliveryState
from mesh_workbench.model.notice import NoticeKind
from mesh_workbench.model.preferences import Address
from mesh_workbench.notifiers.base import Message, Resolve
from mesh_workbench.registry import open_registry
from tests.notices.servers import mail_server
from tests.notices.world import BREACH, CRASH, World, world
from tests.processes import at_once

PRODUCTS = [f"fleet.p{number}" for number in range(8)]


@pytest.fixture
def opened(registry_url: str, tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Opens the world, as often as there are processes in it."""
    registries = []

    def open_world(**settings: Any) -> World:
        registries.append(open_registry(registry_url))
        return world(registries[-1], registry_url, tmp_path, **settings)

    yield open_world
    for registry in registries:
        registry.close()


def killed(task: Callable[[], object]) -> None:
    """Do `task` in a process of its own, which is expected to be killed."""
    child = os.fork()
    if child == 0:
        try:
            task()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


class Deadly:
    """A way to send that kills who sends, before or after the message is out."""

    description = "For this test."

    def __init__(self, out: Path, *, after: bool) -> None:
        self._out, self._after = out, after

    def check(self, address: Address) -> None:
        """Every address will do."""

    def send(self, address: Address, message: Message, secret: Resolve) -> None:
        if self._after:
            with self._out.open("a") as file:
                file.write(f"{message.id}\n")
        os.kill(os.getpid(), signal.SIGKILL)


class Writing(Deadly):
    """The same, for those who survive."""

    def send(self, address: Address, message: Message, secret: Resolve) -> None:
        with self._out.open("a") as file:
            file.write(f"{message.id}\n")


def test_of_several_that_tell_at_once_each_thing_is_told_once(opened: Callable[..., World]) -> None:
    first = opened()
    first.reached("ana")
    for name in PRODUCTS:
        first.ends(name, failure=CRASH)
        first.ends(name, failure=BREACH)
    for name in PRODUCTS[:4]:
        first.overdue(name)
    first.registry.close()

    def tell(number: int) -> int:
        mine = opened()
        return mine.tell() + mine.tell()

    assert sum(at_once(4, tell)) == 20
    after = opened()
    told = after.told()
    assert len(told) == len(set(told)) == 20
    [message] = after.messages()
    assert len(message.notices) == 20


def test_of_several_that_deliver_at_once_each_message_is_sent_once(opened: Callable[..., World]) -> None:
    with mail_server() as server:
        mail = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none", "smtp_from": "m@e.org"}
        first = opened()
        product = first.product()
        people = [f"person{number}" for number in range(30)]
        for person in people:
            first.reached(person)
            first.subscribes(person, product.full_name)
        first.ends(failure=CRASH)
        first.tell()
        first.registry.close()
        assert sum(at_once(4, lambda number: opened(**mail).deliver())) == 30
        assert sorted(server.receivers) == sorted(f"{person}@example.org" for person in people)


def test_an_end_that_nobody_lived_to_tell_is_told_by_the_next(opened: Callable[..., World]) -> None:
    first = opened()
    first.reached("ana")
    first.product()
    first.registry.close()

    def fail_and_die() -> None:
        opened().ends(failure=CRASH)
        os.kill(os.getpid(), signal.SIGKILL)

    killed(fail_and_die)
    after = opened()
    assert after.tell() == 1
    assert len(after.messages("ana")) == 1


def test_who_dies_while_telling_leaves_everything_to_tell(opened: Callable[..., World]) -> None:
    first = opened()
    first.reached("ana")
    first.ends(failure=CRASH)
    first.registry.close()

    def die_before_the_commit() -> None:
        mine = opened()
        with mine.registry.transaction():
            assert mine.tell() == 1
            os.kill(os.getpid(), signal.SIGKILL)

    killed(die_before_the_commit)
    after = opened()
    assert after.notices() == []
    assert after.tell() == 1
    assert after.told() == [("fleet.planes", NoticeKind.FAILED)]


@pytest.mark.parametrize("after", [False, True], ids=["before it is out", "after it is out"])
def test_a_message_whose_sender_died_is_sent_again_with_the_same_id(
    opened: Callable[..., World], tmp_path: Path, after: bool
) -> None:
    out = tmp_path / "out"
    first = opened()
    first.reached("ana", by={"deadly": Address(to="somewhere")})
    first.ends(failure=CRASH)
    first.tell()
    first.registry.close()

    def deliver(notifier: Deadly) -> int:
        mine = opened()
        return Post(mine.registry, mine.settings, {"deadly": notifier}).deliver()

    killed(lambda: deliver(Deadly(out, after=after)))
    assert deliver(Writing(out, after=False)) == 0  # its claim still holds
    late = opened()
    late.lease_ends()
    assert deliver(Writing(out, after=False)) == 1
    [message] = late.messages()
    assert (message.state, message.attempts) == (DeliveryState.SENT, 2)
    assert out.read_text().split() == [message.id] * (2 if after else 1)


def test_a_notifier_that_errs_holds_up_no_other_one(opened: Callable[..., World], tmp_path: Path) -> None:
    class Broken(Writing):
        def send(self, address: Address, message: Message, secret: Resolve) -> None:
            raise ZeroDivisionError("slack://token-0815")

    out = tmp_path / "out"
    mesh = opened()
    mesh.reached("ana", by={"broken": Address(to="a"), "well": Address(to="b"), "gone": Address(to="c")})
    mesh.ends(failure=CRASH)
    mesh.tell()
    notifiers = {"broken": Broken(out, after=False), "well": Writing(out, after=False)}
    assert Post(mesh.registry, mesh.settings, notifiers).deliver() == 3
    states = {message.channel: (message.state.value, message.error) for message in mesh.messages()}
    assert states == {
        "broken": ("waiting", "The channel broken failed: ZeroDivisionError."),
        "well": ("sent", ""),
        "gone": ("given_up", "There is no channel 'gone'."),
    }
