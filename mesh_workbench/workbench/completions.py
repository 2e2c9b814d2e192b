"""Help with cells that are being written, in this process: LocalCompletions."""

from __future__ import annotations

from mesh_workbench.model.completion import CompletionRequest, Completions, Meaning
from mesh_workbench.workbench.context import Context


class LocalCompletions:
    """Implements `protocol.Assistant`. Every name may be found by everybody, so access is not asked."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def complete(self, request: CompletionRequest) -> Completions:
        from mesh_workbench.discovery.completion.complete import complete

        return complete(self._context.registry, self._context.names, request)

    def meaning(self, request: CompletionRequest) -> Meaning | None:
        from mesh_workbench.discovery.completion.meaning import meaning

        return meaning(self._context.names, request)
