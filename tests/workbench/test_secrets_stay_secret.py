"""A secret that a run uses is nowhere afterwards: every byte of the workbench is searched for it, in real runs.

The notebooks do with it what careless notebooks do: print it whole, in pieces and encoded, show it, let a child process
print it, and fail with it in a message. What they publish themselves is data; `mesh.output` refuses it there.
"""

from __future__ import annotations

import base64
import io
import secrets
import sqlite3
import tempfile
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from mesh_workbench.model.limits import RunLimits
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.model.retry import RetryPolicy
from mesh_workbench.model.run import Run, RunRequest
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.fixes import fix_all
from mesh_workbench.workbench.local import LocalWorkbench
from tests.builders import contract, notebook
from tests.workbench.conftest import work_until_idle

CARELESS = """
import base64, html, json, logging, os, subprocess, sys, time, urllib.parse
import mesh_workbench as mesh
from IPython.display import HTML, display
print("before", os.environ["CANARY"])
token = mesh.secret("env:CANARY")
plain = "".join(token)
half = len(plain) // 2
print(token, [plain], {plain: plain.encode()})
print(plain[:half], end="", flush=True)
print(plain[half:], flush=True)
for letter in plain:
    print(letter, end="", flush=True)
print()
print(base64.b64encode(b"user:" + plain.encode()).decode(), base64.encodebytes(plain.encode() * 4).decode())
print(urllib.parse.quote(plain, safe=""), plain.encode().hex(), json.dumps(json.dumps(plain)), html.escape(plain))
logging.basicConfig(level=logging.DEBUG)
logging.warning("with %s", plain)
display(HTML(f"<b>{plain}</b>"), {"application/json": {plain: [plain]}}, metadata={"about": plain})
print(plain, file=sys.stderr)
print(plain, file=sys.__stderr__, flush=True)
subprocess.run(["sh", "-c", 'echo "$CANARY"; echo "$CANARY" >&2'])
subprocess.run(["sh", "-c", 'echo "$CANARY"'], stdout=sys.stdout)
os.write(1, plain[:half].encode()); time.sleep(0.3); os.write(1, plain[half:].encode())
get_ipython().system("echo $CANARY")
pid = os.fork()
if pid == 0:
    print("child", plain, flush=True)
    os._exit(0)
os.waitpid(pid, 0)
"""
OUTPUT = "mesh.output('{0}', [{{'id': 1, 'amount': {1}}}])"
AMOUNT = {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}}
AT_LAST = "plain"

FAILING = {
    "raises": "def inner(key):\n    raise ValueError(f'refused {key}', {'key': key})\ninner(plain)",
    "raises_ours": "mesh.secret(plain)",
    "dies": "print(plain, flush=True); os.write(1, plain.encode()); os.kill(os.getpid(), 11)",
    "lasts": "print(plain, flush=True)\nwhile True:\n    time.sleep(0.05)",
    "publishes": "mesh.output('publishes', [{'id': 1, 'amount': 1, 'url': f'https://u:{plain}@host'}])",
    "breaches": OUTPUT.format("breaches", -1),
}


@pytest.fixture(scope="module")
def canary() -> str:
    """With characters that are written otherwise in JSON, HTML, URLs and Python."""
    return f"{secrets.token_hex(12)}\"<&'\\+/{secrets.token_hex(12)}"


@pytest.fixture(scope="module")
def runs(busy_bench: LocalWorkbench, canary: str) -> dict[str, Run]:
    """One run that succeeds and the failing ones, done by a worker that has the secret in its environment."""
    asked: dict[str, str] = {}
    for name, last in {"succeeds": OUTPUT.format("succeeds", 1), **FAILING}.items():
        end = [last] if "mesh.output" in last else [last, OUTPUT.format(name, 1)]
        request = PromotionRequest(
            notebook=notebook(CARELESS, AT_LAST, *end),
            to=f"sales.{name}",
            contracts={name: contract("id", AMOUNT, name=name)},
            limits=RunLimits(cell_s=4) if name == "lasts" else None,
        )
        busy_bench.products.promote(request)
        asked[name] = busy_bench.runs.request(RunRequest(product=request.to, retry=RetryPolicy(retries=0))).id
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANARY", canary)
        with watching(canary) as seen:
            work_until_idle(busy_bench)
    assert not seen
    return {name: busy_bench.runs.get(run_id) for name, run_id in asked.items()}


class watching:  # noqa: N801 - reads as a sentence
    """Looks at the command line of every process until it is left; gives those that name the secret."""

    def __init__(self, canary: str) -> None:
        self._canary, self._seen, self._done = canary, list[str](), threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> list[str]:
        self._thread.start()
        return self._seen

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.1):
            for process in psutil.process_iter(["cmdline"]):
                line = " ".join(process.info["cmdline"] or [])
                if self._canary in line:
                    self._seen.append(line)


def test_runs_end_as_they_would_without_a_secret(runs: dict[str, Run]) -> None:
    ends = {name: run.failure.code if run.failure else run.state.value for name, run in runs.items()}
    assert ends == {
        "succeeds": "succeeded",
        "raises": "run.cell-failed",
        "raises_ours": "secret.not-a-reference",
        "dies": "run.kernel-died",
        "lasts": "run.cell-timeout",
        "publishes": "output.secret",
        "breaches": "contract.breached",
    }


def test_outputs_tell_where_a_secret_was(busy_bench: LocalWorkbench, runs: dict[str, Run]) -> None:
    told = runs["raises"].failure
    assert told is not None
    assert "refused •••" in told.message
    assert "inner(plain)" in told.traceback
    log = busy_bench.runs.log(runs["succeeds"].id)
    assert all(text in log for text in ("before •••\n", "child •••\n", "WARNING:root:with •••"))


def test_nothing_that_is_kept_holds_the_secret(busy_bench: LocalWorkbench, runs: dict[str, Run], canary: str) -> None:
    kept = everything(busy_bench, runs)
    assert any(name.endswith("executed.ipynb") for name in kept)
    assert any(name.endswith("quarantine.parquet") for name in kept)
    assert not any(path.name.startswith("core") for path in busy_bench.context.settings.root.rglob("*"))
    assert not holding(kept, canary)


def test_what_nobody_said_is_a_secret_is_found_in_all_the_places_where_one_could_be(
    busy_bench: LocalWorkbench, runs: dict[str, Run], tmp_path: Path
) -> None:
    """The same notebook, places and search, but the secret is read from a file, and nothing masks it."""
    untold, file = f'{secrets.token_hex(12)}"/{secrets.token_hex(12)}', tmp_path / "untold"
    file.write_text(untold)
    read = f"open({str(file)!r}).read()"
    code = CARELESS.replace('mesh.secret("env:CANARY")', read).replace('os.environ["CANARY"]', read)
    text = notebook(code, AT_LAST, FAILING["raises"], OUTPUT.format("untold", 1))
    busy_bench.products.promote(PromotionRequest(notebook=text, to="sales.untold"))
    asked = busy_bench.runs.request(RunRequest(product="sales.untold", retry=RetryPolicy(retries=0)))
    work_until_idle(busy_bench)
    found = holding(everything(busy_bench, {**runs, "untold": busy_bench.runs.get(asked.id)}), untold)
    for place in ("executed.ipynb", "log.txt", "page of untold", "value of untold", "registry as text"):
        assert any(name.endswith(place) for name in found), (place, sorted(found))


def test_a_secret_that_stood_in_the_source_is_replaced_promoted_and_used_by_reference(
    busy_bench: LocalWorkbench,
) -> None:
    literal = f"hunter-{secrets.token_hex(8)}"
    written = notebook(
        f"import mesh_workbench as mesh\npassword = '{literal}'",
        "print('with', password)",
        OUTPUT.format("replaced", 1),
    )
    text, done = fix_all(written, look=analyse)
    assert [finding.code for finding in done] == ["notebook.written-secret"]
    assert literal not in text
    busy_bench.products.promote(PromotionRequest(notebook=text, to="sales.replaced"))
    asked = busy_bench.runs.request(RunRequest(product="sales.replaced", retry=RetryPolicy(retries=0)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PASSWORD", literal)
        work_until_idle(busy_bench)
    run = busy_bench.runs.get(asked.id)
    assert run.state.value == "succeeded", run.failure
    assert "with •••" in busy_bench.runs.log(run.id)
    assert not holding(everything(busy_bench, {"replaced": run}), literal + '"/' + literal)


def test_a_secret_that_is_a_parameter_is_chosen_by_reference_and_kept_nowhere(
    busy_bench: LocalWorkbench, canary: str
) -> None:
    """It is looked up by the value of the run, which the notebook names, and not by its text."""
    chosen = "import mesh_workbench as mesh\nfrom typing import Annotated\ntoken: Annotated[mesh.Secret, 'env:CANARY']"
    code = CARELESS.replace('token = mesh.secret("env:CANARY")', "")
    assert code.count("mesh.secret") == 0
    ends = {"chosen": OUTPUT.format("chosen", 1), "chosen_fails": f"{FAILING['raises']}\n{OUTPUT.format('x', 1)}"}
    asked = {}
    for name, last in ends.items():
        text = notebook(code, AT_LAST, last, parameters=chosen)
        busy_bench.products.promote(PromotionRequest(notebook=text, to=f"sales.{name}"))
        given = {"token": "env:CANARY"}
        request = RunRequest(product=f"sales.{name}", parameters=given, retry=RetryPolicy(retries=0))
        asked[name] = busy_bench.runs.request(request).id
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANARY", canary)
        with watching(canary) as seen:
            work_until_idle(busy_bench)
    assert not seen
    done = {name: busy_bench.runs.get(run_id) for name, run_id in asked.items()}
    assert done["chosen"].state.value == "succeeded", done["chosen"].failure
    assert done["chosen"].parameters == {"token": "env:CANARY"}
    told = done["chosen_fails"].failure
    assert told is not None
    assert "refused •••" in told.message
    assert "child •••" in busy_bench.runs.log(done["chosen"].id)
    assert not holding(everything(busy_bench, done), canary)


def test_a_secret_that_only_a_packaged_module_names_reaches_it_and_stays_secret(
    busy_bench: LocalWorkbench, canary: str
) -> None:
    folder = busy_bench.context.settings.root / "with_module"
    folder.mkdir()
    (folder / "keys.py").write_text(
        'import mesh_workbench as mesh\n\n\ndef key():\n    return mesh.secret("env:CANARY")\n'
    )
    text = notebook(
        "import keys\nimport mesh_workbench as mesh", "print('with', keys.key())", OUTPUT.format("helped", 1)
    )
    busy_bench.products.promote(PromotionRequest(notebook=text, to="sales.helped", folder="with_module"))
    asked = busy_bench.runs.request(RunRequest(product="sales.helped", retry=RetryPolicy(retries=0)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANARY", canary)
        work_until_idle(busy_bench)
    run = busy_bench.runs.get(asked.id)
    assert run.state.value == "succeeded", run.failure
    assert "with •••" in busy_bench.runs.log(run.id)
    assert not holding(everything(busy_bench, {"helped": run}), canary)


def everything(bench: LocalWorkbench, runs: dict[str, Run]) -> dict[str, bytes]:
    """All that is kept of the runs anywhere, by where it is."""
    root = bench.context.settings.root
    kept = {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    kept |= {f"/tmp {path}": path.read_bytes() for path in Path(tempfile.gettempdir()).glob("mesh-*/printed.txt")}
    for name, run in runs.items():
        kept[f"page of {name}"] = bench.runs.page(run.id, code=True).encode()
        kept[f"value of {name}"] = run.model_dump_json().encode()
    kept["notices"] = bench.notices.list().model_dump_json().encode()
    registry = next(path for path in root.rglob("*.db"))
    with closing(sqlite3.connect(f"file:{registry}?mode=ro", uri=True)) as rows:
        kept["registry as text"] = "\n".join(rows.iterdump()).encode()
    return kept


def holding(kept: dict[str, bytes], canary: str) -> dict[str, list[str]]:
    """Where the secret is, and in which forms."""
    return {name: sorted(forms) for name, data in kept.items() if (forms := traces(data, canary))}


def traces(data: bytes, canary: str) -> set[str]:
    """The forms in which `data`, opened when it is a table or an archive, holds the secret or either half of it."""
    whole = data + opened(data)
    forms = {"itself": canary.encode(), "first": canary.split('"')[0].encode(), "last": canary.split("/")[-1].encode()}
    for name, form in list(forms.items()):
        forms[f"{name} in hexadecimal"] = form.hex().encode()
        for before in range(3):
            encoded = base64.b64encode(bytes(before) + form)[4:-4]
            forms[f"{name} in base64 at {before}"] = encoded
    squeezed = b"".join(whole.split()).replace(b"\\n", b"")
    return {name for name, form in forms.items() if form in whole or form in squeezed}


def opened(data: bytes) -> bytes:
    if data[:4] == b"PAR1":
        return str(pq.read_table(io.BytesIO(data)).to_pylist()).encode()
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    return b""


def test_the_search_finds_what_it_looks_for(canary: str) -> None:
    assert traces(canary.encode(), canary) == {"itself", "first", "last"}
    assert traces(base64.b64encode(b"user:" + canary.encode()), canary)
    assert traces(canary[:10].encode() + b"\n" + canary[10:].encode(), canary)
