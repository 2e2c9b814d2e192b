"""Check reports as documents. One file a form, one line below to add another."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mesh_workbench.contracts.render import answer, html, junit, text
from mesh_workbench.model.check import CheckReport

FORMS: Mapping[str, Callable[[CheckReport], str]] = {
    "text": text.render,
    "html": html.render,
    "junit": junit.render,
    "json": answer.render,
}
"""Name of a form to the function that writes a report in it."""
