"""What the code offers is documented, and what the documentation says exists."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
import typer

from mesh_workbench.cli import VERBS, make_app
from mesh_workbench.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted(DOCS.rglob("*.md")),
]


def load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


generate = load_generator()


def read(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(generate.pages()), ids=lambda file: file.name)
def test_a_generated_page_says_what_the_code_says(file):
    assert file.read_text(encoding="utf-8") == generate.pages()[file], "run `make docs`"


def test_every_verb_is_in_the_reference_and_takes_json():
    text = read("reference/cli.md")
    command = typer.main.get_command(make_app())
    verbs = list(generate.verbs(command, "mesh"))
    assert len({path.split()[1] for path, _ in verbs}) == len(VERBS)
    for path, verb in verbs:
        assert f"## {path}\n" in text
        assert "--json" in {option for parameter in verb.params for option in parameter.opts}, path


def test_every_setting_is_in_the_reference():
    text = read("reference/settings.md")
    for name in set(Settings.model_fields) - {"root"}:
        assert f"`{name}`" in text


def test_every_area_of_error_codes_is_explained():
    areas = {code.partition(".")[0] for code in generate.error_codes()}
    assert areas - set(generate.AREAS) == set()


def test_every_error_has_one_meaning_per_code():
    kinds: dict[str, set[str]] = {}
    for code, (kind, _) in generate.error_codes().items():
        kinds.setdefault(code, set()).add(kind)
    assert {code for code, found in kinds.items() if len(found) > 1} == set()
    assert all(re.fullmatch(r"[a-z]+(\.[a-z0-9-]+)+", code) for code in kinds)


def test_every_magic_is_in_the_reference():
    from mesh_workbench.magics.verbs import VERBS

    text = read("reference/notebook.md")
    assert [verb for verb in VERBS if f"%mesh {verb}" not in text] == []


def test_every_rule_of_contracts_is_in_the_reference():
    from mesh_workbench.contracts import rules

    text = read("reference/contracts.md")
    files = {file.stem for file in Path(str(rules.__file__)).parent.glob("*.py")} - {"__init__"}
    missing = [name for name in sorted(files) if name not in text and name.replace("_", " ") not in text]
    assert missing == []


def test_every_route_is_in_the_reference():
    from mesh_workbench.api import RESOURCES

    text = read("reference/http-api.md")
    routes = {route.path for resource in RESOURCES for route in resource.router.routes}
    assert routes
    missing = [route for route in routes if route not in text]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    broken = [
        target
        for target in targets
        if "://" not in target and not target.startswith("#") and not (page.parent / target.partition("#")[0]).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_python_example_is_python(page):
    for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
        ast.parse("\n".join(line for line in block.splitlines() if not line.lstrip().startswith("%")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_an_example_exists(page):
    command = typer.main.get_command(make_app())
    known = {path.removeprefix("mesh ") for path, _ in generate.verbs(command, "mesh")}
    groups = {name.split()[0] for name in known if " " in name}
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
        for line in re.findall(r"^mesh (.+)$", block, flags=re.MULTILINE):
            words = line.split()
            verb = " ".join(words[:2]) if words[0] in groups else words[0]
            assert verb in known, line
