"""Regular expressions that the engine cannot run: look-around and back references.

They run in a separate interpreter, because Python's own engine can neither be interrupted nor bounded: an expression
that explodes is ended with the process.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys

_PROGRAM = """
import json, re, sys
work = json.load(sys.stdin)
search = re.compile(work["pattern"]).search
json.dump([search(value) is None for value in work["values"]], sys.stdout)
"""


class NotPossible(Exception):
    """A pattern that could not be evaluated; the text says why."""


def in_python(pattern: str) -> str:
    """The pattern as Python writes it: ECMA's named groups are spelled differently."""
    return re.sub(r"\\k<(\w+)>", r"(?P=\1)", re.sub(r"\(\?<(?![=!])", "(?P<", pattern))


def unmatched(pattern: str, values: list[str], *, timeout_s: float) -> list[bool]:
    """For each value whether the pattern is not found in it. Raises NotPossible."""
    spelled = in_python(pattern)
    try:
        re.compile(spelled)
    except (re.error, OverflowError, RecursionError) as error:
        raise NotPossible(f"{pattern!r} is not a regular expression that can be run here: {error}") from error
    work = json.dumps({"pattern": spelled, "values": values})
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _PROGRAM],
            input=work, capture_output=True, timeout=timeout_s, check=True, encoding="utf-8",
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise NotPossible(f"the pattern {pattern!r} did not come to an end within {timeout_s:g} seconds") from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotPossible(f"the pattern {pattern!r} could not be run in a process of its own: {error}") from error
    return [bool(item) for item in json.loads(done.stdout)]
