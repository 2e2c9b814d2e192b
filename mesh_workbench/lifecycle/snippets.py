"""Code with which other tools read exactly the rows of a release.

Each goes through the version of the Delta table that the release points at, never through what lies in its folder.
"""

from __future__ import annotations

import re

from mesh_workbench.model.connection import Snippet
from mesh_workbench.model.query import ResolvedPort

MOST_ROWS = 1_000_000
"""Rows of one answer over HTTP."""


def snippets_of(port: ResolvedPort, address: str) -> list[Snippet]:
    """One for each tool, in the order in which people look for them. `address` is that of the HTTP API."""
    table, version = repr(port.table), port.delta_version
    files = f" for file in DeltaTable({table}, version={version}).file_uris()]\n"
    patterns = re.search(r"[][{}*?\\]", port.table) is not None  # Spark would expand them
    return [
        Snippet(
            tool="polars",
            language="python",
            needs="polars deltalake",
            code=f"import polars as pl\n\nrows = pl.scan_delta({table}, version={version})\n"
            if re.fullmatch(r"[\w./:\\-]+", port.table)
            else "from urllib.parse import unquote\n\nimport polars as pl\nfrom deltalake import DeltaTable\n\n"
            + "files = [unquote(file)"
            + files
            + 'rows = pl.scan_parquet(files, glob=False, missing_columns="insert", extra_columns="ignore")\n',
            note="Lazy: rows.collect() reads.",
        ),
        Snippet(
            tool="pandas",
            language="python",
            needs="pandas deltalake pyarrow",
            code="import pandas as pd\nfrom deltalake import DeltaTable\n\n"
            f"table = DeltaTable({table}, version={version})\n"
            "rows = table.to_pyarrow_table().to_pandas(types_mapper=pd.ArrowDtype)\n",
            note="Without types_mapper, integers with nulls become floats.",
        ),
        Snippet(
            tool="duckdb",
            language="python",
            needs="duckdb deltalake",
            code="import glob\nfrom urllib.parse import unquote\n\nimport duckdb\nfrom deltalake import DeltaTable\n\n"
            + "files = [glob.escape(unquote(file))"
            + files
            + f'rows = duckdb.sql(\n    """{_duckdb(port)}""",\n    params={{"files": files}},\n)\n',
            note="Floats stand in CASE, because DuckDB believes statistics of files that leave NaN out.",
        ),
        Snippet(
            tool="deltalake",
            language="python",
            needs="deltalake pyarrow",
            code="from deltalake import DeltaTable\n\n"
            f"rows = DeltaTable({table}, version={version}).to_pyarrow_dataset()\n",
            note="A pyarrow dataset: rows.to_table(columns=[…], filter=…) reads.",
        ),
        Snippet(
            tool="pyspark",
            language="python",
            needs="pyspark deltalake",
            code=("import re\n" if patterns else "") + "from urllib.parse import unquote\n\n"
            "from deltalake import DeltaTable\nfrom pyspark.sql import SparkSession\n\n"
            "spark = SparkSession.builder.getOrCreate()\n"
            'spark.conf.set("spark.sql.session.timeZone", "UTC")\n'
            'spark.conf.set("spark.sql.parquet.filterPushdown", "false")\n'
            + (r'files = [re.sub(r"([][{}*?\\])", r"\\\1", unquote(file))' if patterns else "files = [unquote(file)")
            + files
            + 'rows = spark.read.option("mergeSchema", True).parquet(*files)\n',
            note="With filterPushdown, Spark believes statistics of files that leave NaN out. A Spark with Delta's own "
            "reader needs no list: "
            f'spark.read.format("delta").option("versionAsOf", {version}).load({table})',
        ),
        over_http(port, address),
    ]


def over_http(port: ResolvedPort, address: str) -> Snippet:
    """The way for R, and for everybody who may not read files: access is decided on the server."""
    domain, _, product = port.product.partition(".")
    path = f"{address}/products/{domain}/{product}/ports/{port.port}/rows?format=csv&release={port.release}"
    return Snippet(
        tool="r",
        language="r",
        code=f'address <- "{path}"\n'
        'token <- c(Authorization = paste("token", Sys.getenv("MESH_TOKEN")))\n'
        "rows <- read.csv(url(address, headers = token))\n",
        note="The token is Jupyter's."
        + (f" An answer has {MOST_ROWS:,} rows at most: add &filter=…" if port.rows > MOST_ROWS else ""),
    )


def _duckdb(port: ResolvedPort) -> str:
    from mesh_workbench.engine.schema import schema_of, type_names
    from mesh_workbench.engine.session import exact, quoted

    schema = schema_of(port)
    columns = [
        quoted(name) if kind_of == quoted(name) else f"{kind_of} AS {quoted(name)}"
        for name, kind in zip(schema.names, type_names(schema), strict=True)
        for kind_of in (exact(name, kind),)
    ]
    listed = ", ".join(columns)
    text = f"SELECT {listed} FROM read_parquet($files, union_by_name = true)"  # noqa: S608 - for people, names quoted
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
