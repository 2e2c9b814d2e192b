"""The verbs of `%mesh`: one file and one line here each."""

from __future__ import annotations

from mesh_workbench.magics.verbs import (
    as_of,
    check,
    connect,
    describe,
    explain,
    lineage,
    profile,
    run,
    runs,
    sample,
    search,
    show,
    sql,
    status,
)
from mesh_workbench.magics.verbs import help as help_
from mesh_workbench.magics.verbs.verb import Verb

VERBS: dict[str, Verb] = {
    "search": search.VERB,
    "show": show.VERB,
    "describe": describe.VERB,
    "sample": sample.VERB,
    "profile": profile.VERB,
    "sql": sql.VERB,
    "as-of": as_of.VERB,
    "explain": explain.VERB,
    "lineage": lineage.VERB,
    "connect": connect.VERB,
    "run": run.VERB,
    "runs": runs.VERB,
    "check": check.VERB,
    "status": status.VERB,
    "help": help_.VERB,
}

help_.ALL.update(VERBS)
