"""Settings choose the implementations; a name that nobody brings is refused with the nearest one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mesh_workbench.errors import InvalidInput
from mesh_workbench.settings import FILE, load
from mesh_workbench.workbench import open_workbench
from mesh_workbench.workbench.implementations import executor_of


def test_an_unknown_executor_or_storage_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('executor = "locall"\n')
    with pytest.raises(InvalidInput) as refused:
        executor_of(load(tmp_path))
    assert refused.value.code == "settings.unknown-executor"
    assert "local" in refused.value.hint
    (tmp_path / FILE).write_text('storage = "s4://bucket"\n')
    with pytest.raises(InvalidInput) as refused:
        open_workbench(tmp_path)
    assert refused.value.code == "settings.unknown-storage"


def test_a_folder_may_be_written_as_a_url(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f'storage = "file://{tmp_path}/elsewhere"\n')
    bench = open_workbench(tmp_path)
    assert bench.context.storage.root == tmp_path / "elsewhere"
    bench.close()
