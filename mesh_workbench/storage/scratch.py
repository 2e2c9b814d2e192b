"""Where `mesh.output` stages in front of a person: one table an output, the last one counts.

Promotion proposes contracts from it.
"""

from __future__ import annotations

import getpass
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mesh_workbench.errors import NotFound
from mesh_workbench.model.names import check_name

if TYPE_CHECKING:
    import pyarrow

FOLDER = "scratch"


def stage(name: str, table: pyarrow.Table, root: Path | None = None) -> Path:
    """Keep `table` as the output `name`, in place of what was there. Gives its folder.

    Raises Unavailable `storage.full` and `storage.read-only`; what was there stays then.
    """
    from mesh_workbench.storage.parquet import write_staged

    place = _place(name, root)
    fresh = place.with_name(f".{name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    write_staged(table, fresh)
    place.parent.chmod(0o700)
    shutil.rmtree(place, ignore_errors=True)
    fresh.replace(place)
    return place


def staged(name: str, root: Path | None = None) -> pyarrow.Table | None:
    """The table last staged as the output `name`; None when there is none.

    `root` is the workbench's folder; found from here when None.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = sorted(_place(name, root).glob("*.parquet"), key=lambda file: int(file.stem.rpartition("-")[2]))
    return pa.concat_tables([pq.read_table(file) for file in files]) if files else None


def _place(name: str, root: Path | None) -> Path:
    from mesh_workbench.settings import find_root

    check_name(name, "output")
    user = "".join(letter if letter.isalnum() else "_" for letter in getpass.getuser())
    try:
        return (root or find_root()) / FOLDER / user / name
    except NotFound:  # without a workbench one can still try a notebook
        return Path(tempfile.gettempdir()) / f"mesh-{FOLDER}-{user}" / name
