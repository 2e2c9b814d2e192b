"""How the functions that a statement may call are called, and what they do, in DuckDB's own words."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from mesh_workbench.engine.functions import FUNCTIONS, TABLE_FUNCTIONS

_ASKED = """
SELECT function_name, function_type, parameters, return_type, description, examples
FROM duckdb_functions() WHERE function_type <> 'pragma'
"""


@dataclass(frozen=True)
class Signature:
    """One function: `call` is how to write it with the fewest arguments that all of its forms know."""

    name: str
    call: str
    returns: str = ""
    description: str = ""
    examples: tuple[str, ...] = ()
    table: bool = False


@functools.cache
def signatures() -> dict[str, Signature]:
    """Every function that is allowed, by name. DuckDB is asked once a process."""
    import duckdb

    forms: dict[str, list[tuple[str, list[str], str, str, list[str]]]] = {}
    with duckdb.connect(config={"enable_external_access": False}) as connection:
        for name, sort, parameters, returns, description, examples in connection.execute(_ASKED).fetchall():
            if name in FUNCTIONS or (name in TABLE_FUNCTIONS and sort == "table"):
                forms.setdefault(name, []).append((sort, parameters, returns or "", description or "", examples or []))
    names = sorted(FUNCTIONS | TABLE_FUNCTIONS)
    return {name: _signature(name, forms.get(name, [])) for name in names}


def _signature(name: str, forms: list[tuple[str, list[str], str, str, list[str]]]) -> Signature:
    if not forms:
        return Signature(name, f"{name}(…)")
    _, parameters, _, _, _ = min(forms, key=lambda form: (not form[1], len(form[1])))
    returns = {form[2] for form in forms}
    described = next((form for form in forms if form[3]), forms[0])
    return Signature(
        name=name,
        call=f"{name}({', '.join(parameters)})",
        returns=returns.pop() if len(returns) == 1 else "",
        description=" ".join(described[3].split()),
        examples=tuple(described[4][:2]),
        table=name in TABLE_FUNCTIONS and all(form[0] == "table" for form in forms),
    )
