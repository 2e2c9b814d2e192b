"""What works with a person in front of the notebook and not in a run that nobody watches."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from mesh_workbench.model.notebook import Finding
from mesh_workbench.notebooks.findings import warning
from mesh_workbench.notebooks.sources import Magic, Source

_ASKS = {
    "input": "input() waits for somebody to type",
    "raw_input": "raw_input() waits for somebody to type",
    "getpass": "getpass() waits for somebody to type a password",
    "getpass.getpass": "getpass() waits for somebody to type a password",
    "breakpoint": "breakpoint() waits in the debugger",
    "files.upload": "files.upload() waits for somebody to choose a file",
    "drive.mount": "drive.mount() waits for somebody to sign in",
    "auth.authenticate_user": "auth.authenticate_user() waits for somebody to sign in",
    "pdb.set_trace": "pdb.set_trace() waits in the debugger",
}
_LAST = {name.rpartition(".")[2] for name in _ASKS} | {"system"}
_HINT = "Make it a parameter, or remove it: a run has nobody to ask."
_INSTALLS = re.compile(
    r"^\s*(?:(?:\S*/)?(?:pip3?|conda|mamba|uv)\s+(?:pip\s+)?install|python\S*\s+-m\s+pip\s+install)\b"
)


def unattended(sources: Iterable[Source]) -> Iterator[Finding]:
    """A warning for each place that asks a person, or changes the environment in the middle of a run."""
    for source in sources:
        for node in source.nodes:
            if isinstance(node, ast.Call):
                name = _called(node.func)
                if name in _ASKS:
                    yield warning("needs-person", f"{_ASKS[name]}.", hint=_HINT, cell=source.cell, line=node.lineno)
                elif name == "get_ipython().system" and _installs(node):
                    yield _installing(source.cell, node.lineno)
        for magic in source.magics:
            yield from _magic(magic, source.cell)


def _called(function: ast.expr) -> str:
    """`input`, `pdb.set_trace`, `get_ipython().system`; empty for what is of no interest."""
    last = getattr(function, "attr", None) or getattr(function, "id", "")
    return ast.unparse(function) if last in _LAST else ""


def _magic(magic: Magic, cell: int) -> Iterator[Finding]:
    if magic.name in ("debug", "pdb"):
        message = f"%{magic.name} opens the debugger, which waits for somebody."
        yield warning("needs-person", message, hint=_HINT, cell=cell, line=magic.at)
    elif magic.name in ("pip", "conda", "mamba", "uv") and "install" in magic.line.split():
        yield _installing(cell, magic.at)


def _installs(node: ast.Call) -> bool:
    first = node.args[0] if node.args else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and bool(_INSTALLS.match(first.value))


def _installing(cell: int, line: int) -> Finding:
    return warning(
        "installs",
        "The notebook installs packages while it runs, so two runs may not have the same environment.",
        hint="Install them into the kernel's environment before, and remove this line.",
        cell=cell,
        line=line,
    )
