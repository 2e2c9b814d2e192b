"""The parameters of a notebook, typed without running it, from its cell tagged `parameters`."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mesh_workbench.model.fix import Fix, RemoveCell, SetTags
from mesh_workbench.model.notebook import Finding, ParameterSpec
from mesh_workbench.notebooks.annotations import Annotated, read_annotation, type_of_value
from mesh_workbench.notebooks.defaults import NOT_LITERAL, as_json, read_value
from mesh_workbench.notebooks.findings import error, info, warning
from mesh_workbench.notebooks.references import Reference, is_reference
from mesh_workbench.notebooks.sources import Source
from mesh_workbench.notebooks.values import validate

if TYPE_CHECKING:
    from mesh_workbench.notebooks.document import Notebook

__all__ = ["names_of", "parameters_cell", "parameters_of", "validate"]

TAG, INJECTED = "parameters", "injected-parameters"
_COMMENT = re.compile(r"\s*#\s*parameters\s*:?\s*(?:\n|$)", re.IGNORECASE)


def parameters_cell(notebook: Notebook) -> tuple[int | None, list[Finding]]:
    """Index of the code cell that holds the parameters, and what to say about that choice.

    It is the first one tagged `parameters`, else the first one that begins with the comment `# parameters`.
    """
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    tagged = [index for index, cell in code if TAG in cell.tags]
    findings = [_left_over(index) for index, cell in code if INJECTED in cell.tags]
    if len(tagged) > 1:
        second = warning(
            "several-parameters-cells",
            f"{len(tagged)} cells are tagged {TAG}; the first one counts.",
            hint="Move the parameters into one cell.",
            cell=tagged[1],
        )
        return tagged[0], [*findings, second]
    if tagged:
        return tagged[0], findings
    for index, cell in code:
        if INJECTED not in cell.tags and _COMMENT.match(cell.source):
            said = info(
                "parameters-comment",
                "The parameters were found by their comment.",
                hint=f"Tag the cell {TAG}, so that every tool knows it.",
                cell=index,
                fix=tag_fix(index, cell.tags),
            )
            return index, [*findings, said]
    return None, findings


def tag_fix(cell: int, tags: list[str]) -> Fix:
    """Adds the tag `parameters` to the tags of a cell."""
    return Fix(label="Tag this cell", edits=[SetTags(cell=cell, tags=[*tags, TAG])])


def _left_over(cell: int) -> Finding:
    return warning(
        INJECTED,
        "The cell was injected by an earlier run, and its values override the defaults.",
        hint="Remove the cell.",
        cell=cell,
        fix=Fix(label="Remove this cell", edits=[RemoveCell(cell=cell)]),
    )


def parameters_of(source: Source) -> tuple[list[ParameterSpec], list[Finding]]:
    """The parameters that the cell assigns, in its order, and what is doubtful about them."""
    comments = _comments(source.code)
    specs: dict[str, ParameterSpec] = {}
    findings: list[Finding] = []
    for name, annotation, value, statement in _assignments(source.tree):
        if not name.isascii():
            findings.append(_not_ascii(name, source.cell, statement.lineno))
            continue
        said = read_annotation(annotation) if annotation is not None else Annotated()
        default = read_value(value) if value is not None else None
        if default is NOT_LITERAL:
            findings.append(_computed(name, value, set(specs), source.cell, statement.lineno))
            default = None
        kind = said.type if said.type != "any" or said.choices else type_of_value(default)
        if kind == "secret" and default is not None and not isinstance(default, Reference):
            findings.append(_no_secret(name, default, source.cell, statement.lineno))
            default = None
        specs[name] = ParameterSpec(
            name=name,
            type=kind,
            default=as_json(default),
            required=value is None,
            choices=_references(said.choices, default) if kind == "secret" else said.choices,
            minimum=said.minimum,
            maximum=said.maximum,
            help=comments.get(statement.end_lineno or statement.lineno, ""),
            nullable=said.nullable or (isinstance(value, ast.Constant) and value.value is None),
        )
    return list(specs.values()), findings


def _references(named: list[object] | None, default: object) -> list[JsonValue]:
    """Where the secret may be: what the author names. Who runs the notebook chooses among these, and gives no other."""
    return [str(one) for one in dict.fromkeys([*([] if default is None else [default]), *(named or [])])]


def _no_secret(name: str, default: object, cell: int, line: int) -> Finding:
    """The default is not repeated: it may be a secret."""
    known = isinstance(default, str) and is_reference(default)
    return error(
        "secret-default",
        f"{name} is a secret, and its default is {'only the text of a reference' if known else 'written down'}.",
        hint=f'Write mesh.secret("{default}").' if known else 'Write where it is: mesh.secret("env:NAME").',
        cell=cell,
        line=line,
    )


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr | None, ast.expr | None, ast.stmt]]:
    """Name, annotation, value, statement of each assignment to a plain, public name at the top of the cell."""
    for statement in tree.body:
        pairs: list[tuple[ast.expr, ast.expr | None, ast.expr | None]] = []
        match statement:
            case ast.AnnAssign(target=target, annotation=annotation, value=value):
                pairs = [(target, annotation, value)]
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(names) == len(values):
                pairs = [(one, None, its) for one, its in zip(names, values, strict=True)]
            case ast.Assign(targets=targets, value=value):
                pairs = [(target, None, value) for target in targets]
        for name, said, given in pairs:
            if isinstance(name, ast.Name) and not name.id.startswith("_"):
                yield name.id, said, given, statement


def _not_ascii(name: str, cell: int, line: int) -> Finding:
    return info(
        "not-a-parameter-name",
        f"{name} is no parameter: a command line or an address must be able to name it.",
        hint="Write its name in the letters a to z.",
        cell=cell,
        line=line,
    )


def _computed(name: str, value: ast.expr | None, before: set[str], cell: int, line: int) -> Finding:
    used = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)} & before if value is not None else set()
    if used:
        return warning(
            "derived-parameter",
            f"{name} is computed from {', '.join(sorted(used))}; a value given for a run comes after this cell, "
            f"so {name} would keep its old value.",
            hint=f"Compute {name} in the next cell.",
            cell=cell,
            line=line,
        )
    return info(
        "computed-default",
        f"The default of {name} is computed, so it is known only when the notebook runs.",
        hint="Write it as a literal to see it in forms.",
        cell=cell,
        line=line,
    )


def _comments(code: str) -> dict[int, str]:
    """Line to the comment that ends it. Comments on lines of their own say nothing about one parameter."""
    found: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip():
                found[token.start[0]] = token.string.lstrip("#").strip()
    except (tokenize.TokenError, SyntaxError):
        return found
    return found


def names_of(specs: Sequence[ParameterSpec]) -> frozenset[str]:
    """The names of the parameters."""
    return frozenset(spec.name for spec in specs)
