"""What people type, turned into values: parameters, moments, files, answers to questions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mesh_workbench.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from mesh_workbench.model.identity import Role
    from mesh_workbench.model.notebook import ParameterSpec
    from mesh_workbench.model.retry import RetryPolicy

_TRUE, _FALSE = {"true", "yes", "1", "on"}, {"false", "no", "0", "off"}


def pairs(texts: Iterable[str] | None, hint: str = "Write for example -p month=3.") -> dict[str, str]:
    """`NAME=VALUE` texts as a dictionary. Raises InvalidInput `cli.not-a-pair`."""
    found: dict[str, str] = {}
    for text in texts or ():
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise InvalidInput("cli.not-a-pair", f"{text!r} is not NAME=VALUE.", hint=hint)
        found[name.strip()] = value
    return found


def numbers(texts: Iterable[str] | None, option: str) -> dict[str, int]:
    """`NAME=NUMBER` texts as a dictionary. Raises InvalidInput `cli.not-a-pair`."""
    found = pairs(texts)
    for name, text in found.items():
        if not text.isdecimal():
            raise InvalidInput(
                "cli.not-a-pair", f"{name}={text} does not end in a number.", where=option, hint=f"Write {name}=3."
            )
    return {name: int(text) for name, text in found.items()}


def typed(texts: dict[str, str], specs: Iterable[ParameterSpec]) -> dict[str, Any]:
    """Texts as values of the types that `specs` declare; unknown names stay text, for the workbench to refuse.

    Raises InvalidInput `parameter.type` when a text cannot be read as that type.
    """
    known = {spec.name: spec for spec in specs}
    return {name: _value(text, known[name]) if name in known else text for name, text in texts.items()}


def guessed(text: str) -> Any:
    """A value without a declared type: JSON where it is JSON, else the text itself."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _value(text: str, spec: ParameterSpec) -> Any:
    from mesh_workbench.notebooks.values import says_null

    if says_null(spec, text):
        return None
    try:
        match spec.type:
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case "boolean":
                return _boolean(text)
            case "list" | "object":
                return json.loads(text)
            case "any":
                return guessed(text)
            case _:
                return text
    except ValueError as error:
        raise InvalidInput(
            "parameter.type",
            f"{spec.name} must be of type {spec.type}, and {text!r} is not.",
            where=f"-p {spec.name}",
            hint=spec.help or "`mesh product show` lists the parameters.",
        ) from error


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(text)


def moment(text: str | None, option: str) -> datetime | None:
    """A date or a date and time; without an offset it is UTC. Raises InvalidInput `cli.not-a-time`."""
    if text is None:
        return None
    from mesh_workbench.model.base import as_utc

    try:
        return as_utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise InvalidInput(
            "cli.not-a-time",
            f"{text!r} is not a moment.",
            where=option,
            hint="Write 2013-03-01, 2013-03-01T06:00Z or 2013-03-01T06:00-05:00.",
        ) from error


def retry_policy(retries: int | None, on: list[str] | None) -> RetryPolicy | None:
    """The policy that options ask for; None when there are none, and the workbench's holds.

    Raises InvalidInput `run.unknown-failure`.
    """
    from pydantic import ValidationError

    from mesh_workbench.model.retry import RetryPolicy

    given = {"retries": retries, "on": on}
    if retries is None and not on:
        return None
    try:
        return RetryPolicy.model_validate({name: value for name, value in given.items() if value not in (None, [])})
    except ValidationError as error:
        raise InvalidInput(
            "run.unknown-failure",
            f"{error.errors()[0]['input']!r} is neither a class of failures nor the code of one.",
            where="--retry-on",
            hint="Classes are user_code, contract, missing_output, environment, infrastructure, timeout and lost.",
        ) from error


def role_named(text: str) -> Role:
    """The role of this name. Raises InvalidInput `member.unknown-role`."""
    from mesh_workbench.model.identity import Role

    try:
        return Role(text.strip().lower().replace("-", "_").replace(" ", "_"))
    except ValueError as error:
        raise InvalidInput(
            "member.unknown-role",
            f"{text!r} is not a role.",
            where="--role",
            hint=f"Roles are {', '.join(role.value for role in Role)}.",
        ) from error


def read_text(file: Path) -> str:
    """The text of a file. Raises NotFound `file.not-found` and InvalidInput `file.not-text`."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound("file.not-found", f"There is no file {file}.", hint="Check the path.") from error
    except (UnicodeDecodeError, IsADirectoryError) as error:
        raise InvalidInput("file.not-text", f"{file} is not a text file.", hint="Name a file in UTF-8.") from error


def confirmed(question: str, *, yes: bool, as_json: bool) -> None:
    """Go on only when somebody says so.

    Raises InvalidInput `cli.not-confirmed` where nobody can be asked, and typer.Abort when the answer is no.
    """
    if yes:
        return
    if as_json or not sys.stdin.isatty():
        raise InvalidInput(
            "cli.not-confirmed", "Nothing was done: nobody is there to confirm it.", hint="Add --yes to go ahead."
        )
    typer.confirm(question, abort=True, err=True)
