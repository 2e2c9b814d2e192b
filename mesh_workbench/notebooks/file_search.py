"""Follows what code needs from its folder: imports, `%run`, files that it reads, and what these need in turn."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.notebook import Finding
from mesh_workbench.model.project import NeededAs, ProjectFile
from mesh_workbench.notebooks.findings import error, info, warning
from mesh_workbench.notebooks.folder import NotebookFolder, Refused, TooMany
from mesh_workbench.notebooks.local_imports import files_of, imports_in, search_path_in
from mesh_workbench.notebooks.opened import opened_in
from mesh_workbench.notebooks.paths import Paths
from mesh_workbench.notebooks.read import parse
from mesh_workbench.notebooks.sources import Broken, Magic, Source, source_of, sources

MOST_FILES = 1_000
_PATTERN = re.compile(r"[*?\[]")
_HINTS = {
    "file-outside": "Put it into the folder of the notebook, or read it as a data product.",
    "file-hidden": "Give it another name, or name a secret by reference with mesh.secret.",
    "file-unreadable": "Let it be a file that you may read.",
    "file-too-large": "Raise the setting project_file_mb, leave it out with `!` in the notebook's `mesh.files`, or "
    "read it as a data product.",
}
_ERRORS = frozenset({"file-unreadable", "file-too-large"})
_MISSING = "Correct the path, which is relative to the notebook's folder, or put the file there."
_FEWER = "Name fewer in `mesh.files`, raise the setting project_mb, or read large data as a data product."


@dataclass(frozen=True)
class Place:
    """Where in the notebook something is needed; nowhere for a pattern of its metadata."""

    cell: int | None = None
    line: int | None = None


class FileSearch:
    """Collects `files` by path, and `findings`; `edges` says which file executes which."""

    def __init__(self, folder: NotebookFolder) -> None:
        self.files: dict[str, ProjectFile] = {}
        self.findings: list[Finding] = []
        self.edges: dict[str, list[str]] = {}
        self._folder = folder
        self._roots = [folder.name]
        self._waiting: deque[tuple[str, str, Place]] = deque()
        self._seen: set[str] = set()
        self._left_out: set[str] = set()
        self._bytes = 0

    def leave_out(self, patterns: Iterable[str]) -> None:
        """Take nothing that one of `patterns` stands for."""
        for pattern in patterns:
            self._left_out |= set(self._matching(pattern, Place()))

    def add(self, patterns: Iterable[str]) -> None:
        """Take what `patterns` stand for."""
        for pattern in patterns:
            found = self._matching(pattern, Place())
            if not found:
                hint = "Correct the notebook's metadata: patterns are relative to its folder."
                self._warn("file-missing", f"No file matches {pattern}, which mesh.files names.", hint, Place())
            for path in found:
                self._need(path, "pattern", Place())
        self._follow()

    def notebook(self, good: Sequence[Source], changeable: frozenset[str]) -> None:
        """Take what the code cells `good` need. Names in `changeable` have other values in other runs."""
        self._code(good, changeable, "", None)
        self._follow()

    def _code(self, good: Sequence[Source], changeable: frozenset[str], file: str, at: Place | None) -> None:
        """Look at code: of the notebook itself, or of `file`, which is needed `at` some place of it."""
        own = posixpath.relpath(file, self._folder.name) if file else ""
        paths = Paths((source.tree for source in good), changeable=changeable, file=own)
        for source in good:
            for added, line in search_path_in(source.tree, paths):
                self._add_root(added, at or Place(source.cell, line))
        for source in good:
            for wanted in imports_in(source.tree):
                for path in files_of(wanted, file or f"{self._folder.name}/-", self._roots, self._folder.is_file):
                    self._need(path, "import", at or Place(source.cell, wanted.line))
                    if wanted.at_once and not _begins_package_of(path, file):
                        self.edges.setdefault(file, []).append(path)
            for magic in source.magics:
                self._magic(magic, file, at or Place(source.cell, magic.at))
            for opened in opened_in(source.tree, paths):
                self._open(opened.path, opened.certain, file, at or Place(source.cell, opened.line))

    def _follow(self) -> None:
        """Look at the code that was found, until nothing new is."""
        while self._waiting:
            path, text, at = self._waiting.popleft()
            try:
                read = list(sources(parse(text))) if path.endswith(".ipynb") else [source_of(text)]
            except InvalidInput as wrong:
                self._warn("file-broken", f"{path} cannot be executed: {wrong.message}", wrong.hint, at)
                continue
            for broken in (one for one in read if isinstance(one, Broken)):
                message = f"{path}, line {broken.line}, is not Python: {broken.message}."
                self._warn("file-broken", message, "Correct that line: executing it fails.", at)
            self._code([one for one in read if isinstance(one, Source)], frozenset(), path, at)

    def _add_root(self, added: str, at: Place) -> None:
        try:
            path = self._folder.path_of(added)
        except Refused as refused:
            self._refuse(added, refused, at)
            return
        if path not in self._roots:
            self._roots.append(path)

    def _magic(self, magic: Magic, file: str, at: Place) -> None:
        named = _script_of(magic)
        if named is None:
            return
        try:
            path = self._folder.path_of(named)
        except Refused as refused:
            self._refuse(named, refused, at)
            return
        if self._folder.is_file(path):
            self._need(path, "run", at)
            self.edges.setdefault(file, []).append(path)
        else:
            self._warn("file-missing", f"There is no file {named}, which is executed.", _MISSING, at)

    def _open(self, written: str | None, certain: bool, file: str, at: Place) -> None:
        if written is None:
            message = f"{file or 'The notebook'} reads a file whose path is computed, so it is not packaged."
            hint = 'If it lies in your folder, name it in the notebook\'s metadata: mesh.files = ["data/*.csv"].'
            self.findings.append(info("file-computed", message, hint=hint, cell=at.cell, line=at.line))
            return
        try:
            path = self._folder.path_of(written)
        except Refused as refused:
            if certain:
                self._refuse(written, refused, at)
            return
        if path in (".", self._folder.name) or path in self._left_out:
            return
        if _PATTERN.search(path) or self._folder.is_folder(path):
            for one in self._matching(written, at):
                self._need(one, "read", at)
        elif self._folder.is_file(path) or (certain and "." in posixpath.basename(path)):
            self._need(path, "read", at)

    def _matching(self, pattern: str, at: Place) -> list[str]:
        try:
            return self._folder.matching(self._folder.path_of(pattern))
        except Refused as refused:
            self._refuse(pattern, refused, at)
        except TooMany:
            message = f"{pattern} stands for more files than are looked at."
            self.findings.append(error("too-many-files", message, hint=_FEWER, cell=at.cell, line=at.line))
        return []

    def _need(self, path: str, needed_as: NeededAs, at: Place) -> None:
        if path in self._seen or path in self._left_out:
            return
        self._seen.add(path)
        try:
            content = self._folder.read(path)
        except Refused as refused:
            self._refuse(path, refused, at)
            return
        except FileNotFoundError:
            self._warn("file-missing", f"There is no file {path}, which is read.", _MISSING, at)
            return
        self._bytes += len(content)
        if len(self.files) >= MOST_FILES or self._bytes > self._folder.all_bytes:
            self._too_many(at)
            return
        self.files[path] = ProjectFile(
            path=path,
            size=len(content),
            digest=digest_of(content),
            needed_as=needed_as,
            cell=at.cell,
            line=at.line,
        )
        if needed_as in ("import", "run") or path.endswith(".py"):
            self._waiting.append((path, content.decode("utf-8", errors="replace"), at))

    def _too_many(self, at: Place) -> None:
        if not any(finding.code == "notebook.too-many-files" for finding in self.findings):
            most = f"{MOST_FILES} files or {self._folder.all_bytes / 1e6:g} MB"
            message = f"The notebook needs more than {most} of its folder."
            self.findings.append(error("too-many-files", message, hint=_FEWER, cell=at.cell, line=at.line))

    def _refuse(self, written: str, refused: Refused, at: Place) -> None:
        say = error if refused.code in _ERRORS else warning
        message = f"{written} is not packaged: {refused}."
        self.findings.append(say(refused.code, message, hint=_HINTS[refused.code], cell=at.cell, line=at.line))

    def _warn(self, code: str, message: str, hint: str, at: Place) -> None:
        self.findings.append(warning(code, message, hint=hint, cell=at.cell, line=at.line))


def _script_of(magic: Magic) -> str | None:
    """The file that `%run` executes; None for another magic, a module, or a name that is computed."""
    if magic.name != "run" or set(magic.line) & set("${"):
        return None
    try:
        words = shlex.split(magic.line)
    except ValueError:
        words = magic.line.split()
    if "-m" in words:
        return None
    named = next((word for word in words if not word.startswith("-")), None)
    return named if named is None or named.endswith((".py", ".ipynb", ".ipy")) else f"{named}.py"


def _begins_package_of(path: str, importer: str) -> bool:
    """Whether `path` is the beginning of a package that `importer` is in, which is executed before it anyway."""
    folder, name = posixpath.split(path)
    return name == "__init__.py" and importer.startswith(f"{folder}/")
