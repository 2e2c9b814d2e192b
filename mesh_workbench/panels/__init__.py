"""Panels for notebooks: widgets where there is a front end, text where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mesh_workbench.panels.catalog_panel import CatalogPanel
    from mesh_workbench.panels.form_panel import FormPanel

__all__ = ["catalog", "form"]


def catalog(text: str = "") -> CatalogPanel:
    """The catalog as a panel that searches while one types; `text` is what it looks for first.

    Without a front end it shows as text. Raises NotFound `workbench.not-found`, Unavailable `registry.unreachable`.
    """
    from mesh_workbench.panels.catalog_panel import CatalogPanel
    from mesh_workbench.workbench.current import current_workbench

    return CatalogPanel(current_workbench(), text)


def form(product: str) -> FormPanel:
    """The parameters of the newest version of `product` as a form that runs it and follows the run.

    Without a front end it shows the line of `%mesh run` that does the same. Raises NotFound `product.unknown`,
    `version.unknown` and `workbench.not-found`, Unavailable `registry.unreachable`.
    """
    from mesh_workbench.panels.form_panel import FormPanel
    from mesh_workbench.workbench.current import current_workbench

    return FormPanel(current_workbench(), product)
