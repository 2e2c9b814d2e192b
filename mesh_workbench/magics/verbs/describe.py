"""`%mesh describe DOMAIN.PRODUCT[.PORT]`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.engine.display import Shown
from mesh_workbench.errors import NotFound, did_you_mean
from mesh_workbench.magics.shown import Listing
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs.verb import Verb, needed
from mesh_workbench.model.names import PortName
from mesh_workbench.workbench.notebook_time import notebook_time

_USAGE = "%mesh describe DOMAIN.PRODUCT[.PORT]"
_COLUMNS = ("column", "type", "required", "unique", "classification", "description")


def _run(text: str, variables: MutableMapping[str, object]) -> Listing:  # noqa: ARG001
    name = PortName.parse(needed(text, _USAGE))
    product = workbench().products.get(str(name.product_name))
    ports = {port.name: port for port in product.port_details}
    wanted = name.port or next(iter(ports), "")
    if wanted not in ports:
        raise NotFound(
            "query.unknown-port", f"{name.product_name} has no port {wanted!r}.", hint=did_you_mean(wanted, ports)
        )
    rows = [
        [
            column.name,
            column.type,
            "required" if column.required else "",
            "unique" if column.unique or column.primary_key else "",
            column.classification,
            column.description,
        ]
        for column in ports[wanted].columns
    ]
    # what is promised is promised for now, also where rows are read as of another time
    facts = ["as it is promised now, whatever %mesh as-of says"] if notebook_time() else []
    shown = Shown(_COLUMNS, [""] * len(_COLUMNS), rows, total=len(rows), unit="column", facts=facts, of_data=False)
    return Listing(shown, empty=f"{wanted} has no columns yet.")


VERB = Verb(_USAGE, _run)
