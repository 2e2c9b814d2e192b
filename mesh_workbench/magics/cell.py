"""`%%mesh`: a cell of SQL."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING

from mesh_workbench.engine.parameters import encode
from mesh_workbench.engine.place import find, pointing
from mesh_workbench.engine.statement import parse
from mesh_workbench.errors import InvalidInput, MeshError
from mesh_workbench.magics.arguments import CellArguments, parse_arguments
from mesh_workbench.magics.frames import frames_of, with_frames
from mesh_workbench.magics.plain_errors import plain_errors
from mesh_workbench.magics.progress import told
from mesh_workbench.magics.result import Result
from mesh_workbench.magics.source import ask, display_rows
from mesh_workbench.model.query import QueryRequest

if TYPE_CHECKING:
    from pydantic import JsonValue


def run_cell(line: str, body: str, variables: MutableMapping[str, object]) -> object:
    """Ask what the cell says; give the answer back, and assign it when the line names a variable.

    With --pandas, --polars or --arrow the variable gets that frame (and without a variable it is what comes back);
    otherwise it gets the `Result`.
    """
    with plain_errors():
        arguments = parse_arguments(line)
        result = question(body, arguments, variables)
        shaped = _shaped(result, arguments)
        if arguments.name is None:
            return shaped
        variables[arguments.name] = shaped
        return result


def question(body: str, arguments: CellArguments, variables: Mapping[str, object]) -> Result:
    """The result of one statement, whose $names and frames come from `variables`."""
    statement = parse(body)
    parameters: dict[str, JsonValue] = {name: _bound(name, body, variables) for name in statement.parameters}
    request = QueryRequest(statement=body, parameters=parameters, as_of=arguments.as_of, limit=arguments.limit)
    with told():
        try:
            answer = ask(request, frames_of(statement, variables))
        except MeshError as error:
            raise with_frames(error, statement, variables) from error.__cause__
        table = answer.reader.read_all()
    capped = table.num_rows >= arguments.limit
    return Result(table, answer.provenance, capped=capped, shown=display_rows())


def _bound(name: str, body: str, variables: Mapping[str, object]) -> JsonValue:
    place = find(body, f"${name}")
    if name not in variables:
        close = difflib.get_close_matches(name, [known for known in variables if not known.startswith("_")], n=1)
        hint = f"Did you mean {close[0]}?" if close else "Assign it in a cell before this one."
        raise pointing(InvalidInput, "query.unknown-variable", f"no variable {name}.", place, hint=hint)
    try:
        return encode(name, variables[name])
    except MeshError as error:
        raise pointing(type(error), error.code, error.message, place, hint=error.hint) from error


def _shaped(result: Result, arguments: CellArguments) -> object:
    if arguments.shape == "pandas":
        return result.pandas()
    if arguments.shape == "polars":
        return result.polars()
    return result.arrow() if arguments.shape == "arrow" else result
