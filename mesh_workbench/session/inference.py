"""`mesh.infer`: a contract proposed from a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mesh_workbench.model.contract import ContractProposal


def infer(frame: object, port: str = "data", *, keys: Sequence[str] = ()) -> ContractProposal:
    """A contract for `frame` (Polars eager or lazy, pandas, Arrow, or what `mesh.read` gives), needing no workbench.

    `.text` is the ODCS document. Each of its `.promises` has `.evidence` and `.confidence` by its id;
    `.suggestions` holds advice that only a person can decide on. `keys` become the primary key.

    Raises InvalidInput `frame.unsupported`, `frame.mixed-column`, `contract.no-columns`, `contract.unknown-column`.
    """
    from dataclasses import replace

    from mesh_workbench.contracts.candidate import Candidate
    from mesh_workbench.contracts.infer import infer as infer_contract
    from mesh_workbench.engine.relation import Relation

    candidate = Candidate.from_frame(frame.arrow() if isinstance(frame, Relation) else frame)
    return infer_contract(port, replace(candidate, object_name=port), keys=keys)
