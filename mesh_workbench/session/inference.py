"""`mesh.infer`: a contract proposed from a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mesh_workbench.model.contract import ContractProposal


def infer(frame: object, port: str = "data", *, keys: Sequence[str] = ()) -> ContractProposal:
    """A contract for `frame` (whatever `mesh.output` takes, or what `mesh.read` gives), needing no workbench.

    A lazy frame of Polars is not computed as a whole.

    `.text` is the ODCS document. Each of its `.promises` has `.evidence` and `.confidence` by its id;
    `.suggestions` holds advice that only a person can decide on. `keys` become the primary key.

    Raises InvalidInput `frame.unsupported`, `frame.mixed-column`, `frame.unsupported-type`, `frame.column-name`,
    `frame.duplicate-column`, `contract.no-columns`, `contract.unknown-column`.
    """
    import sys

    from mesh_workbench.contracts.candidate import Candidate
    from mesh_workbench.contracts.infer import infer as infer_contract
    from mesh_workbench.engine.relation import Relation
    from mesh_workbench.storage.frames import as_table

    polars = sys.modules.get("polars")  # a frame of it is there only when it is imported
    if polars is not None and isinstance(frame, polars.LazyFrame):
        return infer_contract(port, Candidate.from_table(frame, port), keys=keys)
    table = as_table(frame.arrow() if isinstance(frame, Relation) else frame)
    return infer_contract(port, Candidate.from_table(table, port), keys=keys)
