"""Changing single values of a contract and nothing else: every other byte stays as it was.

A document is not written anew (that would lose quotes, spaces and line ends): the place of a value is found, and the
text there replaced.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from pydantic import JsonValue

from mesh_workbench.contracts.migrate import steps
from mesh_workbench.contracts.source import Path, read
from mesh_workbench.contracts.textpieces import GONE, Change, no_place, pieces_of
from mesh_workbench.contracts.yamlnodes import composed
from mesh_workbench.errors import InvalidInput


def with_value(text: str, path: Path, value: JsonValue) -> str:
    """The contract with `value` at `path`. The last key of the path may be new, all before it must be there.

    Raises InvalidInput `contract.no-place` when there is no such place, or when it is shared through an alias, and
    what `source.read` raises.
    """
    return _edited(text, [(path, value)])


def without(text: str, path: Path) -> str:
    """The contract without the key at `path`, its lines and all. Raises as `with_value`."""
    return _edited(text, [(path, GONE)])


def migrate(text: str) -> str:
    """The contract as ODCS 3.2, with every comment and everything else as it was. Raises as `with_value`."""
    document = read(text).value
    changes: list[Change] = [(path, GONE if value is None else value) for path, value in steps(document)]
    if isinstance(document, dict) and str(document.get("apiVersion")).startswith(("v3.0.", "v3.1.")):
        changes.append((("apiVersion",), "v3.2.0"))
    return _edited(text, changes) if changes else text


def _edited(text: str, changes: Sequence[Change]) -> str:
    """The text with all changes. It is read again, and refused when it does not say exactly what it should."""
    wanted = _changed(read(text).value, changes)
    body = text.lstrip("\ufeff")
    root = composed(body)
    if root is None or not all(path for path, _ in changes):
        raise no_place(())
    pieces = list(pieces_of(body, root, changes))
    for start, end, put in sorted(pieces, reverse=True):
        body = body[:start] + put + body[end:]
    try:
        same = _plain(read(body).value) == _plain(wanted)
    except InvalidInput:
        same = False
    if not same:  # an alias elsewhere stands for what was changed
        raise no_place(changes[0][0])
    return text[: len(text) - len(text.lstrip("\ufeff"))] + body


def _changed(value: JsonValue, changes: Sequence[Change]) -> JsonValue:
    copied: Any = copy.deepcopy(value)
    for path, put in changes:
        here = copied
        try:
            for part in path[:-1]:
                here = here[part]
            if put is GONE:
                del here[path[-1]]
            elif isinstance(here, dict) or path[-1] in range(len(here)):
                here[path[-1]] = put
            else:
                raise no_place(path)
        except (KeyError, IndexError, TypeError) as error:
            raise no_place(path) from error
    return copied  # type: ignore[no-any-return]


def _plain(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True)
