"""`%mesh connect DOMAIN.PRODUCT[.PORT] [TOOL]`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.errors import NotFound, did_you_mean
from mesh_workbench.magics.shown import Codes
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs.verb import Verb, needed

_USAGE = "%mesh connect DOMAIN.PRODUCT[.PORT] [TOOL]"


def _run(text: str, variables: MutableMapping[str, object]) -> Codes:  # noqa: ARG001
    name, _, tool = needed(text, _USAGE).partition(" ")
    found = workbench().query.connect(name)
    tools = {snippet.tool: snippet for snippet in found.snippets}
    wanted = tool.strip().lower()
    if wanted and wanted not in tools:
        raise NotFound("connect.unknown-tool", f"There is no snippet for {wanted}.", hint=did_you_mean(wanted, tools))
    title = f"{found.product}.{found.port} release {found.release} ({found.version}), {found.rows:,} rows"
    return Codes(title, [tools[wanted]] if wanted else found.snippets)


VERB = Verb(_USAGE, "code with which Polars, pandas, DuckDB, Spark or R read exactly these rows", _run)
