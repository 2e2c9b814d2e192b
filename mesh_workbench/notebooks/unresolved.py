"""Names that a run from top to bottom would not find: defined nowhere, or only further down."""

from __future__ import annotations

import ast
import builtins
import re
import shlex
from collections.abc import Iterator, Sequence

from mesh_workbench.errors import did_you_mean
from mesh_workbench.model.fix import Fix, InsertCell
from mesh_workbench.model.notebook import Finding
from mesh_workbench.notebooks.findings import warning
from mesh_workbench.notebooks.scopes import Flow
from mesh_workbench.notebooks.sources import WRAPPERS, Broken, Magic, Source, source_of

_GIVEN = frozenset(dir(builtins)) | {"get_ipython", "display", "In", "Out", "exit", "quit", "open", "__file__"}
_NUMBERED = re.compile(r"_+(?:i*|\d+|i\d+|[iod]h)")
"""What IPython keeps of earlier cells: `_`, `__`, `_3`, `_i3`, `_oh`."""
_PLATFORMS = {
    **dict.fromkeys(("dbutils", "spark", "sc", "sqlContext", "displayHTML", "table"), "Databricks"),
    **dict.fromkeys(("notebookutils", "mssparkutils"), "Microsoft Fabric"),
}
_MODULES = (
    "calendar collections csv functools glob hashlib io itertools json logging math os pathlib pickle random re shutil "
    "statistics string subprocess sys textwrap time typing uuid warnings zoneinfo duckdb requests".split()
)
_USUAL = {
    "pd": "import pandas as pd",
    "np": "import numpy as np",
    "pl": "import polars as pl",
    "pa": "import pyarrow as pa",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
    "px": "import plotly.express as px",
    "mesh": "import mesh_workbench as mesh",
    "dt": "import datetime as dt",
    "Path": "from pathlib import Path",
    **{name: f"import {name}" for name in _MODULES},
    "date": "from datetime import date",
    "timedelta": "from datetime import timedelta",
    "Literal": "from typing import Literal",
    "Annotated": "from typing import Annotated",
    "Any": "from typing import Any",
    "Optional": "from typing import Optional",
    "Decimal": "from decimal import Decimal",
    "defaultdict": "from collections import defaultdict",
    "Counter": "from collections import Counter",
}
"""What people mean by these names, so often that it may be offered."""
_MAGICS = frozenset(
    "alias autoawait autocall automagic autoreload bash bookmark cat cd clear code_wrap colors conda config cp debug "
    "dhist dirs doctest_mode ed edit env gui hist history html HTML js javascript killbgscripts latex less load "
    "load_ext ls lsmagic macro magic mamba man markdown matplotlib mesh mkdir more mv notebook page pastebin pdb pdef "
    "pdoc perl pfile pinfo pinfo2 pip popd pprint precision prun psearch psource pushd pwd pycat pypy python python2 "
    "python3 quickref recall rehashx reload_ext rep rerun reset reset_selective rm rmdir ruby save sc script "
    "set_env sh svg SVG system sx tb time timeit unalias unload_ext uv who who_ls whos writefile xdel xmode".split()
)
"""Magics that define no names but those that they are given."""
_OUTCOME = frozenset({"mesh", "capture", "bigquery", "sql"})


def unresolved(sources: Sequence[Source | Broken]) -> Iterator[Finding]:
    """A warning for each name that is not there when its cell runs, where it is used first."""
    flow = Flow(defined=set(_GIVEN))
    first: dict[str, tuple[Source, ast.Name]] = {}
    later: list[tuple[Source, ast.Name]] = []
    since: dict[str, int] = {}
    for source in sources:
        if flow.unknown:
            break
        if isinstance(source, Broken):
            flow.unknown = True
            continue
        flow.now, flow.later = [], []
        _magics(source, flow)
        if flow.unknown:
            break
        flow.run(source.tree.body)
        for name in flow.ever.union(flow.defined - _GIVEN).difference(since):
            since[name] = source.cell
        for node in flow.now:
            first.setdefault(node.id, (source, node))
        later += [(source, node) for node in flow.later]
    for source, node in later:
        if node.id not in since and node.id not in flow.defined and not flow.unknown:
            first.setdefault(node.id, (source, node))
    for name, (source, node) in first.items():
        if not _NUMBERED.fullmatch(name):
            yield _finding(name, source, node, since)


def _magics(source: Source, flow: Flow) -> None:
    """What the magics of a cell define. They come before its other names: that errs on the quiet side."""
    for magic in source.magics:
        if magic.body is None and magic.name in ("time", "prun"):
            inner = source_of(magic.line)
            if isinstance(inner, Source):
                flow.run(inner.tree.body)
        elif magic.body is not None and magic.name in WRAPPERS:
            flow.defined |= _outcome(magic) if magic.name == "capture" else set()
        elif magic.name in _OUTCOME:
            flow.defined |= _outcome(magic)
        elif magic.name in ("bash", "script", "sh", "perl", "ruby", "python", "python3"):
            flow.defined |= set(re.findall(r"--(?:out|err|proc)[ =](\w+)", magic.line))
        elif magic.name not in _MAGICS:
            flow.unknown = True


def _outcome(magic: Magic) -> set[str]:
    """The name that a magic's line gives to what comes of it: `%%mesh NAME --as-of …`, `%%sql NAME << SELECT …`."""
    if magic.body is None and magic.name == "mesh":
        return set()
    try:
        words = shlex.split(magic.line)
    except ValueError:
        words = magic.line.split()
    valued = {"--as-of", "--limit", "--param"}
    names = [
        word
        for number, word in enumerate(words)
        if word.isidentifier() and not (number and words[number - 1] in valued)
    ]
    return set(names[:1])


def _finding(name: str, source: Source, node: ast.Name, since: dict[str, int]) -> Finding:
    here = f"{name} is used here and"
    if name in since:
        # Only a later cell, or a later line, defines it, or `del` took it away.
        if since[name] > source.cell:
            return warning(
                "used-before-defined",
                f"{here} defined only in cell {since[name] + 1}: this cell fails when the notebook runs from the top.",
                hint=f"Move cell {since[name] + 1} up, or this one down.",
                cell=source.cell,
                line=node.lineno,
            )
        return warning(
            "unresolved-name",
            f"{here} not defined any more, or not yet, when the notebook runs from the top.",
            hint="Define it before this line.",
            cell=source.cell,
            line=node.lineno,
        )
    usual = _USUAL.get(name)
    known = [one for one in since if not one.startswith("_")]
    if name in _PLATFORMS:
        hint = f"{_PLATFORMS[name]} gives its notebooks this name; a run does not have it."
    elif usual:
        hint = f"Write {usual} before."
    else:
        hint = did_you_mean(name, known) if known else "Define it in a cell above."
    return warning(
        "unresolved-name",
        f"{here} defined nowhere in the notebook; it may be left from a cell that is gone.",
        hint=hint,
        cell=source.cell,
        line=node.lineno,
        fix=Fix(label=f"Add {usual}", edits=[InsertCell(cell=0, source=usual)]) if usual else None,
    )
