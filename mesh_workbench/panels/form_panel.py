"""`mesh.form(product)`: the parameters of a product as a form in a notebook, and the run that it asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget

from mesh_workbench.panels.form_state import FormState
from mesh_workbench.panels.script import script

if TYPE_CHECKING:
    from mesh_workbench.workbench.protocol import Workbench

_HERE = Path(__file__).parent


class FormPanel(anywidget.AnyWidget):
    """A field for each parameter, the presets, and the run with its progress and how it ended."""

    _esm = script("form.js")
    _css = _HERE / "form.css"

    def __init__(self, bench: Workbench, product: str) -> None:
        super().__init__()
        self.state = FormState(bench, product)
        self.on_msg(self._on_message)

    def _on_message(self, _widget: object, message: Any, _buffers: object) -> None:
        if isinstance(message, dict):
            self.send(self.state.answer(message))

    def __repr__(self) -> str:
        version = self.state.version
        words = [f"{spec.name}={'…' if spec.required else repr(spec.default)}" for spec in version.parameters]
        return f"{version.product} {version.version}: %mesh run {' '.join([version.product, *words])}"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)  # the whole text: widgets cut theirs
        return bundle
