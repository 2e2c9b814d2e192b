"""How a command that fails ends: for people, for programs, and for us."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import typer

from mesh_workbench import errors
from mesh_workbench.cli.boundary import run


def app_that(problem: BaseException) -> typer.Typer:
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    def fail(as_json: bool = typer.Option(False, "--json"), count: int = 1) -> None:
        raise problem

    return app


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.Broken, 1),
        (errors.InvalidInput, 2),
        (errors.NotFound, 3),
        (errors.Conflict, 4),
        (errors.Forbidden, 5),
        (errors.Unauthenticated, 5),
        (errors.Breached, 6),
        (errors.RunFailed, 6),
        (errors.Unavailable, 7),
    ],
)
def test_every_kind_of_error_has_its_exit_code(kind, code, capsys):
    assert run(app_that(kind("area.what", "It went wrong.")), []) == code


def test_an_error_is_told_with_code_place_and_hint(capsys):
    problem = errors.InvalidInput("area.what", "It is wrong.", where="cell 3", hint="Correct it.")
    run(app_that(problem), [])
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == ["error[area.what]: It is wrong.", "  at cell 3", "hint: Correct it."]


def test_with_json_an_error_is_the_problem_document_of_the_api(capsys):
    problem = errors.NotFound("area.what", "It is not there.", hint="Look elsewhere.", details={"a": 1})
    assert run(app_that(problem), ["--json"]) == 3
    assert json.loads(capsys.readouterr().err) == problem.problem()


def test_an_unexpected_error_is_our_fault_and_shows_no_traceback(capsys):
    assert run(app_that(ZeroDivisionError("division by zero")), []) == 1
    told = capsys.readouterr().err
    assert "error[internal.error]: ZeroDivisionError: division by zero" in told
    assert "--debug" in told
    assert "Traceback" not in told


def test_debug_shows_the_traceback_wherever_it_stands(capsys):
    with pytest.raises(ZeroDivisionError):
        run(app_that(ZeroDivisionError()), ["--debug"])


def test_a_wrong_option_ends_with_2_and_says_where_help_is(capsys):
    assert run(app_that(ValueError()), ["--count", "many"]) == 2
    told = capsys.readouterr().err
    assert "error[cli.usage]" in told
    assert "--help" in told


def test_what_data_says_cannot_command_the_terminal(capsys):
    run(app_that(errors.NotFound("area.what", "There is no \x1b[31mred\x07.")), [])
    assert "\x1b[31m" not in capsys.readouterr().err.replace("\x1b[1;31m", "")


def test_the_real_command_answers_with_its_version_and_is_quick_to_import():
    heavy = "duckdb polars pandas pyarrow deltalake sqlmodel sqlalchemy papermill fastapi nbformat IPython pydantic"
    script = f"import sys, mesh_workbench.cli; print([m for m in {heavy.split()!r} if m in sys.modules])"
    imported = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert imported.stdout.strip() == "[]"
    version = subprocess.run(
        [sys.executable, "-m", "mesh_workbench", "--version"], capture_output=True, text=True, check=True
    )
    assert version.stdout.strip()[0].isdigit()


def test_a_reader_that_leaves_early_is_no_error():
    command = f"{sys.executable} -m mesh_workbench --help | head -c 1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
