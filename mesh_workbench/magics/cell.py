"""`%%mesh`: a cell of SQL."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from mesh_workbench.engine.display import origin_words
from mesh_workbench.engine.parameters import encode
from mesh_workbench.engine.place import find, pointing
from mesh_workbench.engine.statement import parse
from mesh_workbench.errors import InvalidInput, MeshError
from mesh_workbench.magics.arguments import MOST_ROWS, CellArguments, parse_arguments
from mesh_workbench.magics.frames import frames_of, with_frames
from mesh_workbench.magics.plain_errors import plain_errors
from mesh_workbench.magics.progress import told
from mesh_workbench.magics.result import Result
from mesh_workbench.magics.shown import Facts
from mesh_workbench.magics.source import ask, display_rows, inside_run, workbench
from mesh_workbench.model.asked_slot import Interval, words_of
from mesh_workbench.model.query import QueryRequest
from mesh_workbench.workbench.notebook_time import notebook_time

if TYPE_CHECKING:
    import pyarrow
    from pydantic import JsonValue

    from mesh_workbench.engine.statement import Statement
    from mesh_workbench.model.plan import QueryPlan
    from mesh_workbench.model.query import ResolvedPort


def run_cell(line: str, body: str, variables: MutableMapping[str, object]) -> object:
    """Ask what the cell says; give the answer back, and assign it when the line names a variable.

    With --pandas and the like the variable gets that shape (and without a variable it is what comes back); otherwise it
    gets the `Result`.
    """
    with plain_errors():
        arguments = parse_arguments(line, variables)
        if arguments.shape == "lazy":
            return _lazy(body, arguments, variables)
        result = question(body, arguments, variables)
        shaped = _shaped(result, arguments)
        if arguments.name is None:
            return shaped
        variables[arguments.name] = shaped
        return result


def question(body: str, arguments: CellArguments, variables: Mapping[str, object]) -> Result:
    """The result of one statement, whose $names and frames come from `variables`."""
    with _explained(body, variables, arguments) as (request, frames), told():
        limit = arguments.limit or MOST_ROWS
        answer = ask(request.model_copy(update={"limit": limit, "purpose": arguments.purpose}), frames)
        table = answer.reader.read_all()
    return Result(table, answer.provenance, capped=table.num_rows >= limit, shown=display_rows())


def plan(body: str, arguments: CellArguments, variables: Mapping[str, object]) -> QueryPlan:
    """What the statement would read."""
    with _explained(body, variables, arguments) as (request, frames):
        return workbench().query.plan(request, frames=frames)


def moment_for(arguments: CellArguments) -> datetime | None:
    """When to read: as the cell says, else as the notebook says; a run has its own releases."""
    if arguments.again is not None:
        return None if inside_run() else arguments.again.moment
    return arguments.as_of or (None if inside_run() else notebook_time())


def slots_for(arguments: CellArguments, statement: Statement) -> dict[str, str]:
    """The slots for which an earlier result read what the statement reads again without saying one."""
    again = arguments.again.slots if arguments.again is not None else {}
    written = {name.text.lower() for name in statement.names if name.plain}
    return {name: slot for name, slot in again.items() if name.lower() in written}


def releases_for(arguments: CellArguments, statement: Statement) -> dict[str, int]:
    """The releases of an earlier result that the statement reads again. Raises InvalidInput `query.nothing-again`."""
    if arguments.again is None:
        return {}
    written = {name.text.lower() for name in statement.names if not name.timed}
    found = {name: number for name, number in arguments.again.releases.items() if name.lower() in written}
    if not found:
        raise InvalidInput(
            "query.nothing-again",
            "The statement reads nothing that the earlier result was made from.",
            hint=f"That read {', '.join(arguments.again.releases) or 'no product without a time of its own'}.",
        )
    return found


def _lazy(body: str, arguments: CellArguments, variables: MutableMapping[str, object]) -> object:
    from mesh_workbench.magics.lazy import lazy_frame

    with _explained(body, variables, arguments) as (request, frames):
        frame, provenance = lazy_frame(request, frames, limit=arguments.limit)
    if arguments.name is None:
        return frame
    variables[arguments.name] = frame
    columns = ", ".join(f"{name} {kind}" for name, kind in frame.collect_schema().items())
    facts = [("columns", columns), ("origin", origin_words(provenance)), ("rows", f"{arguments.name}.collect()")]
    facts += [("warning", warning) for warning in provenance.warnings]
    return Facts(f"{arguments.name} is a lazy frame: nothing is read before it is collected", facts)


@contextmanager
def _explained(
    body: str, variables: Mapping[str, object], arguments: CellArguments
) -> Iterator[tuple[QueryRequest, dict[str, pyarrow.Table | ResolvedPort]]]:
    """What to ask, at which time and with which frames; errors within the block tell of variables that there are."""
    statement = parse(body)
    request = QueryRequest(
        statement=statement.text,
        parameters={name: _bound(name, body, variables) for name in statement.parameters},
        as_of=moment_for(arguments),
        releases=releases_for(arguments, statement),
        slots=slots_for(arguments, statement),
    )
    frames = frames_of(statement, variables)
    try:
        yield request, frames
    except MeshError as error:
        raise with_frames(error, statement, variables) from error.__cause__


def _bound(name: str, body: str, variables: Mapping[str, object]) -> JsonValue:
    place = find(body, f"${name}")
    if name not in variables:
        close = difflib.get_close_matches(name, [known for known in variables if not known.startswith("_")], n=1)
        hint = f"Did you mean {close[0]}?" if close else "Assign it in a cell before this one."
        raise pointing(InvalidInput, "query.unknown-variable", f"no variable {name}.", place, hint=hint)
    try:
        value = variables[name]
        return words_of(value) if isinstance(value, Interval) else encode(name, value)
    except MeshError as error:
        raise pointing(type(error), error.code, error.message, place, hint=error.hint) from error


def _shaped(result: Result, arguments: CellArguments) -> object:
    shapes: dict[str, Callable[[], object]] = {
        "pandas": result.pandas,
        "polars": result.polars,
        "arrow": result.arrow,
        "duckdb": result.duckdb,
    }
    return shapes[arguments.shape]() if arguments.shape in shapes else result
