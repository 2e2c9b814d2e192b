"""One wheel carries everything, and works where there is neither this repository nor Node."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.wheel, pytest.mark.slow, pytest.mark.timeout(600)]

README = Path(__file__).resolve().parents[2] / "README.md"


def tour() -> str:
    """The commands of the five-minute tour, as the README shows them."""
    blocks = re.findall(r"<!-- tour -->\n```sh\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(blocks) >= 4
    return "\n".join(blocks)


def test_the_wheel_carries_both_packages_the_front_end_the_server_configuration_and_the_templates(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    data = next(name.split("/")[0] for name in names if ".data/" in name) + "/data"
    assert {name.split("/")[0] for name in names if "-" not in name.split("/")[0]} == {
        "mesh_workbench",
        "mesh_workbench_server",
    }
    for wanted in (
        "mesh_workbench/py.typed",
        "mesh_workbench/governance/roles.cedar",
        "mesh_workbench/registry/migrations/versions/0001_initial.py",
        "mesh_workbench_server/py.typed",
        f"{data}/etc/jupyter/jupyter_server_config.d/mesh_workbench_server.json",
        f"{data}/share/jupyter/labextensions/mesh-workbench/package.json",
        f"{data}/share/jupyter/labextensions/mesh-workbench/install.json",
        f"{data}/share/jupyter/labextensions/mesh-workbench/static/style.js",
        f"{data}/share/jupyter/mesh_workbench/templates/source_aligned/flights.ipynb",
        f"{data}/share/jupyter/mesh_workbench/templates/source_aligned/flights.odcs.yaml",
        f"{data}/share/jupyter/mesh_workbench/templates/consumer_aligned/weather_impact.ipynb",
    ):
        assert wanted in names
    strays = [name for name in names if re.search(r"(^|/)(tests|node_modules|\.yarn|src)/|\.tsbuildinfo$", name)]
    assert strays == []


def test_the_tour_of_the_readme_works_in_a_clean_environment_without_node(clean, tmp_path):
    assert clean.run("command -v node", cwd=tmp_path).returncode != 0
    where = clean.run("python -c 'import mesh_workbench; print(mesh_workbench.__file__)'", cwd=tmp_path).stdout
    assert where.startswith(str(clean.folder))
    walked = clean.run(tour(), cwd=tmp_path)
    assert walked.returncode == 0, walked.stdout
    told = walked.stdout
    for wanted in ("336,776 rows", "50,094", "7,602", "refused", "Frontier Airlines Inc.", "insights.my_delays"):
        assert wanted in told, told
    assert "is well." in told


def test_both_extensions_are_enabled_by_installing(clean, tmp_path):
    server = clean.run("jupyter server extension list", cwd=tmp_path).stdout
    assert re.search(r"mesh_workbench_server.*enabled", server), server
    assert "X is mesh_workbench_server" not in server
    assert re.search(r"mesh_workbench_server \S* ?.*OK", server), server
    lab = clean.run("jupyter labextension list", cwd=tmp_path).stdout
    assert re.search(r"mesh-workbench v\S+ .*enabled.*OK", lab), lab
