"""`mesh.catalog()`: a searchable catalog in a notebook.

The widget declares no state of its own: view and Python exchange messages, and `CatalogState` answers. So nothing of
the front end's libraries is needed here but the widget class.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget

from mesh_workbench.engine.display import Shown, as_text
from mesh_workbench.errors import MeshError
from mesh_workbench.panels.catalog_state import CatalogState
from mesh_workbench.panels.script import script

if TYPE_CHECKING:
    from mesh_workbench.workbench.protocol import Workbench

_HERE = Path(__file__).parent
_COLUMNS = ("product", "health", "rows", "description")


class CatalogPanel(anywidget.AnyWidget):
    """Search box, results, and details of the chosen product with a query to copy."""

    _esm = script("catalog.js")
    _css = _HERE / "catalog.css"

    def __init__(self, bench: Workbench, text: str = "") -> None:
        super().__init__()
        self.state = CatalogState(bench, text)
        self.on_msg(self._on_message)

    def _on_message(self, _widget: object, message: Any, _buffers: object) -> None:
        if isinstance(message, dict):
            self.send(self.state.answer(message))

    def __repr__(self) -> str:
        try:
            found = self.state.search(self.state.text)
        except MeshError as error:
            return f"{error.message} {error.hint}".rstrip()
        items: Any = found["items"]
        rows = [[item["name"], item["reason"] or item["health"], item["rows"], item["title"]] for item in items]
        if not rows:
            return "Nothing found." if self.state.text else "There are no products yet. `mesh demo DIR` makes some."
        total: Any = found["total"]
        return as_text(Shown(_COLUMNS, ["", "", "", ""], rows, total=total))

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)  # the whole text: widgets cut theirs
        return bundle
