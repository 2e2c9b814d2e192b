"""Panels for notebooks: widgets where there is a front end, text where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mesh_workbench.panels.catalog_panel import CatalogPanel

__all__ = ["catalog"]


def catalog(text: str = "") -> CatalogPanel:
    """The catalog as a panel that searches while one types; `text` is what it looks for first.

    Without a front end it shows as text. Raises NotFound `workbench.not-found`, Unavailable `registry.unreachable`.
    """
    from mesh_workbench.panels.catalog_panel import CatalogPanel
    from mesh_workbench.workbench.current import current_workbench

    return CatalogPanel(current_workbench(), text)
