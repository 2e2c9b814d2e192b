"""What a notebook needs from its folder is found without running it, and nothing outside of it is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mesh_workbench.errors import Conflict
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.notebook import Finding, NotebookAnalysis
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.folder import NotebookFolder
from mesh_workbench.notebooks.local_files import contents_of
from tests.builders import notebook

CSV = "rate\n1\n"


@pytest.fixture
def folder(tmp_path: Path) -> NotebookFolder:
    """A workbench with a folder `notebooks`, and a secret beside it."""
    root = tmp_path.resolve() / "bench"
    (root / "notebooks").mkdir(parents=True)
    (root / "storage").mkdir()
    (root / "storage" / "table.parquet").write_text("a table")
    (tmp_path / "secret.csv").write_text("password\n")
    return NotebookFolder(root=root, name="notebooks", kept_out=(root / "storage",), file_bytes=1_000, all_bytes=3_000)


def lay(folder: NotebookFolder, **files: str) -> None:
    """Write files below the notebook's folder; `__` in a name stands for `/`, and it ends in `_` and its suffix."""
    for name, content in files.items():
        path = folder.root / folder.name / put(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def put(name: str) -> str:
    stem, _, suffix = name.rpartition("_")
    return f"{stem.replace('init', '__init__') if stem.endswith('init') else stem}.{suffix}".replace("0", "/")


def of(folder: NotebookFolder, *cells: str, files: object = None, parameters: str | None = None) -> NotebookAnalysis:
    metadata: dict[str, object] = {} if files is None else {"mesh": {"files": files}}
    return analyse(notebook(*cells, parameters=parameters, metadata=metadata), folder)


def paths(analysis: NotebookAnalysis) -> list[str]:
    return [file.path.removeprefix("notebooks/") for file in analysis.files]


def found(analysis: NotebookAnalysis, code: str) -> list[Finding]:
    return [finding for finding in analysis.findings if finding.code == f"notebook.{code}"]


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("import helpers", ["helpers.py"]),
        ("import helpers as h, json", ["helpers.py"]),
        ("from helpers import double", ["helpers.py"]),
        ("def later():\n    import helpers", ["helpers.py"]),
        ("import importlib\nimportlib.import_module('helpers')", ["helpers.py"]),
        ("import lib.deep", ["lib/__init__.py", "lib/deep.py", "lib/other.py"]),
        ("from lib import deep", ["lib/__init__.py", "lib/deep.py", "lib/other.py"]),
        ("import bare.inner", ["bare/inner.py"]),
        ("import sys\nsys.path.append('bare')\nimport inner", ["bare/inner.py"]),
        ("import sys, os\nsys.path.insert(0, os.path.join(os.getcwd(), 'bare'))\nimport inner", ["bare/inner.py"]),
        ("%run script.py", ["rates.csv", "script.py"]),
        ("%run -i script", ["rates.csv", "script.py"]),
        ("%run ./setup.ipynb", ["helpers.py", "setup.ipynb"]),
        ("import beside", ["beside.py", "beside.txt"]),
        ("import pandas, polars, os, sys, gzip", []),
        ("%run {name}", []),
    ],
)
def test_what_code_imports_and_executes_is_followed(folder: NotebookFolder, code: str, needed: list[str]) -> None:
    lay(
        folder,
        helpers_py="def double(x): return 2 * x",
        script_py="rates = open('rates.csv').read()",
        rates_csv=CSV,
        lib0init_py="",
        lib0deep_py="from . import other\nfrom .other import *",
        lib0other_py="import os",
        bare0inner_py="",
        beside_py="from pathlib import Path\ntext = (Path(__file__).parent / 'beside.txt').read_text()",
        beside_txt="text",
        setup_ipynb=notebook("import helpers"),
    )
    assert paths(of(folder, code)) == needed


@pytest.mark.parametrize(
    ("code", "needed"),
    [
        ("open('rates.csv')", ["rates.csv"]),
        ("open('rates.csv', mode='rb')", ["rates.csv"]),
        ("open('rates.csv', 'w')", []),
        ("open('rates.csv', 'w')\nopen('rates.csv')", []),
        ("import pandas as pd\npd.read_csv('rates.csv', sep=';')", ["rates.csv"]),
        ("import pandas as pd\npd.read_csv(filepath_or_buffer='rates.csv')", ["rates.csv"]),
        ("pl.scan_csv('data/*.csv')", ["data/a.csv", "data/b.csv"]),
        ("pl.read_csv(['data/a.csv', 'data/b.csv'])", ["data/a.csv", "data/b.csv"]),
        ("pl.read_parquet('data')", ["data/a.csv", "data/b.csv", "data/deep/c.txt"]),
        ("Path('rates.csv').read_text()", ["rates.csv"]),
        ("with Path('rates.csv').open() as file: pass", ["rates.csv"]),
        ("DATA = Path('data')\npl.read_csv(DATA / 'a.csv')", ["data/a.csv"]),
        ("where = 'data'\npl.read_csv(f'{where}/a.csv')", ["data/a.csv"]),
        ("where = 'data'\nwhere = 'other'\npl.read_csv(f'{where}/a.csv')", []),
        ("import os\npl.read_csv(os.path.join('data', 'a.csv'))", ["data/a.csv"]),
        ("list(Path('data').rglob('*.txt'))", ["data/deep/c.txt"]),
        ("import glob\nglob.glob('data/?.csv')", ["data/a.csv", "data/b.csv"]),
        ("duckdb.sql(\"select * from 'rates.csv' join 'data/a.csv' using (rate)\")", ["data/a.csv", "rates.csv"]),
        ("duckdb.sql(\"select * from read_csv(['rates.csv', 'data/a.csv'])\")", ["data/a.csv", "rates.csv"]),
        ("con.execute(\"copy t to 'rates.csv'\")", []),
        ("np.load('rates.csv')", ["rates.csv"]),
        ("json.load(open('rates.csv'))", ["rates.csv"]),
        ("pl.read_csv('https://example.org/rates.csv')", []),
        ("pl.read_csv('s3://bucket/rates.csv')", []),
        ("import mesh_workbench as mesh\nmesh.read('sales.orders')", []),
        ("pd.read_sql('select 1', con)", []),
        ("open('../shared/common.csv')", ["shared/common.csv"]),
    ],
)
def test_what_code_reads_is_found_by_the_path_that_it_writes(
    folder: NotebookFolder, code: str, needed: list[str]
) -> None:
    lay(folder, rates_csv=CSV, data0a_csv=CSV, data0b_csv=CSV, data0deep0c_txt="c")
    (folder.root / "shared").mkdir()
    (folder.root / "shared" / "common.csv").write_text(CSV)
    analysis = of(folder, code)
    assert paths(analysis) == needed
    assert not [finding for finding in analysis.findings if finding.code == "notebook.file-missing"]
    assert bool(found(analysis, "files-packaged")) == bool(needed)


def test_each_file_says_what_it_holds_and_which_cell_leads_to_it(folder: NotebookFolder) -> None:
    lay(folder, helpers_py="x = 1\n", rates_csv=CSV)
    rates = of(folder, "x = 1", "import os\nopen('rates.csv')").files[0]
    assert (rates.path, rates.size, rates.digest) == ("notebooks/rates.csv", len(CSV), digest_of(CSV.encode()))
    assert (rates.needed_as, rates.cell, rates.line) == ("read", 1, 2)


@pytest.mark.parametrize(
    ("patterns", "needed"),
    [
        (["*.csv"], ["one.csv", "two.csv"]),
        (["**/*.csv"], ["deep/er/four.csv", "deep/three.csv", "one.csv", "two.csv"]),
        (["deep"], ["deep/er/four.csv", "deep/three.csv"]),
        (["*.csv", "!two.csv"], ["one.csv"]),
        (["t[vw]o.csv"], ["two.csv"]),
        (["!one.csv"], []),
    ],
)
def test_patterns_of_the_metadata_add_and_leave_out(
    folder: NotebookFolder, patterns: list[str], needed: list[str]
) -> None:
    lay(folder, one_csv=CSV, two_csv=CSV, deep0three_csv=CSV, deep0er0four_csv=CSV, deep0__pycache__0x_csv=CSV)
    code = "open('one.csv')" if patterns == ["!one.csv"] else "x = 1"
    assert paths(of(folder, code, files=patterns)) == needed


@pytest.mark.parametrize(
    ("code", "finding", "level"),
    [
        ("open('missing.csv')", "file-missing", "warning"),
        ("%run missing.py", "file-missing", "warning"),
        ("open('../../secret.csv')", "file-outside", "warning"),
        ("open('link.csv')", "file-outside", "warning"),
        ("open('linked/secret.csv')", "file-outside", "warning"),
        ("open('/etc/hostname.txt')", "file-outside", "warning"),
        ("open('~/data.csv')", "file-outside", "warning"),
        ("open('../storage/table.parquet')", "file-outside", "warning"),
        ("import sys\nsys.path.append('../..')", "file-outside", "warning"),
        ("open('.env.txt')", "file-hidden", "warning"),
        ("open('plain.txt')", "file-hidden", "warning"),
        ("open('circle.txt')", "file-unreadable", "error"),
        ("open('pipe.txt')", "file-unreadable", "error"),
        ("open('large.bin')", "file-too-large", "error"),
        ("import broken", "file-broken", "warning"),
        ("%run broken.ipynb", "file-broken", "warning"),
        ("import one", "import-cycle", "warning"),
        ("open(name)", "file-computed", "info"),
    ],
)
def test_what_cannot_be_packaged_is_said_with_cell_and_hint(
    folder: NotebookFolder, code: str, finding: str, level: str
) -> None:
    lay(folder, broken_py="x = (", broken_ipynb="{}", one_py="import two", two_py="import three", three_py="import one")
    here = folder.root / folder.name
    (here / ".env.txt").write_text("TOKEN=1")
    (here / "plain.txt").symlink_to(".env.txt")
    (here / "link.csv").symlink_to("../../secret.csv")
    (here / "linked").symlink_to("../..")
    (here / "circle.txt").symlink_to("circle.txt")
    (here / "large.bin").write_bytes(bytes(1_001))
    os.mkfifo(here / "pipe.txt")
    analysis = of(folder, "x = 1", code)
    (said,) = found(analysis, finding)
    assert (said.level, bool(said.hint)) == (level, True)
    assert said.cell == (None if finding == "import-cycle" else 1)
    assert "secret.csv" not in " ".join(paths(analysis))
    assert ".env.txt" not in paths(analysis)


def test_packages_that_import_their_own_parts_are_no_cycle(folder: NotebookFolder) -> None:
    lay(folder, lib0init_py="from .a import x", lib0a_py="import lib\nfrom lib import b\nx = 1", lib0b_py="")
    assert paths(of(folder, "import lib")) == ["lib/__init__.py", "lib/a.py", "lib/b.py"]
    assert not found(of(folder, "import lib"), "import-cycle")


def test_a_path_that_depends_on_a_parameter_is_not_packaged(folder: NotebookFolder) -> None:
    lay(folder, rates_csv=CSV)
    analysis = of(folder, "open(path)", parameters="path = 'rates.csv'")
    assert paths(analysis) == []
    assert found(analysis, "file-computed")


def test_too_much_is_an_error_and_not_a_slow_walk(folder: NotebookFolder) -> None:
    lay(folder, **{f"f{chr(97 + number)}_csv": "x" * 900 for number in range(4)})
    (said,) = found(of(folder, "x = 1", files=["*.csv"]), "too-many-files")
    assert said.level == "error"
    many = folder.root / folder.name / "many"
    many.mkdir()
    for number in range(20_001):
        (many / str(number)).touch()
    assert found(of(folder, "x = 1", files=["many/**"]), "too-many-files")


@pytest.mark.parametrize("given", ["*.csv", [1], ["!"], {"a": 1}])
def test_metadata_that_is_no_list_of_patterns_is_an_error(folder: NotebookFolder, given: object) -> None:
    (said,) = found(of(folder, "x = 1", files=given), "files-not-a-list")
    assert said.level == "error"


def test_a_file_that_changes_while_it_is_packaged_is_a_conflict(folder: NotebookFolder) -> None:
    lay(folder, rates_csv=CSV)
    analysis = of(folder, "open('rates.csv')")
    assert contents_of(analysis.files, folder) == {"notebooks/rates.csv": CSV.encode()}
    lay(folder, rates_csv="rate\n2\n")
    with pytest.raises(Conflict) as refused:
        contents_of(analysis.files, folder)
    assert refused.value.code == "promote.files-changed"
