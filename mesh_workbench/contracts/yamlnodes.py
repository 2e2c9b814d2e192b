"""YAML text to nodes.

ruamel.yaml reads YAML 1.2 and says best what is wrong, but takes a second for a contract of 500 columns. libyaml reads
the same texts twenty times faster, so it goes first; whatever it refuses, or reads as YAML 1.1 where 1.2 differs, goes
to ruamel.yaml, which decides.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Protocol

from mesh_workbench.errors import InvalidInput

_ODD_IN_1_1 = re.compile("^%|[\\[{,]\\s*[?:]|!\\s", re.MULTILINE)
"""Marks that mean something else in YAML 1.1, directives, and tags that name nothing."""
_NO_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Characters like others in YAML 1.2; both libraries take them for line ends, as 1.1 does."""
_HIDDEN = {0x85: 0xF0085, 0x2028: 0xF2028, 0x2029: 0xF2029}
_SHOWN = {hidden: character for character, hidden in _HIDDEN.items()}
IMPLICIT = "tag:yaml.org,2002:value"
"""The tag of whatever carries none in the text."""


class Mark(Protocol):
    index: int
    line: int
    column: int


class Node(Protocol):
    """A node, as both libraries make it. `value` is text, a list of nodes, or a list of pairs of nodes."""

    id: str
    tag: str
    style: str | None
    value: Any
    start_mark: Mark
    end_mark: Mark


def composed(text: str) -> Node | None:
    """The root node; None for an empty document. Raises InvalidInput `contract.not-yaml` with line and column."""
    if not _NO_BREAKS.search(text) or any(chr(hidden) in text for hidden in _SHOWN):
        return _composed(text)
    node = _composed(text.translate(_HIDDEN))
    left, seen = [node] if node is not None else [], set()
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if one.id == "scalar":
            one.value = one.value.translate(_SHOWN)
        else:
            left += one.value if one.id == "sequence" else [part for pair in one.value for part in pair]
    return node


def _composed(text: str) -> Node | None:
    fast = _fast_loader()
    if fast is not None and not _ODD_IN_1_1.search(text):
        from yaml.error import YAMLError  # type: ignore[import-untyped]

        loader = None
        try:
            loader = fast(text)
            return loader.get_single_node()  # type: ignore[no-any-return]
        except (YAMLError, UnicodeError, ValueError, RecursionError):
            pass  # ruamel.yaml says what is wrong, if anything is
        finally:
            if loader is not None:
                loader.dispose()
    return _with_ruamel(text)


def not_yaml(message: str, place: tuple[int, int] | None) -> InvalidInput:
    details: dict[str, object] = {"line": place[0], "column": place[1]} if place else {}
    return InvalidInput(
        "contract.not-yaml",
        message,
        where=f"line {place[0]}, column {place[1]}" if place else "",
        hint="Correct that place; indentation and quotes are the usual causes.",
        details=details,
    )


def _with_ruamel(text: str) -> Node | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="safe", pure=True).compose(text)  # type: ignore[no-any-return]
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else None
        raise not_yaml(f"The contract is not YAML: {error.problem or error.context}.", place) from error
    except (YAMLError, ValueError, LookupError, AttributeError, TypeError) as error:
        # The reader and scanner of the library let some of these through on broken bytes and escapes.
        first = str(error).strip().splitlines()
        at = getattr(error, "position", None)  # of a character that YAML does not allow
        line = None if at is None else (text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        raise not_yaml(f"The contract is not YAML: {first[0] if first else type(error).__name__}.", line) from error
    except RecursionError as error:
        raise not_yaml("The contract is nested too deeply to be read.", None) from error


@cache
def _fast_loader() -> Any:
    """A loader on libyaml that resolves nothing by itself; None where PyYAML was built without it."""
    try:
        from yaml.cyaml import CParser  # type: ignore[import-untyped]
    except ImportError:
        return None

    class Loader(CParser):  # type: ignore[misc]
        def resolve(self, _kind: object, _value: object, _implicit: object) -> str:
            return IMPLICIT

        def descend_resolver(self, _parent: object, _index: object) -> None:
            """Nothing depends on where a node stands."""

        def ascend_resolver(self) -> None:
            """Nothing depends on where a node stands."""

    return Loader
