"""What a notebook needs from its folder: local modules, notebooks and scripts that it runs, files that it reads.

Nothing is executed. What is found is followed: a module's own imports, and the files that it reads. What the notebook's
metadata names (`mesh.files`, patterns relative to its folder; one that begins with `!` leaves out) is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mesh_workbench.errors import Conflict
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.notebook import Finding
from mesh_workbench.model.project import ProjectFile
from mesh_workbench.notebooks.file_search import FileSearch
from mesh_workbench.notebooks.findings import error, info, warning
from mesh_workbench.notebooks.folder import NotebookFolder, Refused
from mesh_workbench.notebooks.import_cycles import cycles_in
from mesh_workbench.notebooks.sources import Source

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Notebook


def local_files(
    notebook: Notebook, good: Sequence[Source], folder: NotebookFolder, *, changeable: frozenset[str] = frozenset()
) -> tuple[list[ProjectFile], list[Finding]]:
    """The files of `folder` that the code cells `good` of `notebook` need, by path, and what to say about them.

    `changeable` are the names of its parameters: a path that depends on one is not known.
    """
    patterns, findings = _patterns(notebook)
    search = FileSearch(folder)
    search.leave_out(pattern[1:] for pattern in patterns if pattern.startswith("!"))
    search.notebook(good, changeable)
    search.add(pattern for pattern in patterns if not pattern.startswith("!"))
    files = [search.files[path] for path in sorted(search.files)]
    findings += [*search.findings, *map(_cycle, cycles_in(search.edges))]
    return files, [*findings, _told(files)] if files else findings


def contents_of(files: Iterable[ProjectFile], folder: NotebookFolder) -> dict[str, bytes]:
    """The content of each of `files`, by path, as it was when they were found.

    Raises Conflict `promote.files-changed` when one is another by now.
    """
    found: dict[str, bytes] = {}
    for file in files:
        try:
            found[file.path] = folder.read(file.path)
        except (Refused, FileNotFoundError):
            found[file.path] = b""
        if digest_of(found[file.path]) != file.digest:
            raise Conflict(
                "promote.files-changed",
                f"{file.path} changed while it was packaged.",
                hint="Look at it, then promote again.",
            )
    return found


def _patterns(notebook: Notebook) -> tuple[list[str], list[Finding]]:
    mesh = notebook.metadata.get("mesh")
    given = mesh.get("files", []) if isinstance(mesh, dict) else []
    if isinstance(given, list) and all(isinstance(pattern, str) and pattern.strip("! ") for pattern in given):
        return given, []
    return [], [
        error(
            "files-not-a-list",
            "`mesh.files` of the notebook's metadata is no list of patterns.",
            hint='Write it like mesh.files = ["data/*.csv", "!data/large.csv"].',
        )
    ]


def _cycle(path: list[str]) -> Finding:
    return warning(
        "import-cycle",
        f"Files execute each other: {' → '.join([*path, path[0]])}.",
        hint="Move what both need into a third one; whether it works depends on which comes first.",
    )


def _told(files: list[ProjectFile]) -> Finding:
    names = ", ".join(file.path for file in files[:5])
    more = f" and {len(files) - 5} more" if len(files) > 5 else ""
    verb = "becomes" if len(files) == 1 else "become"
    return info(
        "files-packaged",
        f"{names}{more} {verb} part of the version.",
        hint="Runs use what they hold now; promote again after changing them.",
    )
