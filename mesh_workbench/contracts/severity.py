"""How grave it is when a promise is not kept."""

from __future__ import annotations

from mesh_workbench.contracts.odcs import WithCustomProperties
from mesh_workbench.model.check import Severity


def severity_of(text: str | None) -> Severity:
    """The severity that a contract names; error when it names none or one that nobody knows."""
    word = (text or "error").strip().lower()
    return "warning" if word in ("warning", "warn") else "info" if word in ("info", "information") else "error"


def declared_severity(aspect: str, *places: WithCustomProperties, otherwise: Severity = "error") -> Severity:
    """The severity of something that ODCS gives none to: the custom property `severity` of the nearest place.

    It is a word for everything there, or a mapping from what is promised (`enum`, `minimum`) to a word.
    """
    for place in places:
        said = place.custom("severity")
        if isinstance(said, dict):
            said = said.get(aspect)
        if isinstance(said, str):
            return severity_of(said)
    return otherwise
