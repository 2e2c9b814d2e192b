"""Write the pages of docs/reference that say what the code says: command line, settings, error codes.

python docs/generate.py           write them
python docs/generate.py --check   exit with 1 when one of them is out of date
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
WIDTH = 100
NOTE = "<!-- Written by docs/generate.py. Do not edit: change the code and run `make docs`. -->"

AREAS = {
    "access": "who may do what",
    "api": "the HTTP API",
    "auth": "who is asking over HTTP",
    "backfill": "ranges of slots that are computed again",
    "blob": "contracts and notebooks kept by digest",
    "bundle": "versions that go from one workbench to another",
    "change": "breaking changes",
    "cli": "the command line itself",
    "connect": "other tools that read products",
    "contract": "contracts and the promises in them",
    "cursor": "cursors of lists",
    "demo": "`mesh demo`",
    "doctor": "`mesh doctor`",
    "domain": "domains",
    "duration": "lengths of time",
    "environment": "kernels and installed distributions",
    "file": "files that a command names",
    "frame": "data handed to `mesh.output`",
    "grant": "grants",
    "governance": "policies and decisions",
    "internal": "faults of our own",
    "kernel": "kernels of runs",
    "lab": "`mesh lab`",
    "lineage": "from what products and columns are made",
    "magic": "the magics `%mesh` and `%%mesh`",
    "member": "members and roles",
    "name": "names of domains, products and ports",
    "notebook": "notebook documents",
    "notice": "telling people",
    "objects": "data on object storage",
    "output": "`mesh.output`",
    "panel": "widgets in notebooks",
    "parameter": "parameters of a notebook",
    "plugin": "what other distributions add",
    "port": "ports of a product",
    "preflight": "notebooks that are tried out before they are promoted",
    "product": "products",
    "promote": "promotion",
    "promotion": "promotion",
    "publish": "publishing a release",
    "query": "SQL",
    "read": "`mesh.read`",
    "registry": "the registry",
    "release": "releases",
    "report": "check reports",
    "request": "HTTP requests",
    "review": "approving promotions",
    "rollback": "going back to an earlier release",
    "rows": "rows of a port over HTTP",
    "run": "runs",
    "schedule": "schedules and slots",
    "secret": "secrets",
    "server": "the server extension",
    "settings": "mesh.toml and MESH_ variables",
    "slot": "slots",
    "sql": "SQL statements",
    "sunset": "the end of a product",
    "storage": "tables and run folders",
    "system": "the operating system",
    "tidy": "`mesh tidy`",
    "template": "template notebooks",
    "version": "product versions",
    "workbench": "the workbench as a whole",
    "worker": "workers",
}
"""What each first half of an error code is about."""


def pages() -> dict[Path, str]:
    """The generated pages, by file."""
    return {
        REFERENCE / "cli.md": command_line(),
        REFERENCE / "settings.md": settings(),
        REFERENCE / "errors.md": errors(),
        REFERENCE / "findings.md": findings(),
    }


def command_line() -> str:
    """Every verb with its help."""
    import typer

    from mesh_workbench.cli import make_app

    parts = [
        NOTE,
        "# Command line",
        "",
        "`mesh`, also `python -m mesh_workbench`. Every verb takes `--json`: the answer is then JSON on stdout, and an",
        "error the problem document of the HTTP API on stderr. `--debug` shows the traceback of an error.",
        "",
        "| exit code | meaning |",
        "| --- | --- |",
        "| 0 | done |",
        "| 1 | a fault of our own |",
        "| 2 | invalid input |",
        "| 3 | not found |",
        "| 4 | conflict |",
        "| 5 | not allowed |",
        "| 6 | contract breached, run failed, or released data damaged |",
        "| 7 | something we depend on is unavailable |",
        "",
        "The workbench is found from `MESH_WORKBENCH`, the working directory or its parents.",
        "",
    ]
    for path, command in verbs(typer.main.get_command(make_app()), "mesh"):
        context = type(command).context_class(command, info_name=path, terminal_width=WIDTH, max_content_width=WIDTH)
        parts += [f"## {path}", "", "```text", command.get_help(context).rstrip(), "```", ""]
    return "\n".join(parts)


def verbs(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every verb that does something, with the words by which it is called."""
    children = getattr(command, "commands", {})
    for name, child in children.items():
        yield from verbs(child, f"{path} {name}")
    if not children:
        yield path, command


def settings() -> str:
    """Every setting with its default and meaning."""
    from mesh_workbench.settings import Settings

    parts = [
        NOTE,
        "# Settings",
        "",
        "In `mesh.toml`, or as an environment variable, which counts more. Relative places start at the folder of",
        "mesh.toml.",
        "",
        "| setting | variable | default | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        if name != "root":
            default = f"`{field.default!r}`".replace("'", '"')
            parts.append(f"| `{name}` | `MESH_{name.upper()}` | {default} | {field.description} |")
    return "\n".join([*parts, ""])


def errors() -> str:
    """Every error code with its class, exit code, status and sentence."""
    found = error_codes()
    parts = [
        NOTE,
        "# Error codes",
        "",
        "Every error has a stable code, a sentence, a hint that says what to do, and often a place. The code is the",
        "same on the command line (`error[code]: …`), over HTTP (`code` of the problem document) and in Python",
        "(`error.code`).",
        "",
    ]
    for area in sorted({code.partition(".")[0] for code in found}):
        parts += [
            f"## {area}",
            "",
            f"About {AREAS.get(area, area)}.",
            "",
            "| code | exit | HTTP | says |",
            "| --- | --- | --- | --- |",
        ]
        for code, (kind, sentence) in sorted(found.items()):
            if code.partition(".")[0] == area:
                exit_code, status = kinds()[kind]
                parts.append(f"| `{code}` | {exit_code} | {status} | {sentence} |")
        parts.append("")
    return "\n".join(parts)


def findings() -> str:
    """Every finding in notebooks, with its level, its sentence and whether a fix is offered."""
    parts = [
        NOTE,
        "# Findings in notebooks",
        "",
        "What `mesh check`, `%mesh check`, the plan of a promotion and its dialog say of a notebook, without running",
        "it. An *error* must be mended before the notebook can be promoted, a *warning* will probably hurt a run, an",
        "*info* is worth knowing. `mesh check --fix` and the buttons in the dialog apply the fixes that are offered.",
        "",
        "| code | level | says | fix |",
        "| --- | --- | --- | --- |",
    ]
    found: dict[str, str] = {}
    for file in sorted((ROOT / "mesh_workbench").rglob("*.py")):
        if file.parent.name not in ("notebooks", "lifecycle"):
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        constants = _constants(tree)
        for node in ast.walk(tree):
            row = _finding_made(node, constants)
            if row:
                code, level, says, has_fix = row
                found.setdefault(code, f"| `{code}` | {level} | {says} | {'offered' if has_fix else ''} |")
    return "\n".join([*parts, *(found[code] for code in sorted(found)), ""])


def _finding_made(node: ast.AST, constants: dict[str, str]) -> tuple[str, str, str, bool] | None:
    """Code, level, sentence and whether there is a fix, of a call that makes a finding."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return None
    given = {word.arg: word.value for word in node.keywords}
    fix = given.get("fix")
    has_fix = fix is not None and not (isinstance(fix, ast.Constant) and fix.value is None)
    if node.func.id == "Finding" and isinstance(given.get("level"), ast.Attribute):
        level = given["level"]
        assert isinstance(level, ast.Attribute)
        code, says = _text(given["code"], constants), _text(given["message"], constants)
        return (code, level.attr.lower(), _cell(says), has_fix) if "…" not in code else None
    if node.func.id not in ("error", "warning", "info", "make") or len(node.args) < 2:
        return None
    level_name = {"make": "error, or warning"}.get(node.func.id, node.func.id)
    return f"notebook.{_text(node.args[0], constants)}", level_name, _cell(_text(node.args[1], constants)), has_fix


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def kinds() -> dict[str, tuple[int, int]]:
    """Exit code and HTTP status of each class of errors."""
    from mesh_workbench import errors as tree

    return {
        name: (kind.exit_code, kind.status)
        for name, kind in vars(tree).items()
        if isinstance(kind, type) and issubclass(kind, tree.MeshError)
    }


def error_codes() -> dict[str, tuple[str, str]]:
    """Every code that an error is made with, with the class and the sentence (values as …)."""
    found: dict[str, tuple[str, str]] = {}
    for folder in ("mesh_workbench", "server_ext/mesh_workbench_server"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            constants = _constants(tree)
            for node in ast.walk(tree):
                kind, arguments = _made(node)
                if kind in kinds():
                    code = _text(arguments[0], constants) if arguments else ""
                    if "." in code and "…" not in code:
                        sentence = _text(arguments[1], constants) if len(arguments) > 1 else ""
                        found.setdefault(code, (kind, sentence.replace("|", "\\|").replace("\n", " ")))
    return found


def _made(node: ast.AST) -> tuple[str, list[ast.expr]]:
    """The class of the error that a call makes, and its arguments from the code on."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return "", []
    if node.func.id == "pointing" and node.args and isinstance(node.args[0], ast.Name):
        return node.args[0].id, node.args[1:]
    return node.func.id, node.args


def _constants(tree: ast.Module) -> dict[str, str]:
    """Texts that a module gives names to, one by one or several at once."""
    named: dict[str, str] = {}
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=False))
        else:
            pairs = [(target, value)]
        for name, text in pairs:
            if isinstance(name, ast.Name) and isinstance(text, ast.Constant) and isinstance(text.value, str):
                named[name.id] = text.value
    return named


def _text(node: ast.expr, constants: dict[str, str]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        return constants.get(node.id, "…")
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    return "…"


def main() -> int:
    stale = [file for file, text in pages().items() if not file.exists() or file.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for file in stale:
            sys.stderr.write(f"{file.relative_to(ROOT)} is out of date: run `make docs`.\n")
        return 1 if stale else 0
    for file in stale:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(pages()[file], encoding="utf-8")
        sys.stdout.write(f"wrote {file.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
