"""`%mesh connect DOMAIN.PRODUCT[.PORT] [TOOL] [--slot SLOT]`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.errors import NotFound, did_you_mean
from mesh_workbench.magics.arguments import words_and_slot
from mesh_workbench.magics.shown import Codes
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs.verb import Verb
from mesh_workbench.workbench.notebook_time import notebook_time

_USAGE = "%mesh connect DOMAIN.PRODUCT[.PORT] [TOOL] [--slot SLOT]"


def _run(text: str, variables: MutableMapping[str, object]) -> Codes:
    (name, *rest), slot = words_and_slot(text, _USAGE, variables)
    found = workbench().query.connect(name, as_of=notebook_time(), slot=slot)
    tools = {snippet.tool: snippet for snippet in found.snippets}
    wanted = " ".join(rest).lower()
    if wanted and wanted not in tools:
        raise NotFound("connect.unknown-tool", f"There is no snippet for {wanted}.", hint=did_you_mean(wanted, tools))
    about = f", slot {found.slot}" if found.slot else ""
    title = f"{found.product}.{found.port} release {found.release} ({found.version}){about}, {found.rows:,} rows"
    return Codes(title, [tools[wanted]] if wanted else found.snippets, warnings=found.warnings)


VERB = Verb(_USAGE, _run)
