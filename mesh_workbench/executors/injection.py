"""Parameters into a notebook, by papermill's convention: a cell tagged `injected-parameters` after the tagged one.

The expressions come from the run folder (`RunFolder.literals`), made by our own encoder: papermill's would turn dates
and everything else it does not know into text.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from papermill.translators import PythonTranslator, papermill_translators

from mesh_workbench.model.runfolder import RunFolder

if TYPE_CHECKING:
    from nbformat import NotebookNode

INJECTED = "injected-parameters"
_TRANSLATOR = "mesh-workbench"


class _Expression(str):
    """A value that is Python source already."""


class _Translator(PythonTranslator):  # type: ignore[misc]
    """Writes `name = expression`, leaving expressions as they are."""

    @classmethod
    def translate(cls, val: Any) -> str:
        if isinstance(val, _Expression):
            return str(val)
        return repr(val)  # JSON values are their own Python literals

    @classmethod
    def codify(cls, parameters: dict[str, Any], comment: str = "Parameters") -> str:
        lines = [f"{name} = {cls.translate(value)}" for name, value in parameters.items()]
        return "\n".join([f"# {comment}", *lines])


papermill_translators.register(_TRANSLATOR, _Translator)


def load_with_parameters(path: Path, run: RunFolder) -> NotebookNode:
    """The frozen notebook at `path` with papermill's metadata and the parameters of `run`. Raises OSError and
    ValueError when it cannot be read."""
    import nbformat

    # Read here: papermill's file handler changes the working directory of the whole process.
    read = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    notebook: NotebookNode = load_notebook_node(read)
    if run.parameters or run.literals:
        expressions = {name: _Expression(code) for name, code in run.literals.items()}
        notebook = parameterize_notebook(
            notebook, {**run.parameters, **expressions}, kernel_name=_TRANSLATOR, language="python"
        )
        for cell in notebook.cells:
            cell.metadata.setdefault("papermill", {})
    notebook.metadata.papermill["parameters"] = dict(run.parameters)
    return notebook
