"""A workbench with 1,000 products: a few promoted, the others recorded as promotion records them."""

from __future__ import annotations

from pathlib import Path

from mesh_workbench.contracts.columns import columns_of
from mesh_workbench.contracts.document import parse
from mesh_workbench.model.base import new_id
from mesh_workbench.model.domain import DomainDraft
from mesh_workbench.model.promotion import PromotionRequest
from mesh_workbench.notebooks import templates
from mesh_workbench.registry import search_lines
from mesh_workbench.workbench import create_workbench

DOMAINS, EACH = 20, 50


def build(folder: Path) -> None:
    """Make it in `folder`. Promoting each of them would take minutes and measure something else."""
    bench = create_workbench(folder)
    registry = bench.context.registry
    try:
        for domain in range(DOMAINS):
            bench.domains.add(DomainDraft(name=f"domain_{domain:02}", title=f"Domain {domain}"))
        patterns = []
        for template in [one for one in templates.listed() if one.contract and one.kind == "source_aligned"]:
            contract = template.contract.read_text("utf-8") if template.contract else ""
            promotion = bench.products.promote(
                PromotionRequest(
                    notebook=template.notebook.read_text("utf-8"),
                    to=f"domain_00.{template.name}",
                    contracts={template.name: contract},
                )
            )
            patterns.append((promotion, registry.products.ports(promotion.product.id), columns_of(parse(contract))))
        with registry.transaction():
            for number in range(len(patterns), DOMAINS * EACH):
                promotion, ports, columns = patterns[number % len(patterns)]
                product = promotion.product.model_copy(
                    update={
                        "id": new_id("prd"),
                        "domain": f"domain_{number % DOMAINS:02}",
                        "name": f"{promotion.product.name}_{number:04}",
                        "title": f"{promotion.product.title} {number}",
                        "revision": 1,
                    }
                )
                registry.products.add(product, search_lines(product, columns))
                for port in ports:
                    registry.products.add_port(port.model_copy(update={"id": new_id("prt"), "product_id": product.id}))
                registry.versions.add(
                    promotion.version.model_copy(
                        update={"id": new_id("ver"), "product": product.full_name, "product_id": product.id}
                    )
                )
    finally:
        bench.close()
