"""Data walks one way: the imports of the package point down the ladder, and nothing goes in a circle."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mesh_workbench"

DOORS = {"api", "magics", "panels", "cli", "session"}
LADDER: list[set[str]] = [  # from the top; the parts of one rung do not know each other
    DOORS,
    {"workbench"},
    {"lifecycle", "discovery", "scheduling"},
    {"registry", "contracts", "governance", "notebooks", "executors", "storage", "notifiers"},
    {"engine"},
    {"model"},
    {"errors", "settings", "plugins", "secrets", "syntax", "lazy"},
]
RUNG = {part: height for height, parts in enumerate(LADDER) for part in parts}
BASE_RUNG = len(LADDER) - 1
# Of the seams, everybody may know the protocol and the pure parts; implementations are the workbench's choice.
PUBLIC_PARTS_OF_SEAMS = {
    "executors": {"base"},
    "notifiers": {"base", "references"},
    "storage": {"base", "compact", "conform", "frames", "merge", "normalise", "parquet", "schema", "scratch"},
}


def modules() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
        if "labextension" not in path.parts
    }


def imports_of(path: Path) -> set[str]:
    """Dotted names that a file imports, those in functions and for types only included.

    `from package import part` is an import of the part: that a package lists its parts makes no circle.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {part if part in MODULES else node.module for part in parts}
    return found


MODULES = modules()
EDGES = {
    name: {other for other in imports_of(path) if other in MODULES and other != name} for name, path in MODULES.items()
}


def part_of(module: str) -> str:
    pieces = module.split(".")
    return pieces[1] if len(pieces) > 1 else ""


@pytest.mark.parametrize("module", sorted(EDGES))
def test_imports_point_down_the_ladder(module: str) -> None:
    part = part_of(module)
    if part in ("", "__main__"):
        return
    assert part in RUNG, f"{module} is in no part of the architecture"
    for other in EDGES[module]:
        target = part_of(other)
        if target in ("", part):
            continue
        siblings_of_the_base = RUNG[part] == RUNG[target] == BASE_RUNG
        assert RUNG[part] < RUNG[target] or siblings_of_the_base, f"{module} imports {other}, which is not below it"


def test_only_the_workbench_chooses_implementations_of_executors_storage_and_notifiers() -> None:
    for module, others in EDGES.items():
        for other in others:
            seam, _, rest = other.removeprefix("mesh_workbench.").partition(".")
            if seam in PUBLIC_PARTS_OF_SEAMS and rest and part_of(module) not in (seam, "workbench"):
                assert rest.split(".")[0] in PUBLIC_PARTS_OF_SEAMS[seam], f"{module} imports {other}"


def test_there_are_no_circles() -> None:
    graph = {name: set(others) for name, others in EDGES.items()}
    while True:
        free = {name for name, others in graph.items() if not others}
        if not free:
            break
        graph = {name: others - free for name, others in graph.items() if name not in free}
    assert not graph, f"these import each other: {sorted(graph)}"


@pytest.mark.parametrize("module", sorted(EDGES))
def test_the_package_knows_nothing_of_the_server_that_hosts_it(module: str) -> None:
    named = {name.split(".")[0] for name in imports_of(MODULES[module])}
    assert not named & {"jupyter_server", "tornado", "traitlets", "mesh_workbench_server"}, module


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = (
        "pandas polars pyarrow duckdb deltalake sqlmodel sqlalchemy pydantic fastapi papermill IPython typer".split()
    )
    code = f"import sys, mesh_workbench; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
