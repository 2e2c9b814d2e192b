"""Executing run folders in real kernels."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mesh_workbench.errors import InvalidInput, Unavailable
from mesh_workbench.executors.base import ExecutionResult, Job, Limits
from mesh_workbench.executors.environment import kernel_environment, referenced
from mesh_workbench.executors.failures import cell_failed
from mesh_workbench.executors.hints import hint_for
from mesh_workbench.executors.local import LocalExecutor
from mesh_workbench.model.run import Failure, Progress
from mesh_workbench.model.runfolder import StagedOutput
from tests.builders import resolved_port, run_folder


def execute(folder: Path, *, seen: list[Progress] | None = None, **about: Any) -> ExecutionResult:
    record = seen.append if seen is not None else lambda _: None
    names = {field.name for field in fields(Limits)}
    job = Job(folder, limits=Limits(**{name: value for name, value in about.items() if name in names}),
              **{name: value for name, value in about.items() if name not in names})  # fmt: skip
    return LocalExecutor().execute(job, record, lambda: False)


def executed(folder: Path) -> Any:
    return nbformat.read(folder / "executed.ipynb", as_version=4)


def printed(folder: Path) -> str:
    outputs = [output for cell in executed(folder).cells for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_notebook_runs_with_its_parameters_and_says_where_it_is(tmp_path: Path) -> None:
    folder = run_folder(
        tmp_path / "run with {braces}",
        "# About months",
        "import os, sys\nprint(repr(month), repr(day), text)",
        "print(os.getcwd(), os.environ['MESH_RUN_FOLDER'], sorted(n for n in os.environ if n.startswith('MESH')))",
        parameters="month = 1\nday = None\ntext = ''",
    )
    document = json.loads((folder / "run.json").read_text())
    document["parameters"] = {"month": 2, "day": "2013-02-01", "text": 'it\'s\n"%ls"?'}
    document["literals"] = {"month": "2", "day": "__import__('datetime').date(2013, 2, 1)"}
    (folder / "run.json").write_text(json.dumps(document))
    seen: list[Progress] = []
    before = Path.cwd()
    result = execute(folder, seen=seen)
    assert result == ExecutionResult(ok=True, duration_s=result.duration_s)
    assert Path.cwd() == before
    text = printed(folder)
    assert text.startswith(f'2 {date(2013, 2, 1)!r} it\'s\n"%ls"?')
    assert f"{folder}/work {folder} ['MESH_RUN_FOLDER']" in text
    assert [(step.cell, step.cells, step.line) for step in seen if step.step == "run"] == [
        (1, 3, "month = 1"),
        (2, 3, "import os, sys"),
        (3, 3, seen[-1].line),
    ]
    notebook = executed(folder)
    nbformat.validate(notebook)
    assert [cell.metadata.get("tags") for cell in notebook.cells[:2]] == [["parameters"], ["injected-parameters"]]
    assert notebook.metadata.papermill.parameters == document["parameters"]
    log = (folder / "log.txt").read_text()
    assert "cell 2 of 3" in log
    assert "%ls" in log


def test_a_failing_cell_is_named_and_the_executed_notebook_is_kept(tmp_path: Path) -> None:
    folder = run_folder(
        tmp_path / "run",
        "# Title",
        "print('before')",
        "import json\ndef share(part, whole):\n    return part / whole",
        "share(1, 0)",
        "print('after')",
        parameters="month = 1",
        given={"month": 3},
    )
    result = execute(folder)
    failure = result.failure
    assert failure is not None
    assert not result.ok
    assert (failure.failure_class, failure.code, failure.cell) == ("user_code", "run.cell-failed", 4)
    assert failure.message == "ZeroDivisionError: division by zero"
    assert failure.traceback.splitlines() == [
        "Cell 5, line 1",
        "    share(1, 0)",
        "Cell 4, line 3, in share",
        "    return part / whole",
        "ZeroDivisionError: division by zero",
    ]
    assert printed(folder) == "before\n"
    statuses = [cell.metadata.papermill.status for cell in executed(folder).cells]
    assert statuses == ["completed"] * 5 + ["failed", "pending"]


@pytest.mark.parametrize(
    ("cell", "failure_class", "code", "words"),
    [
        ("import not_there", "user_code", "run.cell-failed", "Install not_there into the environment"),
        ("x = 1\ny = = 1", "user_code", "run.cell-failed", "Correct that line"),
        ("import mesh_workbench as mesh\nmesh.read('a.b')", "user_code", "run.undeclared-input", "declares no inputs"),
        (
            "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
            "infrastructure",
            "run.kernel-died",
            "memory ran out",
        ),
        ("import os\nos._exit(4)", "user_code", "run.kernel-exited", "remove exit()"),
    ],
)
def test_each_failure_has_its_class_code_and_hint(
    tmp_path: Path, cell: str, failure_class: str, code: str, words: str
) -> None:
    folder = run_folder(tmp_path / "run", cell)
    failure = execute(folder).failure
    assert failure is not None
    assert (failure.failure_class, failure.code, failure.cell) == (failure_class, code, 0)
    assert words in failure.hint
    assert "\x1b" not in failure.message + failure.traceback
    assert len(failure.traceback.splitlines()) <= 15
    assert executed(folder).cells[0].metadata.papermill.status == "failed"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("NameError", "name 'x' is not defined", "from top to bottom"),
        ("StdinNotImplementedError", "raw_input was called", "make it a parameter"),
        ("FileNotFoundError", "x.csv", "mesh.read"),
        ("ModuleNotFoundError", "No module named 'sklearn.svm'", "Install sklearn into the environment of kernel py"),
        ("ValueError", "x", "Open the executed notebook"),
    ],
)
def test_the_commonest_errors_have_a_next_step(name: str, value: str, words: str) -> None:
    assert words in hint_for(name, value, "py")


def failed(**autopsy: Any) -> Failure:
    return cell_failed(
        "X", "x", kernel="py", cell=1, cells_by_count={7: 1}, autopsy=autopsy, raw_traceback=["\x1b[31mraw\x1b[0m"]
    )


def test_our_own_errors_keep_code_hint_and_blame() -> None:
    full = failed(problem=Unavailable("storage.full", "The disk is full.", hint="Free some.").problem())
    assert (full.failure_class, full.code, full.message) == ("infrastructure", "storage.full", "The disk is full.")
    assert full.hint == "Free some."
    wrong = failed(problem=InvalidInput("frame.mixed-column", "Mixed.", where="column a").problem())
    assert (wrong.failure_class, wrong.message) == ("user_code", "Mixed (column a).")


def test_a_long_traceback_is_shortened_in_the_middle() -> None:
    frame = {"cell": 7, "file": "f", "line": 1, "function": "<module>", "text": "f(50)"}
    deep = {"cell": None, "file": "lib.py", "line": 2, "function": "f", "text": "return f(n - 1)"}
    lines = failed(frames=[frame, *[deep] * 50]).traceback.splitlines()
    assert len(lines) == 15
    assert lines[:3] == ["Cell 2, line 1", "    f(50)", "    …"]
    assert lines[-3:] == ["lib.py, line 2, in f", "    return f(n - 1)", "X: x"]
    assert failed().traceback == "raw"


@pytest.mark.parametrize("cell", ["exit()", "import sys; sys.exit()"])
def test_a_notebook_may_end_itself_early(tmp_path: Path, cell: str) -> None:
    folder = run_folder(tmp_path / "run", cell, "print('after')")
    assert execute(folder).ok
    assert "after" not in printed(folder)


SLEEPER = "import subprocess, os\nchild = subprocess.Popen(['sleep', '300'])\nprint(os.getpid(), child.pid, flush=True)"


def pids(folder: Path) -> list[int]:
    return [int(word) for word in printed(folder).split()]


def test_a_run_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run", SLEEPER, "import time\nwhile True:\n    time.sleep(0.1)")
    result = execute(folder, run_s=3)
    assert result.failure is not None
    assert (result.failure.failure_class, result.failure.code) == ("timeout", "run.timeout")
    assert 3 <= result.duration_s < 12
    assert not any(alive(pid) for pid in pids(folder))


def test_a_cell_that_takes_too_long_is_ended_and_named(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run", "import time\ntime.sleep(0.6)", "time.sleep(0.6)", "time.sleep(60)")
    failure = execute(folder, cell_s=2).failure
    assert failure is not None
    assert (failure.failure_class, failure.code, failure.cell) == ("timeout", "run.cell-timeout", 2)
    assert "cell 3 took longer than 2 s" in failure.message
    assert "cell_timeout_s" in failure.hint


HUNGRY = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'x = bytearray(300_000_000); input()'])"


@pytest.mark.parametrize("cell", ["import time\nx = bytearray(300_000_000)\ntime.sleep(60)", HUNGRY])
def test_a_run_that_uses_too_much_memory_is_ended_with_figures(tmp_path: Path, cell: str) -> None:
    folder = run_folder(tmp_path / "run", "print('small')", f"import os; os.dup2(os.pipe()[0], 0)\n{cell}")
    failure = execute(folder, memory=250_000_000).failure
    assert failure is not None
    assert (failure.failure_class, failure.code, failure.cell) == ("user_code", "run.memory-limit", 1)
    assert re.search(r"used 0\.[34] GB of 0\.25 GB allowed", failure.message)


def test_a_run_may_be_kept_to_some_processors(tmp_path: Path) -> None:
    folder = run_folder(
        tmp_path / "run", "import os, polars as pl\nprint(len(os.sched_getaffinity(0)), pl.thread_pool_size())"
    )
    assert execute(folder, cpus=1).ok
    assert printed(folder) == "1 1\n"


def test_what_leaves_the_process_group_is_ended_with_the_run(tmp_path: Path) -> None:
    cell = "import subprocess\nprint(subprocess.Popen(['sleep', '300'], start_new_session=True).pid)"
    folder = run_folder(tmp_path / "run", cell, "1 / 0")
    assert not execute(folder).ok
    assert not any(alive(pid) for pid in pids(folder))


def test_cancelling_ends_even_a_cell_that_does_not_listen(tmp_path: Path) -> None:
    deaf = (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('deaf', flush=True)\ntime.sleep(300)"
    )
    folder = run_folder(tmp_path / "run", SLEEPER, deaf)
    cancel = threading.Event()

    def on_progress(progress: Progress) -> None:
        if progress.cell == 2:
            cancel.set()

    began = time.monotonic()
    result = LocalExecutor().execute(Job(folder), on_progress, cancel.is_set)
    assert (result.ok, result.cancelled, result.failure) == (False, True, None)
    assert time.monotonic() - began < 15
    assert not any(alive(int(pid)) for pid in printed(folder).split()[:2])


def test_a_worker_that_lost_its_run_stops_the_kernel(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run", SLEEPER, "print('never')")

    class Lost(Exception):
        pass

    def on_progress(progress: Progress) -> None:
        if progress.cell == 2:
            raise Lost

    with pytest.raises(Lost):
        LocalExecutor().execute(Job(folder), on_progress, lambda: False)
    assert "never" not in printed(folder)
    assert not any(alive(pid) for pid in pids(folder))


def test_two_runs_in_threads_of_one_process_do_not_meet(tmp_path: Path) -> None:
    folders = [
        run_folder(
            tmp_path / name, "import os, time\ntime.sleep(0.5)", f"print({name!r}, os.getcwd(), n)", parameters="n=0"
        )
        for name in ("one", "two", "three")
    ]
    results: dict[str, ExecutionResult] = {}
    threads = [
        threading.Thread(target=lambda folder=folder: results.update({folder.name: execute(folder)}))
        for folder in folders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: result.ok for name, result in results.items()} == {"one": True, "two": True, "three": True}
    for folder in folders:
        assert printed(folder) == f"{folder.name} {folder}/work 0\n"


def test_the_executed_notebook_can_be_read_while_it_runs(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run", "print('first')", "import time; time.sleep(1.5)")
    found: list[str] = []

    def cancelled() -> bool:
        if (folder / "executed.ipynb").exists():
            found.append(printed(folder))  # a whole notebook, or reading it fails
        return False

    assert LocalExecutor().execute(Job(folder, save_every_s=0.1), lambda _: None, cancelled).ok
    assert "first\n" in found
    assert not list(folder.glob(".*"))


def test_endless_output_is_cut_in_the_notebook_and_whole_in_the_log(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run", "for n in range(300):\n    print('x' * 9_999)", "print('end')")
    assert execute(folder).ok
    assert 1_000_000 < len(printed(folder)) < 1_200_000
    assert printed(folder).endswith("end\n")
    assert (folder / "log.txt").stat().st_size > 3_000_000


def test_a_kernel_that_is_not_there_is_an_environment_failure(tmp_path: Path) -> None:
    failure = execute(run_folder(tmp_path / "run", "1"), kernel="nowhere").failure
    assert failure is not None
    assert (failure.failure_class, failure.code) == ("environment", "run.kernel-unknown")


def test_a_kernel_that_does_not_start_tells_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = tmp_path / "kernels" / "broken"
    spec.mkdir(parents=True)
    argv = ["/bin/sh", "-c", "echo no such luck; exit 3", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "broken", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    folder = run_folder(tmp_path / "run", "1")
    failure = execute(folder, kernel="broken").failure
    assert failure is not None
    assert (failure.failure_class, failure.code) == ("environment", "run.kernel-not-started")
    assert "status 3" in failure.message
    assert "no such luck" in (folder / "log.txt").read_text()


@pytest.mark.parametrize(("file", "content"), [("run.json", None), ("run.json", "{}"), ("notebook.ipynb", "{")])
def test_an_incomplete_folder_is_our_failure(tmp_path: Path, file: str, content: str | None) -> None:
    folder = run_folder(tmp_path / "run", "1")
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content)
    failure = execute(folder).failure
    assert failure is not None
    assert (failure.failure_class, failure.code) == ("infrastructure", "run.bad-folder")


def test_papermill_itself_finds_the_engine(tmp_path: Path) -> None:
    import papermill

    folder = run_folder(tmp_path / "run", "print(n)", parameters="n = 1")
    papermill.execute_notebook(
        folder / "notebook.ipynb", folder / "executed.ipynb", {"n": 7}, engine_name="mesh", progress_bar=False
    )
    assert printed(folder) == "7\n"


def test_a_kernel_gets_no_secret_that_its_notebook_does_not_name() -> None:
    worker = {
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "MESH_WORKBENCH": "/bench",
        "MESH_REGISTRY": "postgresql://…",
        "JUPYTER_TOKEN": "t",
        "JPY_API_TOKEN": "t",
        "AWS_SECRET_ACCESS_KEY": "k",
        "PYTHON_PASSWORD": "p",
        "WEATHER_KEY": "w",
        "OTHER": "o",
    }
    named = referenced(['mesh.secret("env:WEATHER_KEY")', "mesh.secret('env:MESH_REGISTRY')"])
    shared, own = kernel_environment(worker, Path("/run"), promised=named, added={"EXTRA": "1", "OMP_NUM_THREADS": "1"})
    assert {name: value for name, value in shared.items() if not name.startswith("PYDEVD")} == {
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "OMP_NUM_THREADS": "1",  # which counts when a process starts
    }
    assert own == {"WEATHER_KEY": "w", "EXTRA": "1", "MESH_RUN_FOLDER": "/run"}


def test_what_a_notebook_outputs_is_staged_in_its_folder(tmp_path: Path) -> None:
    import polars as pl

    port = resolved_port(tmp_path, "fleet.planes", pl.DataFrame({"tailnum": ["N1", "N2"]}))
    folder = run_folder(
        tmp_path / "run",
        "import mesh_workbench as mesh",
        'planes = mesh.read("fleet.planes").polars()',
        'mesh.output("copy", planes.with_columns(month=month))',
        parameters="month = 1",
        given={"month": 2},
        inputs={"fleet.planes": port},
        outputs=["copy"],
    )
    result = execute(folder)
    assert result.ok, result.failure
    staged = StagedOutput.model_validate_json((folder / "outputs.jsonl").read_text())
    assert pl.read_parquet([folder / file for file in staged.files]).rows() == [("N1", 2), ("N2", 2)]
    assert "2 rows, 2 columns" in (folder / "executed.ipynb").read_text()


def test_runs_that_are_the_first_ones_of_a_worker_may_begin_at_once() -> None:
    code = (
        "import sys, threading\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from mesh_workbench.executors.local import _forgo_grammar\n"
        "gate = threading.Barrier(8)\n"
        "def begin(_):\n"
        "    gate.wait()\n"
        "    _forgo_grammar()\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    list(pool.map(begin, range(8)))\n"
        "assert 'rfc3987_syntax' not in sys.modules or sys.modules['rfc3987_syntax'] is not None\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_fresh_kernel_masks_what_its_notebook_names_from_the_first_cell_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEATHER_KEY", "w-123456789")
    monkeypatch.setenv("OTHER_KEY", "o-123456789")
    cells = [
        "import os\nprint('it is', os.environ['WEATHER_KEY'], os.environ.get('OTHER_KEY'))",
        "mesh.secret('env:WEATHER_KEY')",
    ]
    folder = run_folder(tmp_path / "run", *cells, parameters="at = ''", given={"at": "env:OTHER_KEY"})
    result = execute(folder)
    assert not result.ok
    assert result.failure is not None
    assert result.failure.message == "NameError: name 'mesh' is not defined"
    assert "it is ••• None\n" in (folder / "log.txt").read_text()
