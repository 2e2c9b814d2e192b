"""The reference tells what the rules say of themselves."""

from __future__ import annotations

from pathlib import Path

from mesh_workbench.contracts.rules import BUILT_IN, SERVICE_LEVELS

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "contracts.md"


def test_every_rule_stands_in_the_reference_as_it_describes_itself() -> None:
    lines = REFERENCE.read_text(encoding="utf-8").splitlines()
    for rule in (*BUILT_IN, *SERVICE_LEVELS):
        assert f"| `{rule.name}` | {rule.description} | `{rule.example}` |" in lines
