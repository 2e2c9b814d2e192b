"""What a check needs beside the candidate: the data that foreign keys point to, and the history of the product."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.facts import Facts, ProbeFact, ReadFact, RunFact
from mesh_workbench.contracts.references import foreign_relations
from mesh_workbench.errors import MeshError
from mesh_workbench.lifecycle.probe import KEPT_DAYS
from mesh_workbench.model.query import ResolvedPort
from mesh_workbench.model.run import RunState

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry

Resolve = Callable[[list[str]], list[ResolvedPort]]
"""Names of ports to their current releases, as somebody who may read them; raises MeshError otherwise."""
_MOST = 200
"""How many releases, runs and reads of the past count."""


def foreign_of(
    doc: ContractDocument, port: str, own: Mapping[str, Sequence[str]], resolve: Resolve
) -> dict[str, Sequence[str]]:
    """Files behind every relation that foreign keys of `port` name: ports that are checked together (`own`), or the
    current releases of other products. What may not be read, or has no release, is left out: such a key is then not
    evaluated.
    """
    found: dict[str, Sequence[str]] = {}
    for relation in foreign_relations(doc, port):
        if relation in own:
            found[relation] = own[relation]
        elif relation.count(".") in (1, 2) and "/" not in relation and "#" not in relation:
            try:
                found[relation] = [file for one in resolve([relation]) for file in one.files]
            except MeshError:
                continue
    return found


def facts_of(registry: Registry, product_id: str, *, publishing: bool) -> Facts:
    """The history of a product as the registry has it, the oldest first."""
    releases = registry.releases.list(product_id, None, _MOST).items
    runs = registry.runs.list(product_id, None, _MOST).items
    reads = registry.reads.list(product_id, None, _MOST).items
    now = registry.now()
    probes = registry.probes.since(product_id, now - timedelta(days=KEPT_DAYS))
    return Facts(
        now=now,
        publishing=publishing,
        releases=tuple(sorted(release.published for release in releases)),
        runs=tuple(
            RunFact(run.finished, run.state in (RunState.SUCCEEDED, RunState.UNCHANGED))
            for run in reversed(runs)
            if run.finished is not None and run.state is not RunState.CANCELLED
        ),
        reads=tuple(ReadFact(read.at, read.rows or 0, read.duration_ms) for read in reversed(reads)),
        probes=tuple(ProbeFact(at, reached) for at, reached in probes),
    )
