"""Which columns of the products that it reads a notebook uses, as far as its SQL shows."""

from __future__ import annotations

from mesh_workbench.engine.columns_read import columns_read
from mesh_workbench.engine.statement import parse as parse_statement
from mesh_workbench.errors import MeshError
from mesh_workbench.notebooks.inputs import statement_of
from mesh_workbench.notebooks.read import parse
from mesh_workbench.notebooks.sources import Source, sources


def columns_of_sql(text: str, product: str, columns: tuple[str, ...]) -> set[str] | None:
    """Those of `columns`, which `product` (domain.product) has, that the SQL of the notebook in `text` reads.

    None when it takes all of them. What it reads with `mesh.read` is not looked at: that takes all.
    """
    found: set[str] = set()
    for source in sources(parse(text)):
        for magic in source.magics if isinstance(source, Source) else []:
            written = statement_of(magic)
            if written is None:
                continue
            try:
                statement = parse_statement(written)
            except MeshError:  # a finding says so; who is to be told of a change is asked here
                return None
            meant = [_is(name.reference, product) for name in statement.names]
            read = columns_read(statement, tuple(columns if one else () for one in meant))
            for one, used in zip(meant, read, strict=True):
                if one and used is None:
                    return None
                found.update(used or () if one else ())
    return found


def _is(reference: object, product: str) -> bool:
    return reference is not None and str(reference).partition("@")[0].split(".")[:2] == product.split(".")
