"""Verbs of `%mesh`, and what they do."""

from __future__ import annotations

LINE_VERBS = {
    "search": "products by name, title, description, owner, tag or column",
    "show": "what a product is, and how it is",
    "describe": "the columns of a port: types, meaning, what is promised",
    "sample": "the first rows of a port",
    "profile": "of each column nulls, distinct values, bounds, and how values spread",
    "sql": "a statement in one line; $name binds a Python variable",
    "as-of": "the moment at which this notebook reads everything",
    "explain": "what a statement would read, or what each promise of a contract means",
    "lineage": "from what a product or a column is made, and what is made from it",
    "connect": "code with which Polars, pandas, DuckDB, Spark or R read exactly these rows",
    "run": "ask for a run; $name takes a Python variable",
    "runs": "what ran last, how it ended, and why",
    "check": "what stands between a notebook, as saved last, and a product",
    "status": "how the workbench is: registry, workers, runs",
    "help": "this list",
}
TAKE_NO_PRODUCT = frozenset({"search", "as-of", "status", "help"})
