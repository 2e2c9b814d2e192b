"""`%mesh check [NOTEBOOK]`."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

from mesh_workbench.engine.display import Shown
from mesh_workbench.errors import InvalidInput, NotFound, did_you_mean
from mesh_workbench.magics.shown import Listing
from mesh_workbench.magics.verbs.verb import Verb

_USAGE = "%mesh check [NOTEBOOK]"
_COLUMNS = ("level", "cell", "line", "finding", "what to do", "code")


def _run(text: str, variables: MutableMapping[str, object]) -> Listing:
    from mesh_workbench.notebooks.analyse import analyse
    from mesh_workbench.workbench.folders import folder_around

    file = Path(text.strip("\"'")) if text else _this_one(variables)
    try:
        document = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        beside = [str(one) for one in file.parent.glob("*.ipynb")]
        raise NotFound(
            "magic.no-notebook",
            f"{file} cannot be read: {why}.",
            hint=did_you_mean(str(file), beside) if beside else f"Name a saved notebook: {_USAGE}",
        ) from error
    findings = analyse(document, folder_around(file)).findings
    rows = [
        [
            finding.level.value,
            None if finding.cell is None else finding.cell + 1,
            finding.line,
            finding.message,
            finding.hint,
            finding.code,
        ]
        for finding in findings
    ]
    nothing = f"Nothing stands between {file.name}, as it was saved last, and a product."
    return Listing(
        Shown(_COLUMNS, [""] * len(_COLUMNS), rows, total=len(rows), unit="finding", of_data=False), empty=nothing
    )


def _this_one(variables: MutableMapping[str, object]) -> Path:
    """The notebook in which this is asked, as Jupyter servers and VS Code tell their kernels."""
    told = variables.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME", "")
    if not isinstance(told, str) or not told.endswith(".ipynb"):
        raise InvalidInput(
            "magic.which-notebook", "It is not known which notebook this is.", hint=f"Name its file: {_USAGE}"
        )
    return Path(told)


VERB = Verb(_USAGE, _run)
