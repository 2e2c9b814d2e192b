"""`%mesh status`."""

from __future__ import annotations

from collections.abc import MutableMapping

from mesh_workbench.magics.shown import Facts
from mesh_workbench.magics.source import workbench
from mesh_workbench.magics.verbs.verb import Verb


def _run(text: str, variables: MutableMapping[str, object]) -> Facts:  # noqa: ARG001
    status = workbench().catalog.status()
    facts = [
        ("folder", status.location),
        ("registry", status.registry),
        ("you", ", ".join([status.identity, *status.roles])),
        ("holds", f"{status.domains:,} domains, {status.products:,} products"),
        ("workers", f"{len(status.workers)} alive, {status.running} runs going on, {status.queued} waiting"),
    ]
    if status.advisory_access:
        facts.append(("access", "People share one registry here, so access rules are advice."))
    return Facts(f"{status.name} · mesh workbench {status.version}", facts)


VERB = Verb("%mesh status", _run)
