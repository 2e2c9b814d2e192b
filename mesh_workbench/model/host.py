"""What the host of a workbench (JupyterLab) says of itself, beside the API: its worker, and the demo it builds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from mesh_workbench.model.base import Instant, Value


class WorkerState(Value):
    """How the worker is that the Jupyter server keeps as its child."""

    state: Literal["off", "waiting", "running", "backing_off", "stopped"] = Field(
        description="off: not to be started here; waiting: there is no workbench yet; backing_off: it died and will be "
        "started again; stopped: the server is stopping."
    )
    pid: int | None = None
    started: Instant | None = None
    restarts: int = Field(0, description="How often it had to be started again since the server started.")
    retry_at: Instant | None = Field(None, description="When it is started again, while backing off.")
    last_exit: int | None = Field(None, description="Exit code of the last one; negative for a signal.")
    last_lines: list[str] = Field(default_factory=list, description="The last lines that it wrote, at most 20.")


class DemoState(Value):
    """How far the demo is."""

    state: Literal["idle", "running", "done", "failed"] = "idle"
    folder: str = Field("", description="Folder of the workbench that is being built.")
    started: Instant | None = None
    finished: Instant | None = None
    exit_code: int | None = None
    events: list[dict[str, JsonValue]] = Field(
        default_factory=list, description="JSON objects that it wrote, one a line, oldest first, at most 500."
    )
    last_lines: list[str] = Field(default_factory=list, description="What it tells as it goes, at most 200 lines.")


class InitRequest(Value):
    """What one says to create a workbench in the folder that JupyterLab shows."""

    folder: str = Field(
        "",
        max_length=1000,
        description="Folder below JupyterLab's root; the root itself when empty.",
        examples=["mesh"],
    )


class InitResult(Value):
    """The workbench that was created."""

    folder: str = Field(description="Absolute folder of mesh.toml.")
