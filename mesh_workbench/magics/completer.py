"""Completion in IPython: names of the mesh in `%%mesh` cells, lines of `%mesh` and strings of `mesh.read`."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mesh_workbench.errors import MeshError
from mesh_workbench.model.completion import MOST_CHARACTERS, CompletionRequest, Variable

_OURS = "mesh_workbench"
_READING = "mesh_workbench.session"
_MOST_VARIABLES = 500
_MOST_COLUMNS = 1000
_MOST_TOLD = 60_000
"""Characters of what a front end is told of variables, which it may send with every completion."""
_VERB = re.compile(r"(?:^|\n|=)[ \t]*%mesh[ \t]+([\w-]*)$")
"""A line of `%mesh` whose verb is being written."""
_log = logging.getLogger(__name__)


def matcher(variables: Mapping[str, object]) -> Callable[[Any], Any]:
    """A matcher for IPython's completer in a kernel with these variables; it is quiet when the mesh does not answer."""
    from IPython.core.completer import context_matcher

    def mesh_matcher(context: Any) -> dict[str, object]:
        lines = context.full_text.split("\n")
        cursor = sum(len(line) + 1 for line in lines[: context.cursor_line]) + context.cursor_position
        return completed(context.full_text, cursor, variables)

    made: Callable[[Any], Any] = context_matcher(identifier=_OURS, priority=1000)(mesh_matcher)
    return made


def completed(text: str, cursor: int, variables: Mapping[str, object]) -> dict[str, object]:
    """What IPython's completer takes: completions, and the words before the cursor that they replace."""
    from IPython.core.completer import SimpleCompletion

    nothing: dict[str, object] = {"completions": []}
    readers = _readers(variables)
    if len(text) > MOST_CHARACTERS or not any(sign in text for sign in ("%mesh", _OURS, *(f"{it}(" for it in readers))):
        return nothing
    if verb := _VERB.search(text[:cursor]):
        return _verbs(verb[1])
    request = CompletionRequest(
        text=text, cursor=cursor, variables=[*_told(variables)][:_MOST_VARIABLES], readers=readers
    )
    from mesh_workbench.magics.source import inside_run, workbench

    if inside_run():
        return nothing
    try:
        found = workbench().completions.complete(request)
    except MeshError as error:
        _log.debug("Nothing is completed: %s", error)
        return nothing
    if not found.items:
        return nothing
    items = [SimpleCompletion(text=item.text, type=item.kind) for item in found.items]
    return {"completions": items, "suppress": True, "matched_fragment": text[found.start : found.end]}


def told(variables: Mapping[str, object]) -> dict[str, object]:
    """What a front end that completes by itself cannot know: frames and variables, and how reading is called."""
    listed: list[dict[str, object]] = []
    size = 0
    for variable in [*_told(variables)][-_MOST_VARIABLES:][::-1]:  # the newest first
        one = variable.model_dump(mode="json")
        size += len(str(one))
        if size > _MOST_TOLD:
            break
        listed.append(one)
    return {"variables": listed, "readers": _readers(variables)}


def _verbs(begun: str) -> dict[str, object]:
    from IPython.core.completer import SimpleCompletion

    from mesh_workbench.model.line_verbs import LINE_VERBS

    items = [SimpleCompletion(text=verb, type="verb") for verb in LINE_VERBS if verb.startswith(begun)]
    return {"completions": items, "suppress": bool(items), "matched_fragment": begun}


def _readers(variables: Mapping[str, object]) -> list[str]:
    """How these variables call the function that reads products. Nothing is imported for that."""
    modules = [sys.modules.get(_OURS), sys.modules.get(_READING)]
    read = getattr(modules[1], "read", None)
    found = []
    for name, value in list(variables.items()):
        if value is not None and any(value is module for module in modules):
            found.append(f"{name}.read")
        elif value is not None and value is read:
            found.append(name)
    return found[:20]


def _told(variables: Mapping[str, object]) -> Iterator[Variable]:
    """The variables that a statement may name, the frames with their columns."""
    for name, value in list(variables.items()):
        if (
            not name.startswith("_")
            and name not in ("In", "Out")
            and not callable(value)
            and not isinstance(value, type(sys))
        ):
            yield Variable(name=name[:200], type=type(value).__name__[:200], columns=_columns(value))


def _columns(value: object) -> list[str] | None:
    """The names of a frame's columns, when they can be known without computing anything."""
    from mesh_workbench.magics.frames import is_frame

    if not is_frame(value):
        return None
    if isinstance(value, list):
        names: object = value[0]
    elif type(value).__name__ == "LazyFrame":
        names = ()
    else:
        names = getattr(value, "column_names", getattr(value, "columns", ()))
    return [str(name) for name in names][:_MOST_COLUMNS] if hasattr(names, "__iter__") else []
