"""From which columns a statement makes each column of its result: `trace`.

- `traced.py` what is known of a relation: its columns, each with its parts; parts merge and only ever become vaguer
- `trace.py` a query: its sources, its items, and what decides about its rows
- `sources.py` what stands in FROM: names, subqueries, joins, functions, pivots
- `values.py` an expression
- `scope.py` what a name means at a place

What cannot be known is said as the whole port with less confidence, never left out.
"""

from __future__ import annotations

from mesh_workbench.engine.lineage.trace import trace
from mesh_workbench.engine.lineage.traced import Traced, lineage_of, of_port

__all__ = ["Traced", "lineage_of", "of_port", "trace"]
