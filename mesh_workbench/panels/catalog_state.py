"""What the catalog panel knows and answers; it does not know how it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput, MeshError
from mesh_workbench.model.search import SearchRequest

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mesh_workbench.model.product import ProductDetail, ProductSummary
    from mesh_workbench.workbench.protocol import Workbench

PAGE = 50


class CatalogState:
    """The text that was searched and the product that is open, kept where the workbench is: in Python."""

    def __init__(self, bench: Workbench, text: str = "") -> None:
        self._bench = bench
        self.text = text
        self.selected: str | None = None

    def answer(self, message: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """The answer to a message of a view: `start`, `search` or `open`. An error is an answer too."""
        try:
            found = self._answer(message)
        except MeshError as error:
            found = {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
        return {"id": message.get("id"), "kind": message.get("kind"), **found}

    def search(self, text: str) -> dict[str, JsonValue]:
        """The products that `text` finds."""
        results = self._bench.catalog.search(SearchRequest(text=text[:500], limit=PAGE))
        self.text = text
        return {"text": text, "total": results.total, "items": [_line(hit.product) for hit in results.items]}

    def open(self, name: str) -> dict[str, JsonValue]:
        """One product, with its columns and a query to copy."""
        product = self._bench.products.get(name)
        self.selected = product.full_name
        return {"product": _detail(product)}

    def _answer(self, message: dict[str, JsonValue]) -> dict[str, JsonValue]:
        kind, value = message.get("kind"), message.get("value")
        if kind == "start":
            opened = self.open(self.selected) if self.selected else {}
            return {**self.search(self.text), **opened}
        if kind == "search" and isinstance(value, str):
            return self.search(value)
        if kind == "open" and isinstance(value, str):
            return self.open(value)
        raise InvalidInput(
            "panel.unknown-message", "The panel does not know what it was asked.", hint="Reload the page."
        )


def _line(product: ProductSummary) -> dict[str, JsonValue]:
    return {
        "name": product.full_name,
        "title": product.title or product.description.split("\n")[0],
        "health": product.health.state.value,
        "reason": product.health.reason,
        "rows": product.rows,
        "status": product.status.value,
    }


def _detail(product: ProductDetail) -> dict[str, JsonValue]:
    columns = [column for port in product.port_details[:1] for column in port.columns]
    return {
        **_line(product),
        "description": product.description,
        "owner": product.owner,
        "version": product.version,
        "release": product.release,
        "released": product.released.isoformat() if product.released else None,
        "ports": list(product.ports),
        "tags": list(product.tags),
        "columns": [
            {
                "name": column.name,
                "type": column.type,
                "description": column.description,
                "required": column.required,
                "classification": column.classification,
            }
            for column in columns
        ],
        "query": f"%%mesh\nSELECT *\nFROM {product.full_name}\nLIMIT 20",
    }
