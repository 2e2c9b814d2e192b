"""A run is a folder. These are the documents in it.

<run id>/run.json            RunFolder: what to run, with which inputs
<run id>/notebook.ipynb      the frozen notebook
<run id>/executed.ipynb      the executed one, saved also on failure
<run id>/executed-1.ipynb    that of an earlier attempt
<run id>/outputs.jsonl       one StagedOutput a line
<run id>/reads.jsonl         one InputRead a line
<run id>/staged/<output>/    Parquet files
<run id>/merged/             what a merge leaves of the files that it touches
<run id>/quarantine.parquet  rows that broke a promise, when some did
<run id>/touched.jsonl       what the notebook of a preflight opened and missed
<run id>/log.txt             what the worker and the kernel printed
<run id>/work/               the kernel's working directory, when it works in the run's folder; project files lie there
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from mesh_workbench.model.base import Value
from mesh_workbench.model.notebook import OutputMode
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.schedule import SlotTime
from mesh_workbench.model.version import Environment

RUN_FILE, NOTEBOOK_FILE, EXECUTED_FILE = "run.json", "notebook.ipynb", "executed.ipynb"
OUTPUTS_FILE, STAGED_FOLDER, MERGED_FOLDER = "outputs.jsonl", "staged", "merged"
LOG_FILE, WORK_FOLDER, QUARANTINE_FILE = "log.txt", "work", "quarantine.parquet"
TOUCHED_FILE, READS_FILE = "touched.jsonl", "reads.jsonl"
EXECUTED_OF_ATTEMPT = "executed-{}.ipynb"
RUN_FOLDER_VARIABLE = "MESH_RUN_FOLDER"
"""Environment variable by which a kernel knows that it is inside a run."""


class RunFolder(Value):
    """`run.json`: all that a kernel knows of the world outside.

    The kernel may have another version of this package than the worker that writes it: what it does not know is
    ignored.
    """

    model_config = ConfigDict(extra="ignore")

    run_id: str
    attempt: int = Field(1, description="Number of the attempt; what an earlier one still stages does not count.")
    product: str
    version: str
    slot: SlotTime | None = None
    scheduled: bool = Field(False, description="Whether the default mode is replace_slot.")
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    literals: dict[str, str] = Field(
        default_factory=dict,
        description="Parameter name to the Python expression that is injected (notebooks.literals.encode_all).",
        examples=[{"month": "2"}],
    )
    inputs: dict[str, ResolvedPort] = Field(default_factory=dict, description="Port as declared to what to read.")
    outputs: list[str] = Field(default_factory=list, description="Outputs that the version declares.")
    kernel: str = "python3"
    environment: Environment | None = Field(None, description="What the version was promoted in.")
    cwd: Literal["run", "notebook"] = Field(
        "run",
        description="Where the kernel works: in the folder `work` of the run, or in the one of the notebook, as it did "
        "in front of its author.",
    )
    notebook_folder: str = Field("", description="Folder of the notebook, relative to the workbench's.")
    project_folder: str = Field(
        "", description="Where in `work` the kernel works: the notebook's place among the version's project files."
    )


class InputRead(Value):
    """One line of `reads.jsonl`: what the notebook read of an input, once."""

    model_config = ConfigDict(extra="ignore")

    attempt: int = Field(1, description="Attempt of the run that read it.")
    product_id: str
    port: str
    release: int
    slot: str = Field("", description="The slots that were asked for, whether there are such or not; all when empty.")
    columns: list[str] | None = Field(None, description="Columns that a statement reads; all when null.")


class StagedOutput(Value):
    """One line of `outputs.jsonl`: what one call of `mesh.output` staged."""

    output: str
    attempt: int = Field(1, description="Attempt of the run that staged it.")
    mode: OutputMode
    keys: list[str] = Field(default_factory=list)
    files: list[str] = Field(description="Relative to the run folder.")
    rows: int
    bytes: int
    arrow_schema: str = Field(description="Arrow schema, IPC-serialised, base64.")
