"""relying: which major version of each input a product relies on.

What is written as `domain.product@1` is meant so. What is written without a version means the one that counts when the
notebook is promoted: the product goes on reading that one when the input moves on, until it is promoted again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.model.names import PortName
from mesh_workbench.model.notebook import InputSpec, NotebookAnalysis
from mesh_workbench.model.version import SemanticVersion

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry


def relying(registry: Registry, analysis: NotebookAnalysis) -> NotebookAnalysis:
    """The analysis with the major version that each input relies on, as far as it has one."""
    inputs = [spec.model_copy(update={"relies_on": _major(registry, spec)}) for spec in analysis.inputs]
    return analysis.model_copy(update={"inputs": inputs})


def _major(registry: Registry, spec: InputSpec) -> int | None:
    if spec.version:
        return int(spec.version.partition(".")[0])
    name = PortName.parse(spec.port)
    product = registry.products.get(name.domain, name.product)
    if product is None:
        return None
    release = registry.releases.latest(product.id)
    if release is not None:
        return release.major
    return SemanticVersion.parse(product.version).major if product.version else None
