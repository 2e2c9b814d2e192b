"""The files that code opens for reading, by the paths that it writes down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mesh_workbench.notebooks.paths import Paths


@dataclass(frozen=True)
class Opened:
    """One path that code reads, as it is written there; `path` is None when it is computed."""

    path: str | None
    line: int
    certain: bool = True
    """Whether it is a path without doubt, so that its absence is worth a word."""


_PATH_ARGUMENTS = frozenset(
    {"file", "filename", "filepath", "filepath_or_buffer", "path", "path_or_buffer", "source", "sources", "io", "fname"}
)
_READS = re.compile(r"(?:read|scan)_(?!sql|database|clipboard|gbq|text$|bytes$|until|line|block|schema)\w+")
_READERS = frozenset(
    """loadtxt genfromtxt fromfile imread load_workbook open_dataset open_mfdataset open_dataarray ExcelFile ParquetFile
    ParquetDataset ZipFile from_parquet read_text""".split()
)
# Whose first argument may well be something else; it counts when there is such a file.
_PERHAPS = frozenset("load connect read from_file from_csv open_table glob iglob read_html read_json read_xml".split())
_WRITES = re.compile(r"(?:to|write|sink|save)_\w+|savefig|savetxt|save|savez|dump")
_SQL = frozenset({"sql", "query", "execute", "from_query"})
_IN_SQL = re.compile(
    r"(?:\bfrom|\bjoin|,)\s*'([^'\n]+)'|\b(?:read|scan)_\w+\s*\(\s*\[?\s*'([^'\n]+)'(?:\s*,\s*'([^'\n]+)')*",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def opened_in(tree: ast.Module, paths: Paths) -> Iterator[Opened]:
    """What `tree` reads, in no order; what it wrote itself in an earlier line is left out."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    written: dict[str, int] = {}
    for call in calls:
        path = _written(call, paths)
        if path is not None:
            written[path] = min(call.lineno, written.get(path, call.lineno))
    for call in calls:
        for found in _read(call, paths):
            if found.path is None or (_is_here(found.path) and written.get(found.path, 1 << 30) >= found.line):
                yield found


def _is_here(path: str) -> bool:
    return bool(path) and "\n" not in path and "\0" not in path and len(path) < 1024 and not _ELSEWHERE.match(path)


def _read(call: ast.Call, paths: Paths) -> Iterator[Opened]:
    name, receiver = _name(call.func)
    own = paths.of(receiver) if receiver is not None else None
    if name == "open":
        given = own if own is not None else paths.of(_first(call))
        mode = _mode(call, 0 if own is not None else 1)
        if (mode is None or not set(mode) & set("wax")) and (own is not None or _first(call) is not None):
            yield Opened(given, call.lineno, certain=mode is not None)
    elif own is not None and name in ("read_text", "read_bytes"):
        yield Opened(own, call.lineno)
    elif own is not None and name in ("glob", "rglob"):
        pattern = paths.of(_first(call))
        if pattern is not None:
            yield Opened(f"{own}/{'**/' if name == 'rglob' else ''}{pattern}", call.lineno)
    elif name in _SQL:
        yield from _in_sql(call, paths)
    elif _READS.fullmatch(name) or name in _READERS or name in _PERHAPS:
        for path in paths.each_of(_first(call)):
            if path is not None:
                yield Opened(path, call.lineno, certain=name not in _PERHAPS)
            elif name not in _PERHAPS and isinstance(
                _first(call), ast.Name | ast.JoinedStr | ast.BinOp | ast.Subscript
            ):
                yield Opened(None, call.lineno, certain=False)


def _in_sql(call: ast.Call, paths: Paths) -> Iterator[Opened]:
    text = paths.of(_first(call))
    if text is not None and "'" in text:
        for match in _IN_SQL.finditer(text):
            for path in match.groups():
                if path and ("." in path or "/" in path):
                    yield Opened(path, call.lineno, certain=False)


def _written(call: ast.Call, paths: Paths) -> str | None:
    name, receiver = _name(call.func)
    own = paths.of(receiver) if receiver is not None else None
    if name == "open":
        mode = _mode(call, 0 if own is not None else 1)
        if mode is not None and set(mode) & set("wax"):
            return own if own is not None else paths.of(_first(call))
    elif own is not None and name in ("write_text", "write_bytes", "touch"):
        return own
    elif _WRITES.fullmatch(name):
        return paths.of(_first(call))
    return None


def _name(func: ast.expr) -> tuple[str, ast.expr | None]:
    match func:
        case ast.Name(id=name):
            return name, None
        case ast.Attribute(value=value, attr=name):
            return name, value
    return "", None


def _first(call: ast.Call) -> ast.expr | None:
    if call.args:
        return None if isinstance(call.args[0], ast.Starred) else call.args[0]
    return next((keyword.value for keyword in call.keywords if keyword.arg in _PATH_ARGUMENTS), None)


def _mode(call: ast.Call, position: int) -> str | None:
    """The mode of an open; None when it is computed."""
    given = call.args[position] if len(call.args) > position else None
    given = given or next((keyword.value for keyword in call.keywords if keyword.arg == "mode"), None)
    if given is None:
        return "r"
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None
