"""A few rows for people, as text, HTML and Markdown: types under the names, numbers to the right, nulls marked.

Everything that comes from data, names included, is escaped. Colours come from JupyterLab's variables, with readable
defaults elsewhere. However wide and long a result is, what is shown of it is bounded.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mesh_workbench.model.connection import Snippet
    from mesh_workbench.model.query import Provenance

NULL = "null"
_CUT = 80
_TEXT_CUT = 32
_LIST_CUTS = (100, 80, 60, 45, _TEXT_CUT)
"""Lists say sentences: as much of them as a line holds."""
_TITLE_CUT = 500
_LINE = 40
"""What is longer wraps in a list."""
_COLUMNS = 40
_WIDTH = 180
"""Columns of a table, and characters of a line of text, that are shown."""
_CHARACTERS = 200_000
"""Characters of all rows together."""


@dataclass(frozen=True)
class Shown:
    """What is shown of a result. `total` is None when there are more rows than were looked at."""

    columns: Sequence[str]
    types: Sequence[str]
    rows: Sequence[Sequence[JsonValue]]
    total: int | None
    provenance: Provenance | None = None
    notes: Sequence[str] = field(default_factory=tuple)
    left_out: int = 0
    """Columns that are not shown."""
    unit: str = "row"
    """What one row is, in one word that takes an s."""
    facts: Sequence[str] = ()
    """What else is said below."""
    of_data: bool = True
    """Whether the rows are data, of which types are said, and not a list that we made."""

    @property
    def count_words(self) -> str:
        shown = len(self.rows)
        if self.total is None:
            return f"first {shown:,} {self.unit}s, there are more"
        if shown < self.total:
            return f"first {shown:,} of {self.total:,} {self.unit}s"
        return counted(shown, self.unit)


def counted(number: int, unit: str = "row") -> str:
    """`3 rows`, and `1 row`."""
    return f"1 {unit}" if number == 1 else f"{number:,} {unit}s"


def origin_words(provenance: Provenance) -> str:
    """The moment, the releases and why they may be read, in one line."""
    sources = [
        f"{source.name} release {source.release} ({source.version}){f', slot {source.slot}' if source.slot else ''}"
        for source in provenance.sources
    ]
    sources += [f"your frame {frame.name} ({counted(frame.rows)})" for frame in provenance.frames]
    moment = f"{provenance.moment:%Y-%m-%d %H:%M:%S} UTC"
    because = " and ".join(dict.fromkeys(source.access for source in provenance.sources if source.access))
    allowed = f"; allowed, as {because}" if because else ""
    return f"read at {moment}: {', '.join(sources)}{allowed}" if sources else f"computed at {moment}"


def as_text(shown: Shown) -> str:
    """The rows as a table of plain text."""
    shown = _fitting(shown)
    numeric = [_is_number(kind) for kind in shown.types]
    head = [[_safe(_cut(name, _TEXT_CUT)) for name in shown.columns]]
    if any(kinds := _kinds(shown)):
        head.append([_cut(kind.lower(), _TEXT_CUT) for kind in kinds])
    for cut in (_TEXT_CUT,) if shown.of_data else _LIST_CUTS:
        body = [[_text_cell(value, cut) for value in row] for row in shown.rows]
        widths = [max(_width(row[index]) for row in [*head, *body]) for index in range(len(shown.columns))]
        if sum(widths) + 2 * len(widths) <= _WIDTH:
            break
    most = next((n for n in range(1, len(widths)) if sum(widths[: n + 1]) + 2 * n > _WIDTH), len(widths))
    if most < len(widths):
        return as_text(_narrow(shown, most))
    lines = [f"warning: {_safe(warning)}" for warning in _warnings(shown)]
    for place, row in enumerate([*head, *body]):
        cells = [_padded(cell, width, right) for cell, width, right in zip(row, widths, numeric, strict=True)]
        lines.append("  ".join(cells).rstrip())
        if place == len(head) - 1:
            lines.append("  ".join("─" * width for width in widths))
    lines.append(_safe(" · ".join(_footer(shown))))
    return "\n".join(lines)


def as_html(shown: Shown) -> str:
    """The rows as an HTML table that needs nothing else."""
    shown = _fitting(shown)
    numeric = [_is_number(kind) for kind in shown.types]
    cut, kind = _cut_of(shown), "d" if shown.of_data else "l"
    head = "".join(
        f'<th scope="col" class="{"n" if number else "t"}">{_escaped(_cut(name, _CUT))}'
        + (f'<div class="k">{_escaped(_cut(kind.lower(), _CUT))}</div></th>' if kind else "</th>")
        for name, kind, number in zip(shown.columns, _kinds(shown), numeric, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(_cell(value, number, cut) for value, number in zip(row, numeric, strict=True)) + "</tr>"
        for row in shown.rows
    )
    footer = _escaped(" · ".join(_footer(shown)))
    return (
        f'<div class="mesh-result">{STYLE}{_warned(_warnings(shown))}<div class="s"><table class="{kind}"><thead>'
        f'<tr>{head}</tr></thead><tbody>{body}</tbody></table></div><p class="o">{footer}</p></div>'
    )


def as_markdown(shown: Shown) -> str:
    """The rows as a table of Markdown."""
    shown = _fitting(shown)
    numeric = [_is_number(kind) for kind in shown.types]
    kinds = [f"<br>*{_marked(_cut(kind.lower(), _CUT))}*" if kind else "" for kind in _kinds(shown)]
    head = [_marked(_cut(name, _CUT)) + kind for name, kind in zip(shown.columns, kinds, strict=True)]
    rule = ["---:" if number else "---" for number in numeric]
    body = [
        [f"*{NULL}*" if value is None else _marked(_cut(_words(value), _cut_of(shown))) for value in row]
        for row in shown.rows
    ]
    lines = [f"**Warning:** {_marked(warning)}\n" for warning in _warnings(shown)]
    lines += [f"| {' | '.join(cells)} |" for cells in [head, rule, *body]]
    return "\n".join([*lines, "", _marked(" · ".join(_footer(shown)))])


# NOTE: the name is doubled to count for more than the rules for tables that JupyterLab has.
STYLE = """<style>
.mesh-result{color:var(--jp-ui-font-color1,inherit);font-size:var(--jp-ui-font-size1,13px)}
.mesh-result .s{overflow-x:auto}
.mesh-result table{border-collapse:collapse;margin:4px 0}
.mesh-result.mesh-result table th,
.mesh-result.mesh-result table td{padding:2px 10px;text-align:left;white-space:pre;border:0}
.mesh-result.mesh-result table.f td{white-space:pre-wrap}
.mesh-result.mesh-result table.l td{vertical-align:top}
.mesh-result.mesh-result table.l td.m{white-space:pre-wrap;min-width:22em}
.mesh-result thead th{border-bottom:1px solid var(--jp-border-color1,#bdbdbd);vertical-align:bottom}
.mesh-result.mesh-result table .n{text-align:right;font-variant-numeric:tabular-nums}
.mesh-result .k,.mesh-result .o,.mesh-result .z{color:var(--jp-ui-font-color2,#616161);font-weight:normal}
.mesh-result .k{font-size:var(--jp-ui-font-size0,11px)}
.mesh-result .z{font-style:italic}
.mesh-result .o,.mesh-result .w{margin:4px 0;font-size:var(--jp-ui-font-size0,11px)}
.mesh-result .w{color:var(--jp-warn-color0,#b93315);font-size:inherit}
</style>"""


def _warned(warnings: Sequence[str]) -> str:
    return "".join(f'<p class="w" role="note">⚠ {_escaped(warning)}</p>' for warning in warnings)


def _cut_of(shown: Shown) -> int:
    """How long a cell may be where lines can wrap."""
    return _CUT if shown.of_data else _TITLE_CUT


def _kinds(shown: Shown) -> Sequence[str]:
    """The types that are said."""
    return shown.types if shown.of_data else [""] * len(shown.types)


def _warnings(shown: Shown) -> list[str]:
    return [*(shown.provenance.warnings if shown.provenance else ()), *shown.notes]


def facts_html(title: str, facts: Sequence[tuple[str, str]]) -> str:
    """A heading and a list of facts."""
    rows = "".join(f"<tr><th scope='row'>{_escaped(name)}</th><td>{_escaped(text)}</td></tr>" for name, text in facts)
    return f'<div class="mesh-result">{STYLE}<strong>{_escaped(title)}</strong><table class="f">{rows}</table></div>'


def codes_html(title: str, snippets: Sequence[Snippet], warnings: Sequence[str]) -> str:
    """A heading and pieces of code, each with what it needs and what to know about it."""
    shown = "".join(
        f"<p><strong>{_escaped(_needs(one))}</strong></p><pre>{html.escape(one.code, quote=True)}</pre>"
        f"<p>{_escaped(one.note)}</p>"
        for one in snippets
    )
    return f'<div class="mesh-result">{STYLE}{_warned(warnings)}<strong>{_escaped(title)}</strong>{shown}</div>'


def codes_text(title: str, snippets: Sequence[Snippet], warnings: Sequence[str]) -> str:
    """The same as plain text: all but the code are comments."""
    parts = [f"# {_needs(one)}\n{one.code}{f'# {one.note}' if one.note else ''}".rstrip() for one in snippets]
    heads = [f"# {_safe(line)}" for line in (*(f"warning: {warning}" for warning in warnings), title)]
    return "\n\n".join(["\n".join(heads), *parts])


def codes_markdown(title: str, snippets: Sequence[Snippet], warnings: Sequence[str]) -> str:
    """The same as Markdown."""
    parts = [
        f"{_marked(_needs(one))}\n\n~~~~{one.language}\n{one.code}~~~~\n\n{_marked(one.note)}".rstrip()
        for one in snippets
    ]
    heads = [f"**Warning:** {_marked(warning)}" for warning in warnings]
    return "\n\n".join([*heads, f"**{_marked(title)}**", *parts])


def _needs(snippet: Snippet) -> str:
    return f"{snippet.tool}, needs {snippet.needs}" if snippet.needs else snippet.tool


def facts_text(title: str, facts: Sequence[tuple[str, str]]) -> str:
    """The same as plain text."""
    width = max((len(name) for name, _ in facts), default=0)
    return "\n".join([_safe(title), *(f"  {name.ljust(width)}  {_safe(text)}" for name, text in facts)])


def facts_markdown(title: str, facts: Sequence[tuple[str, str]]) -> str:
    """The same as Markdown."""
    return "\n".join([f"**{_marked(title)}**\n", *(f"- {_marked(name)}: {_marked(text)}" for name, text in facts)])


def _footer(shown: Shown) -> list[str]:
    columns = "1 column is" if shown.left_out == 1 else f"{shown.left_out:,} columns are"
    left_out = [f"{columns} not shown"] if shown.left_out else []
    return [shown.count_words, *left_out, *shown.facts, *([origin_words(shown.provenance)] if shown.provenance else [])]


def _fitting(shown: Shown) -> Shown:
    """As many of its columns and rows as are shown."""
    shown = _narrow(shown, _COLUMNS)
    total = 0
    for index, row in enumerate(shown.rows):
        total += sum(min(len(_words(value)), _CUT + _TITLE_CUT) for value in row)
        if index and total > _CHARACTERS:
            return replace(shown, rows=shown.rows[:index])
    return shown


def _narrow(shown: Shown, columns: int) -> Shown:
    more = len(shown.columns) - columns
    if more <= 0:
        return shown
    return replace(
        shown,
        columns=shown.columns[:columns],
        types=shown.types[:columns],
        rows=[row[:columns] for row in shown.rows],
        left_out=shown.left_out + more,
    )


def _cell(value: JsonValue, number: bool, cut: int) -> str:
    if value is None:
        return f'<td class="z{" n" if number else ""}">{NULL}</td>'
    text = _words(value)
    kind = "n" if number else "t" if len(text) <= _LINE else "t m"
    title = f' title="{_escaped(_cut(text, _TITLE_CUT))}"' if len(text) > cut else ""
    return f'<td class="{kind}"{title}>{_escaped(_cut(text, cut))}</td>'


def _text_cell(value: JsonValue, cut: int) -> str:
    return NULL if value is None else _safe(_cut(_words(value), cut))


def _words(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.lower() == NULL:
        return f'"{value}"'  # a text, and no null
    if isinstance(value, (dict, list)):
        import json

        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _cut(text: str, length: int) -> str:
    """Long texts are cut in the middle, where they differ least."""
    if len(text) <= length:
        return text
    half = (length - 1) // 2
    return f"{text[: length - 1 - half]}…{text[-half:]}"


def _safe(text: str) -> str:
    """No control characters: a terminal would obey them."""
    return "".join(
        " " if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") else character for character in text
    )


def _marked(text: str) -> str:
    """`text` for Markdown: nothing in it is a mark."""
    plain = html.escape(_safe(text), quote=False)
    return "".join(f"\\{character}" if character in "\\`*_[]|#~$" else character for character in plain)


def _escaped(text: str) -> str:
    return html.escape(_safe(text) if "\n" not in text else text, quote=True)


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    marks = sum(unicodedata.combining(character) > 0 for character in text)
    return len(text) + wide - marks


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _is_number(kind: str) -> bool:
    return kind.partition("(")[0].upper().lstrip("U") in {
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL",
    }  # fmt: skip
