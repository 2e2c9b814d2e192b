"""`mesh doctor` tells what takes room."""

from __future__ import annotations

import json
from pathlib import Path


def test_the_doctor_tells_it_and_warns_before_there_is_no_room(bench_folder: Path, mesh) -> None:
    said = mesh("doctor", "--json")
    assert said.code == 0
    [disk] = [finding for finding in said.json["items"] if finding["check"] == "disk"]
    assert {"tables", "run folders", "staging", "quarantine", "logs", "scratch", "registry"} == {
        use["kind"] for use in disk["disk"]
    }
    (bench_folder / "storage").mkdir(exist_ok=True)
    (bench_folder / "mesh.toml").write_text("low_disk_gib = 1000000\n")
    said = mesh("doctor", "--json")
    assert said.code == 7
    [storage] = [finding for finding in json.loads(said.out)["items"] if finding["check"] == "storage"]
    assert "free" in storage["detail"]
    assert "mesh tidy" in storage["hint"]
