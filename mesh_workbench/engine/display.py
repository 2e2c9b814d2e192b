"""A few rows for people, as text and as HTML: types under the names, numbers to the right, nulls marked.

Everything that comes from data, names included, is escaped. Colours come from JupyterLab's variables, with readable
defaults elsewhere.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import JsonValue

    from mesh_workbench.model.query import Provenance

NULL = "null"
_CUT = 80
_TEXT_CUT = 32


@dataclass(frozen=True)
class Shown:
    """What is shown of a result. `total` is None when there are more rows than were looked at."""

    columns: Sequence[str]
    types: Sequence[str]
    rows: Sequence[Sequence[JsonValue]]
    total: int | None
    provenance: Provenance | None = None
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def count_words(self) -> str:
        shown = len(self.rows)
        if self.total is None:
            return f"first {shown:,} rows, there are more"
        if shown < self.total:
            return f"first {shown:,} of {self.total:,} rows"
        return _counted(shown)


def _counted(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"


def origin_words(provenance: Provenance) -> str:
    """The moment and the releases, in one line."""
    sources = [f"{source.name} release {source.release} ({source.version})" for source in provenance.sources]
    sources += [f"your frame {frame.name} ({_counted(frame.rows)})" for frame in provenance.frames]
    moment = f"{provenance.moment:%Y-%m-%d %H:%M:%S} UTC"
    return f"read at {moment}: {', '.join(sources)}" if sources else f"computed at {moment}"


def as_text(shown: Shown) -> str:
    """The rows as a table of plain text."""
    numeric = [_is_number(kind) for kind in shown.types]
    body = [[_text_cell(value) for value in row] for row in shown.rows]
    head = [[_safe(_cut(name, _TEXT_CUT)) for name in shown.columns]]
    if any(shown.types):
        head.append([_cut(kind.lower(), _TEXT_CUT) for kind in shown.types])
    widths = [max(_width(row[index]) for row in [*head, *body]) for index in range(len(shown.columns))]
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
    numeric = [_is_number(kind) for kind in shown.types]
    head = "".join(
        f'<th scope="col" class="{"n" if number else "t"}">{_escaped(_cut(name, _CUT))}'
        + (f'<div class="k">{_escaped(_cut(kind.lower(), _CUT))}</div></th>' if kind else "</th>")
        for name, kind, number in zip(shown.columns, shown.types, numeric, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(_cell(value, number) for value, number in zip(row, numeric, strict=True)) + "</tr>"
        for row in shown.rows
    )
    warnings = "".join(f'<p class="w" role="note">⚠ {_escaped(warning)}</p>' for warning in _warnings(shown))
    footer = _escaped(" · ".join(_footer(shown)))
    return (
        f'<div class="mesh-result">{STYLE}{warnings}<div class="s"><table><thead><tr>{head}</tr></thead>'
        f'<tbody>{body}</tbody></table></div><p class="o">{footer}</p></div>'
    )


STYLE = """<style>
.mesh-result{color:var(--jp-ui-font-color1,inherit);font-size:var(--jp-ui-font-size1,13px)}
.mesh-result .f td{white-space:pre-wrap}
.mesh-result .s{overflow-x:auto}
.mesh-result table{border-collapse:collapse;margin:4px 0}
.mesh-result th,.mesh-result td{padding:2px 10px;text-align:left;white-space:pre;border:0}
.mesh-result thead th{border-bottom:1px solid var(--jp-border-color1,#bdbdbd);vertical-align:bottom}
.mesh-result .n{text-align:right;font-variant-numeric:tabular-nums}
.mesh-result .k,.mesh-result .o,.mesh-result .z{color:var(--jp-ui-font-color2,#616161);font-weight:normal}
.mesh-result .k{font-size:var(--jp-ui-font-size0,11px)}
.mesh-result .z{font-style:italic}
.mesh-result .o,.mesh-result .w{margin:4px 0;font-size:var(--jp-ui-font-size0,11px)}
.mesh-result .w{color:var(--jp-warn-color0,#b93315);font-size:inherit}
</style>"""


def _warnings(shown: Shown) -> list[str]:
    return [*(shown.provenance.warnings if shown.provenance else ()), *shown.notes]


def facts_html(title: str, facts: Sequence[tuple[str, str]]) -> str:
    """A heading and a list of facts."""
    rows = "".join(f"<tr><th scope='row'>{_escaped(name)}</th><td>{_escaped(text)}</td></tr>" for name, text in facts)
    return f'<div class="mesh-result">{STYLE}<strong>{_escaped(title)}</strong><table class="f">{rows}</table></div>'


def codes_html(title: str, parts: Sequence[tuple[str, str, str]]) -> str:
    """A heading and pieces of code, each with a title and a note."""
    shown = "".join(
        f"<p><strong>{_escaped(what)}</strong></p><pre>{html.escape(code, quote=True)}</pre><p>{_escaped(note)}</p>"
        for what, code, note in parts
    )
    return f'<div class="mesh-result">{STYLE}<strong>{_escaped(title)}</strong>{shown}</div>'


def facts_text(title: str, facts: Sequence[tuple[str, str]]) -> str:
    """The same as plain text."""
    width = max((len(name) for name, _ in facts), default=0)
    return "\n".join([_safe(title), *(f"  {name.ljust(width)}  {_safe(text)}" for name, text in facts)])


def _footer(shown: Shown) -> list[str]:
    return [shown.count_words, *([origin_words(shown.provenance)] if shown.provenance else [])]


def _cell(value: JsonValue, number: bool) -> str:
    if value is None:
        return f'<td class="z{" n" if number else ""}">{NULL}</td>'
    text = _words(value)
    title = f' title="{_escaped(text[:2000])}"' if len(text) > _CUT else ""
    return f'<td class="{"n" if number else "t"}"{title}>{_escaped(_cut(text, _CUT))}</td>'


def _text_cell(value: JsonValue) -> str:
    return NULL if value is None else _safe(_cut(_words(value), _TEXT_CUT))


def _words(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
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
