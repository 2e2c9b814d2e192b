"""Code with which other tools read exactly the rows of a release, or of slots of it.

Each goes through the version of the Delta table that the release points at, never through what lies in its folder. The
log of the table knows no slots: what is read for one names the files that are about it.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from urllib.parse import quote

from mesh_workbench.model.connection import Snippet
from mesh_workbench.model.query import ResolvedPort

MOST_ROWS = 1_000_000
"""Rows of one answer over HTTP."""


def snippets_of(port: ResolvedPort, address: str) -> list[Snippet]:
    """One for each tool, in the order in which people look for them. `address` is that of the HTTP API."""
    return [
        Snippet(
            tool="polars",
            language="python",
            needs="polars deltalake",
            code=_polars(port),
            note="Lazy: rows.collect() reads.",
        ),
        Snippet(
            tool="pandas",
            language="python",
            needs="pandas deltalake pyarrow",
            code=_pandas(port),
            note="Without types_mapper, integers with nulls become floats.",
        ),
        Snippet(
            tool="duckdb",
            language="python",
            needs="duckdb deltalake" + (" pyarrow" if port.slot else ""),
            code=_duckdb(port),
            note="Floats stand in CASE, because DuckDB believes statistics of files that leave NaN out.",
        ),
        Snippet(
            tool="deltalake",
            language="python",
            needs="deltalake pyarrow",
            code=_deltalake(port),
            note="A pyarrow dataset: rows.to_table(columns=[…], filter=…) reads.",
        ),
        Snippet(
            tool="pyspark",
            language="python",
            needs="pyspark deltalake",
            code=_pyspark(port),
            note="With filterPushdown, Spark believes statistics of files that leave NaN out."
            + ("" if port.slot else f" A Spark with Delta's own reader needs no list: {_delta_in_spark(port)}"),
        ),
        over_http(port, address),
    ]


def over_http(port: ResolvedPort, address: str) -> Snippet:
    """The way for R, and for everybody who may not read files: access is decided on the server."""
    domain, _, product = port.product.partition(".")
    path = f"{address}/products/{domain}/{product}/ports/{port.port}/rows?format=csv&release={port.release}"
    path += f"&slot={quote(port.slot)}" if port.slot else ""
    return Snippet(
        tool="r",
        language="r",
        code=f'address <- "{path}"\n'
        'token <- c(Authorization = paste("token", Sys.getenv("MESH_TOKEN")))\n'
        "rows <- read.csv(url(address, headers = token))\n",
        note="The token is Jupyter's."
        + (f" An answer has {MOST_ROWS:,} rows at most: add &filter=…" if port.rows > MOST_ROWS else ""),
    )


def _polars(port: ResolvedPort) -> str:
    plain = re.fullmatch(r"[\w./:\\-]+", port.table) is not None
    if plain and not port.slot:
        return f"import polars as pl\n\nrows = pl.scan_delta({port.table!r}, version={port.delta_version})\n"
    return (
        "from urllib.parse import unquote\n\nimport polars as pl\nfrom deltalake import DeltaTable\n\n"
        f"{_table(port)}{_files(port)}"
        "rows = pl.scan_parquet(\n"
        "    files,\n"
        "    schema=pl.Schema(table.schema().to_arrow()),\n"
        "    glob=False,\n"
        '    missing_columns="insert",\n'
        '    extra_columns="ignore",\n'
        ")\n"
    )


def _pandas(port: ResolvedPort) -> str:
    how = "to_pandas(types_mapper=pd.ArrowDtype)\n"
    if port.slot:
        return f"import pandas as pd\n{_dataset_of_slot(port, f'.to_table().{how}')}"
    rows = f"{_table(port)}rows = table.to_pyarrow_table().{how}"
    return f"import pandas as pd\nfrom deltalake import DeltaTable\n\n{rows}"


def _deltalake(port: ResolvedPort) -> str:
    if port.slot:
        return _dataset_of_slot(port)
    return f"from deltalake import DeltaTable\n\n{_table(port)}rows = table.to_pyarrow_dataset()\n"


def _dataset_of_slot(port: ResolvedPort, then: str = "\n") -> str:
    return (
        "from deltalake import DeltaTable\nfrom pyarrow.dataset import FileSystemDataset\n\n"
        f"{_table(port)}{_slot(port)}whole = table.to_pyarrow_dataset()\n"
        "files = [file for file in whole.get_fragments() if file.path.endswith(slot)]\n"
        f"rows = FileSystemDataset(files, whole.schema, whole.format, whole.filesystem){then}"
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
    rows = "read_parquet($files, union_by_name = true)"
    # Files of a slot may all be older than a column: then only the empty table has it.
    source = f"(FROM empty UNION ALL BY NAME FROM {rows})" if port.slot else rows
    text = f"SELECT {', '.join(columns)} FROM {source}"  # noqa: S608 - for people, names quoted
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return (
        "import glob\nfrom urllib.parse import unquote\n\nimport duckdb\nfrom deltalake import DeltaTable\n\n"
        f"{_table(port)}{_files(port, 'glob.escape(unquote(file))')}"
        + ("empty = table.to_pyarrow_dataset().schema.empty_table()\n" if port.slot else "")
        + f'rows = duckdb.sql(\n    """{text}""",\n    params={{"files": files}},\n)\n'
    )


def _pyspark(port: ResolvedPort) -> str:
    patterns = re.search(r"[][{}*?\\]", port.table) is not None  # Spark would expand them
    name = r're.sub(r"([][{}*?\\])", r"\\\1", unquote(file))' if patterns else "unquote(file)"
    rows = 'spark.read.option("mergeSchema", True).parquet(*files)'
    return (
        ("import re\n" if patterns else "") + "from urllib.parse import unquote\n\nfrom deltalake import DeltaTable\n"
        "from pyspark.sql import SparkSession\n\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        'spark.conf.set("spark.sql.session.timeZone", "UTC")\n'
        'spark.conf.set("spark.sql.parquet.filterPushdown", "false")\n'
        f"{_table(port)}{_files(port, name)}"
        + (
            f"whole = [{name} for file in table.file_uris()]\n"
            'schema = spark.read.option("mergeSchema", True).parquet(*whole).schema\n'
            "rows = spark.read.schema(schema).parquet(*files)\n"
            if port.slot
            else f"rows = {rows}\n"
        )
    )


def _delta_in_spark(port: ResolvedPort) -> str:
    return f'spark.read.format("delta").option("versionAsOf", {port.delta_version}).load({port.table!r})'


def _table(port: ResolvedPort) -> str:
    return f"table = DeltaTable({port.table!r}, version={port.delta_version})\n"


def _files(port: ResolvedPort, name: str = "unquote(file)") -> str:
    """Lines that list the files of the release, or those of the slot, each as `name` calls it."""
    chosen = " if file.endswith(slot)" if port.slot else ""
    return f"{_slot(port)}files = [{name} for file in table.file_uris(){chosen}]\n"


def _slot(port: ResolvedPort) -> str:
    """A line that says which files are about the slot, by the ends of their names."""
    if not port.slot:
        return ""
    names = "".join(f'    "/{PurePath(file).name}",\n' for file in port.files)
    return f"slot = (  # the files about {port.slot}\n{names})\n"
