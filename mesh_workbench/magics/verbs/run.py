"""`%mesh run DOMAIN.PRODUCT [NAME=VALUE …]`."""

from __future__ import annotations

import shlex
from collections.abc import MutableMapping
from typing import Any

from mesh_workbench.errors import InvalidInput, did_you_mean
from mesh_workbench.magics.arguments import parse_moment
from mesh_workbench.magics.shown import Facts
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs.verb import Verb, needed
from mesh_workbench.model.run import RunRequest

_USAGE = "%mesh run DOMAIN.PRODUCT [NAME=VALUE …] [--preset NAME] [--slot TIME]"
_OPTIONS = ("--preset", "--slot")


def _run(text: str, variables: MutableMapping[str, object]) -> Facts:
    try:
        product, *words = shlex.split(needed(text, _USAGE))
    except ValueError as error:
        raise _wrong(f"{text!r} cannot be read: {error}.") from error
    options: dict[str, str] = {}
    parameters: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        name, separator, value = word.partition("=")
        if name in _OPTIONS:
            options[name] = value if separator else next(rest, "")
            if not options[name]:
                raise _wrong(f"{name} needs a value.")
        elif word.startswith("-"):
            raise _wrong(f"There is no option {name}.", did_you_mean(name, _OPTIONS))
        elif not separator:
            raise _wrong(f"{word!r} is not NAME=VALUE.")
        else:
            parameters[name] = _value(value, variables)
    bench = workbench()
    run = bench.runs.request(
        RunRequest.model_validate(
            {
                "product": product,
                "parameters": parameters,
                "preset": options.get("--preset"),
                "slot": parse_moment(options["--slot"]) if "--slot" in options else None,
            }
        )
    )
    given = ", ".join(f"{name} = {value!r}" for name, value in run.parameters.items())
    facts = [
        ("run", run.id),
        ("version", run.version),
        ("parameters", given),
        ("slot", run.slot.start.isoformat() if run.slot else ""),
        ("waits", run.waiting.reason if run.waiting else ""),
        ("follow it", f"mesh runs {run.id}"),
    ]
    return Facts(f"Requested a run of {product}", [(name, said) for name, said in facts if said])


def _value(text: str, variables: MutableMapping[str, object]) -> object:
    """The text; a value such as `$month` is that of the Python variable."""
    if not text.startswith("$"):
        return text
    name = text[1:]
    if name not in variables:
        raise InvalidInput(
            "query.unknown-variable",
            f"There is no Python variable {name!r}.",
            hint=did_you_mean(name, [known for known in variables if not known.startswith("_")]),
        )
    value = variables[name]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _wrong(message: str, hint: str = "") -> InvalidInput:
    return InvalidInput("magic.arguments", message, hint=hint or f"Usage: {_USAGE}")


VERB = Verb(_USAGE, _run)
