"""`%mesh` and `%%mesh`: the mesh from a notebook's cells."""

from __future__ import annotations

from typing import Any

from mesh_workbench.lazy import importing

__all__ = ["register"]


def register(ipython: Any) -> None:
    """Give `ipython` the magics. Nothing heavy is imported before one of them is used."""

    def cell(line: str, body: str) -> object:
        with importing():
            from mesh_workbench.magics.cell import run_cell

        return run_cell(line, body, ipython.user_ns)

    def line(text: str) -> object:
        with importing():
            from mesh_workbench.magics.line import run_line

        return run_line(text, ipython.user_ns)

    cell.__doc__ = """SQL over the mesh: %%mesh [NAME] [--as-of TIME] [--pandas|--polars|--arrow|--lazy|--duckdb]
    [--limit N]

    The statement is the cell's body; $name binds a Python variable. With NAME the result is assigned."""
    line.__doc__ = """The mesh in one line: %mesh help lists what there is."""
    from IPython.core.magic import no_var_expand

    # IPython would paste `$name` and `{name}` into a line before it is read: a value would be taken for SQL.
    ipython.register_magic_function(no_var_expand(cell), magic_kind="cell", magic_name="mesh")
    ipython.register_magic_function(no_var_expand(line), magic_kind="line", magic_name="mesh")

    from mesh_workbench.magics.completer import matcher

    known = [
        one for one in ipython.Completer.custom_matchers if getattr(one, "matcher_identifier", "") != "mesh_workbench"
    ]
    ipython.Completer.custom_matchers = [*known, matcher(ipython.user_ns)]
