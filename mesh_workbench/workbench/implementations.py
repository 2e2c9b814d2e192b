"""Which executor, storage and notifiers a workbench uses: ours, or those that other distributions add."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.executors.base import Executor
from mesh_workbench.model.limits import GB
from mesh_workbench.notebooks.environment import Environments
from mesh_workbench.notifiers.base import Notifier
from mesh_workbench.plugins import added
from mesh_workbench.settings import FILE, Settings
from mesh_workbench.storage.base import Storage


def executor_of(settings: Settings) -> Executor:
    """The executor that `settings.executor` names. Raises InvalidInput `settings.unknown-executor`."""
    known: dict[str, Callable[[], Executor]] = {"local": lambda: _local_executor(settings), **added("executors")}
    if settings.executor not in known:
        raise InvalidInput(
            "settings.unknown-executor",
            f"There is no executor {settings.executor!r}.",
            where=str(settings.root / FILE),
            hint=did_you_mean(settings.executor, known),
        )
    return known[settings.executor]()


def _local_executor(settings: Settings) -> Executor:
    from mesh_workbench.executors.local import LocalExecutor
    from mesh_workbench.executors.pool import Bounds, KernelPool

    if not settings.warm_kernels:
        return LocalExecutor(root=settings.root, describe=Environments().describe)
    bounds = Bounds(
        processes=settings.warm_kernels,
        memory=int(settings.warm_memory_gb * GB),
        idle_s=settings.warm_idle_s,
        at_once=settings.worker_slots,
        fork=settings.warm_fork and sys.platform == "linux",
        start_timeout_s=settings.kernel_start_timeout_s,
    )
    return LocalExecutor(KernelPool(bounds), root=settings.root, describe=Environments().describe)


def storage_of(settings: Settings) -> Storage:
    """The storage for the scheme of `settings.storage`, a folder without one.

    Raises InvalidInput `settings.unknown-storage`.
    """
    from mesh_workbench.storage.local import LocalStorage

    scheme, separator, _ = settings.storage.partition("://")
    if not separator or scheme == "file":
        return LocalStorage(settings.storage_root)
    known: dict[str, Callable[[str, Path], Storage]] = added("storages")
    if scheme not in known:
        raise InvalidInput(
            "settings.unknown-storage",
            f"There is no storage for {scheme}://.",
            where=str(settings.root / FILE),
            hint=did_you_mean(scheme, ["file", *known]),
        )
    return known[scheme](settings.storage, settings.root)


def notifiers_of(settings: Settings) -> dict[str, Notifier]:
    """The channels by which messages are sent, by name."""
    from mesh_workbench.notifiers.apprise import AppriseNotifier
    from mesh_workbench.notifiers.email import EmailNotifier
    from mesh_workbench.notifiers.webhook import WebhookNotifier

    known: dict[str, Callable[[Settings], Notifier]] = {
        "email": EmailNotifier,
        "webhook": WebhookNotifier,
        "apprise": AppriseNotifier,
        **added("notifiers"),
    }
    return {name: make(settings) for name, make in known.items()}
