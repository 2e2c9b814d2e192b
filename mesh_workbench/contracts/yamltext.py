"""Values as YAML text that every reader, of YAML 1.1 and 1.2, takes for the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*([ ./@+-]+[A-Za-z0-9_]+)*")
_WORDS_OF_YAML = frozenset("null true false yes no on off y n inf nan".split())
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U0001f300-\U0001faff]")
_POWER = re.compile(r"^(-?\d+)e")


class InLine(dict[str, JsonValue]):
    """A mapping that is written as `{a: 1, b: 2}`."""


def is_plain(text: str) -> bool:
    """Whether it needs no quotes."""
    return bool(_PLAIN.fullmatch(text)) and text.lower() not in _WORDS_OF_YAML


def scalar(value: JsonValue) -> str:
    """A value on one line, in double quotes where it could be taken for anything else."""
    return value if isinstance(value, str) and is_plain(value) else in_quotes(value)


def in_quotes(value: JsonValue) -> str:
    """A value as JSON, which is YAML too but for what cannot be printed, and for numbers such as 1e-05."""
    if isinstance(value, float):
        return _POWER.sub(r"\1.0e", json.dumps(value))
    return _UNPRINTABLE.sub(_escaped, json.dumps(value, ensure_ascii=False))


def lines_of(document: Mapping[str, object], indent: str = "") -> Iterator[str]:
    """The lines of a mapping. Lists hold mappings or single values; empty ones are left out."""
    for key, value in document.items():
        if isinstance(value, InLine):
            yield f"{indent}{scalar(key)}: {_in_line(value)}"
        elif isinstance(value, Mapping):
            yield f"{indent}{scalar(key)}:"
            yield from lines_of(value, indent + "  ")
        elif isinstance(value, list):
            yield f"{indent}{scalar(key)}:"
            for item in value:
                yield from _entry(item, indent + "  ")
        else:
            yield f"{indent}{scalar(key)}: {scalar(value)}"  # type: ignore[arg-type]


def _entry(item: object, indent: str) -> Iterator[str]:
    if isinstance(item, InLine):
        yield f"{indent}- {_in_line(item)}"
    elif isinstance(item, Mapping):
        for number, line in enumerate(lines_of(item, indent + "  ")):
            yield line if number else f"{indent}- {line[len(indent) + 2 :]}"
    else:
        yield f"{indent}- {scalar(item)}"  # type: ignore[arg-type]


def _in_line(value: InLine) -> str:
    return "{" + ", ".join(f"{scalar(key)}: {scalar(item)}" for key, item in value.items()) + "}"


def _escaped(match: re.Match[str]) -> str:
    """As YAML spells it; JSON's pairs of surrogates mean something else there."""
    code = ord(match[0])
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"
