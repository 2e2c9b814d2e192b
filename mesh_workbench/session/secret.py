"""`mesh.secret`: a secret by where it is, and from then on masked in what this kernel shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput
from mesh_workbench.secrets import Secret
from mesh_workbench.secrets import secret as found_at
from mesh_workbench.secrets.concealment import conceal, concealed

if TYPE_CHECKING:
    import pyarrow

TELLING = 8
"""Characters from which on a secret in data is no chance."""


def secret(reference: str) -> Secret:
    """The secret behind `env:NAME`, `file:/path` (without its last line break) or `keyring:service/name`.

    It is found in this process and goes nowhere else: outputs, tracebacks and logs of this kernel show `•••` instead,
    also where it is escaped or encoded. A run's kernel gets exactly those variables of the worker that the notebook
    names as text, `"env:NAME"`. Raises InvalidInput `secret.not-a-reference`, NotFound `secret.not-found`, Unavailable
    `secret.no-keyring`.
    """
    found = found_at(reference)
    conceal(found)
    return found


def demand_no_secret(name: str, table: pyarrow.Table) -> None:
    """Raise InvalidInput `output.secret` when a secret of this kernel stands in a text column of the output `name`."""
    secrets = [one for one in concealed() if len(one) >= TELLING]
    if not secrets:
        return
    import pyarrow as pa
    import pyarrow.compute as pc

    for field, column in zip(table.schema, table.columns, strict=True):
        if not (pa.types.is_string(field.type) or pa.types.is_large_string(field.type)):
            continue
        if any(pc.any(pc.match_substring(column, one)).as_py() for one in secrets):
            raise InvalidInput(
                "output.secret",
                f"The column {field.name!r} of {name} holds a secret that mesh.secret gave to this notebook.",
                hint="What is published is read by others: leave that column out, or take the secret out of its texts.",
                details={"output": name, "column": field.name},
            )
