"""The tag of an answer: equal tags, equal answers, so that nobody needs to ask twice."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from mesh_workbench.lifecycle.resolve import Resolved
from mesh_workbench.model.query import QueryRequest

if TYPE_CHECKING:
    from mesh_workbench.engine.statement import Statement


def tag_of(statement: Statement, request: QueryRequest, found: Resolved, identity: str) -> str | None:
    """A digest of everything that an answer depends on; None when time or chance have a part in it.

    That is the statement with its values and limit, the releases and slots, who asks with what decision, what is warned
    of, and the engine. Not the moment: releases never change.
    """
    import duckdb

    from mesh_workbench.engine.volatile import lasting

    if not lasting(statement):
        return None
    basis = [
        statement.text,
        request.parameters,
        request.limit,
        [
            [port.name, port.product_id, port.port, port.table, port.release, port.slot, port.warnings]
            for port in found.ports
        ],
        identity,
        [[decision.resource, decision.reason] for decision in found.decisions],
        duckdb.__version__,
    ]
    return hashlib.sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()[:32]
