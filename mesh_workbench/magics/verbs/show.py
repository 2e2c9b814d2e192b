"""`%mesh show DOMAIN.PRODUCT`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.magics.shown import Facts
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs.verb import Verb, needed

_USAGE = "%mesh show DOMAIN.PRODUCT"


def _run(text: str, variables: MutableMapping[str, object]) -> Facts:  # noqa: ARG001
    product = workbench().products.get(needed(text, _USAGE))
    columns = [column for port in product.port_details[:1] for column in port.columns]
    release = f"release {product.release}, {product.rows or 0:,} rows" if product.release else "nothing published yet"
    facts = [
        ("what", product.title or product.description.split("\n")[0]),
        ("state", f"{product.status.value}, version {product.version or 'none'}, {release}"),
        ("deprecated", product.sunset.words if product.sunset else ""),
        ("health", product.health.reason or product.health.state.value),
        ("owner", product.owner),
        ("ports", ", ".join(product.ports)),
        ("columns", ", ".join(f"{column.name} {column.type}" for column in columns)),
        ("reads", ", ".join(product.inputs)),
        ("read by", ", ".join(product.consumers)),
        ("tags", ", ".join(product.tags)),
        ("notes", " ".join(product.notes)),
        ("query", f"SELECT * FROM {product.full_name} LIMIT 10"),  # noqa: S608 - shown, not run
    ]
    return Facts(product.full_name, [(name, text) for name, text in facts if text])


VERB = Verb(_USAGE, _run)
