"""What the form of a product knows and answers: its parameters, what is wrong with a value, the run that it began."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mesh_workbench.errors import InvalidInput, MeshError
from mesh_workbench.model.run import RunRequest
from mesh_workbench.notebooks.presets import with_preset
from mesh_workbench.notebooks.values import validate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from mesh_workbench.model.notebook import ParameterSpec
    from mesh_workbench.model.run import Run
    from mesh_workbench.workbench.protocol import Workbench

_MOST_CHARACTERS = 100_000


class FormState:
    """The newest version of a product, and the run that was asked for here, kept in Python for every view."""

    def __init__(self, bench: Workbench, product: str) -> None:
        self._bench = bench
        self.version = bench.versions.get(product)
        self.run_id: str | None = None

    def answer(self, message: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """The answer to a message of a view: `start`, `check`, `run`, `watch` or `cancel`. An error is one too."""
        try:
            found = self._answer(message)
        except MeshError as error:
            found = {"error": {"code": error.code, "message": error.message, "hint": error.hint, "where": error.where}}
        return {**{name: message.get(name) for name in ("id", "kind", "view")}, **found}

    def problems(self, typed: Mapping[str, str], preset: str | None) -> dict[str, JsonValue]:
        """What is wrong with each field, in the words of who refuses it; empty when a run can begin."""
        given = with_preset(self.version.presets, preset, self._values(typed))
        found: dict[str, JsonValue] = {}
        for spec in self.version.parameters:
            try:
                validate([spec], {spec.name: given[spec.name]} if spec.name in given else {})
            except InvalidInput as wrong:
                found[spec.name] = f"{wrong.message} {wrong.hint}".strip()
        return found

    def request(self, typed: Mapping[str, str], preset: str | None) -> Run:
        """Ask for the run of what was filled in. Raises what `runs.request` raises."""
        asked = RunRequest(product=self.version.product, parameters=self._values(typed), preset=preset)
        run = self._bench.runs.request(asked)
        self.run_id = run.id
        return run

    def run(self) -> Run | None:
        """The run that was asked for here, as it stands now."""
        return self._bench.runs.get(self.run_id) if self.run_id else None

    def _answer(self, message: dict[str, JsonValue]) -> dict[str, JsonValue]:
        kind = message.get("kind")
        if kind == "start":
            return {**self._form(), **_said(self.run())}
        if kind in ("check", "run"):
            typed, preset = _filled_in(message.get("value"))
            problems = self.problems(typed, preset)
            if kind == "check" or problems:
                return {"problems": problems}
            return {"problems": problems, **_said(self.request(typed, preset))}
        if kind == "watch":
            return _said(self.run())
        if kind == "cancel" and self.run_id:
            return _said(self._bench.runs.cancel(self.run_id))
        raise _unknown()

    def _values(self, typed: Mapping[str, str]) -> dict[str, JsonValue]:
        """What was typed, by name; fields left empty say nothing. Text is as good as a value of any type but `any`."""
        specs = {spec.name: spec for spec in self.version.parameters}
        return {
            name: _guessed(text) if name in specs and specs[name].type == "any" else text
            for name, text in typed.items()
            if text != ""
        }

    def _form(self) -> dict[str, JsonValue]:
        return {
            "product": self.version.product,
            "version": self.version.version,
            "fields": [_field(spec) for spec in self.version.parameters],
            "presets": [{"name": preset.name, "values": _shown(preset.values)} for preset in self.version.presets],
        }


def _field(spec: ParameterSpec) -> dict[str, JsonValue]:
    choices = [True, False] if spec.type == "boolean" else spec.choices
    return {
        "name": spec.name,
        "type": spec.type,
        "help": spec.help,
        "default": "" if spec.required else _text(spec.default),
        "required": spec.required,
        "choices": None if choices is None else [_text(choice) for choice in choices],
        "minimum": spec.minimum,
        "maximum": spec.maximum,
    }


def _shown(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _guessed(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return text
    return value


def _filled_in(value: JsonValue) -> tuple[dict[str, str], str | None]:
    """The texts of the fields and the preset of a message. Raises InvalidInput `panel.unknown-message`."""
    if not isinstance(value, dict):
        raise _unknown()
    fields, preset = value.get("fields"), value.get("preset")
    if not isinstance(fields, dict) or len(json.dumps(fields)) > _MOST_CHARACTERS:
        raise _unknown()
    typed = {name: text for name, text in fields.items() if isinstance(text, str)}
    return typed, preset if isinstance(preset, str) and preset else None


def _unknown() -> InvalidInput:
    return InvalidInput("panel.unknown-message", "The panel does not know what it was asked.", hint="Reload the page.")


def _said(run: Run | None) -> dict[str, JsonValue]:
    """A run as the view shows it; nothing without one."""
    if run is None:
        return {}
    failure, progress = run.failure if run.state.final else None, run.progress
    return {
        "run": {
            "id": run.id,
            "state": run.state.value,
            "final": run.state.final,
            "cell": progress.cell,
            "cells": progress.cells,
            "line": progress.line or progress.message,
            "waits": run.waiting.reason if run.waiting else "",
            "release": run.release,
            "rows": sum(run.rows.values()),
            "failure": failure.message if failure else "",
            "hint": failure.hint if failure else "",
        }
    }
