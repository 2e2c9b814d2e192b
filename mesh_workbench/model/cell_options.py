"""Options on the first line of `%%mesh`, and what they do."""

from __future__ import annotations

CELL_OPTIONS = {
    "--as-of": "read every product as it was at a moment: --as-of 2013-06-01",
    "--again": "read exactly the releases that an earlier result was made from: --again result",
    "--limit": "fetch so many rows at most",
    "--purpose": "say what the rows are read for: --purpose 'monthly report'",
    "--pandas": "give a pandas frame",
    "--polars": "give a Polars frame",
    "--arrow": "give an Arrow table",
    "--lazy": "give a Polars lazy frame, computed when it is collected",
    "--duckdb": "give a DuckDB relation",
}
