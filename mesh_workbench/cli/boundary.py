"""What a person or a program sees when a verb fails: one place for all verbs.

A MeshError becomes `error[code]: …`, where, `hint: …` and its exit code; with --json the problem document of the API.
Anything unexpected is our own fault, and says so without a traceback unless --debug is given.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer

from mesh_workbench.cli.show import console, plain
from mesh_workbench.errors import Broken, InvalidInput, MeshError, Unavailable

# typer brings its own copy of click from 0.29 on and uses the real one before: this is the right class in both.
_USAGE: type[Exception] = typer.BadParameter.__mro__[1]


def run(app: Callable[..., Any], arguments: Sequence[str]) -> int:
    """Run `app` with `arguments` and return the exit code of the process."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    as_json, debug = "--json" in options, "--debug" in options
    given = [part for number, part in enumerate(arguments) if not (part == "--debug" and number < len(options))]
    try:
        code = app(args=given, prog_name="mesh", standalone_mode=False)
    except MeshError as error:
        if debug:
            raise
        return report(error, as_json=as_json)
    except _USAGE as error:
        return report(usage(error), as_json=as_json)
    except typer.Abort:
        return report(InvalidInput("cli.stopped", "Nothing was done."), as_json=as_json)
    except BrokenPipeError:
        # Whoever read our answer has seen enough; a second complaint at interpreter exit would only confuse.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if debug:
            raise
        return report(refused_by_system(error), as_json=as_json)
    except Exception as error:
        if debug:
            raise
        fault = Broken(
            "internal.error",
            f"{type(error).__name__}: {error}",
            hint="This is a fault of mesh workbench. Run the command again with --debug and report what it prints.",
        )
        return report(fault, as_json=as_json)
    return code if isinstance(code, int) else 0


def report(error: MeshError, *, as_json: bool) -> int:
    """Write `error` to stderr and return its exit code."""
    if as_json:
        sys.stderr.write(json.dumps(error.problem(), ensure_ascii=False, indent=2) + "\n")
        return error.exit_code
    screen = console(stderr=True)
    screen.print(f"error[{error.code}]: {plain(error.message)}", style="bold red")
    for line in _pointed_at(error):
        screen.print(f"  {plain(line)}")
    if error.where:
        screen.print(f"  at {plain(error.where)}")
    if error.hint:
        screen.print(f"hint: {plain(error.hint)}", style="cyan")
    return error.exit_code


def _pointed_at(error: MeshError) -> list[str]:
    """The line of a statement that is meant, with marks below the word, where the error knows it."""
    source, line, column, length = (error.details.get(name) for name in ("source", "line", "column", "length"))
    if not (isinstance(source, str) and isinstance(line, int) and isinstance(column, int)):
        return []
    lines = source.splitlines()
    if not 1 <= line <= len(lines):
        return []
    marks = "^" * (length if isinstance(length, int) and length > 0 else 1)
    return [lines[line - 1], f"{' ' * (column - 1)}{marks}"]


def usage(error: Exception) -> InvalidInput:
    """A command line that cannot be understood."""
    formatted = getattr(error, "format_message", None)
    text = (formatted() if formatted else str(error)).strip().rstrip(".")
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "mesh")
    return InvalidInput("cli.usage", f"{text}.", hint=f"`{command} --help` shows how it is written.")


def refused_by_system(error: OSError) -> MeshError:
    """A file that cannot be read or written, or a full disk, outside the parts that explain it better."""
    what = f"{error.strerror or type(error).__name__}{f': {error.filename}' if error.filename else ''}"
    return Unavailable("system.refused", f"{what}.", hint="Check that the place exists, is yours and has room.")
