"""An executed notebook as one HTML page for people who only read: code hidden, the parameters on top.

nbconvert draws the cells; then everything that came from the notebook goes through nh3's list of harmless elements, so
that the page runs nothing and loads nothing wherever it is opened.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from html import escape
from typing import Any

from mesh_workbench.errors import InvalidInput, Unavailable

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What a browser may do with the page: nothing from outside, no script."""
_MOST = 32 * 1024 * 1024
"""Characters of a notebook that is still drawn."""
_SVG = "image/svg+xml"
_CLASSES = frozenset({"class"})
_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
header { border-bottom: 1px solid #8886; margin-bottom: 1.5rem; padding-bottom: .5rem; }
header h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
header dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 0 .75rem; }
header dt { opacity: .7; } header dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: .9em; display: block; overflow-x: auto; }
th, td { border: 1px solid #8884; padding: .2rem .5rem; text-align: right; }
pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; } img { max-width: 100%; }
.input_area, .output_stderr { background: #8881; padding: .25rem .75rem; border-radius: 4px; }
.output_error pre { border-left: 3px solid #b3261e; padding-left: .75rem; }
.anchor-link, .prompt { display: none; }
"""


def page(text: str, *, title: str, facts: Sequence[tuple[str, str]], code: bool = False) -> str:
    """The notebook document `text` as a page under `title`, with `facts` (what, value) before it; `code` shows cells.

    Raises InvalidInput `notebook.too-large` and `notebook.not-a-notebook`; Unavailable `notebook.no-pages` where
    the libraries that draw it are not installed.
    """
    if len(text) > _MOST:
        raise InvalidInput(
            "notebook.too-large",
            f"The notebook has {len(text) // 1_000_000} MB, too much for one page.",
            hint="Open the notebook itself, and let it show less.",
        )
    listed = "".join(f"<dt>{escape(what)}</dt><dd>{escape(value)}</dd>" for what, value in facts if value)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<header><h1>{escape(title)}</h1><dl>{listed}</dl></header>\n"
        f"{_harmless(_drawn(text, code))}\n</body>\n</html>\n"
    )


def _drawn(text: str, code: bool) -> str:
    try:
        import nbformat
        from nbconvert import HTMLExporter
    except ImportError as error:
        raise _no_pages() from error
    try:
        document: Any = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    except (ValueError, nbformat.ValidationError) as error:
        raise InvalidInput(
            "notebook.not-a-notebook", f"This is not a notebook: {error}.", hint="Give the document of a notebook."
        ) from error
    for cell in document.cells:
        for output in cell.get("outputs", []):
            _picture_instead_of_svg(output.get("data", {}))
    exporter = HTMLExporter(template_name="basic", exclude_input=not code)  # type: ignore[no-untyped-call]
    body: str = exporter.from_notebook_node(document)[0]
    return body


def _picture_instead_of_svg(data: Any) -> None:
    """A drawing is shown as a picture: in one, scripts never run."""
    if _SVG in data:
        drawing = data.pop(_SVG)
        source = base64.b64encode("".join(drawing).encode()).decode()
        data["text/html"] = f'<img alt="" src="data:{_SVG};base64,{source}">'


def _harmless(html: str) -> str:
    try:
        import nh3
    except ImportError as error:
        raise _no_pages() from error
    attributes = {name: set(known) | _CLASSES for name, known in nh3.ALLOWED_ATTRIBUTES.items()}
    for name in ("div", "span", "pre", "code"):
        attributes[name] = {*attributes.get(name, set()), "class"}
    return nh3.clean(
        html,
        attributes=attributes,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "data"},
    )


def _kept(element: str, attribute: str, value: str) -> str | None:
    """Data in a link could be another page in disguise; in a picture it is a picture, and from outside comes none."""
    data = value.strip().lower().startswith("data:")
    if attribute == "src" and element == "img":
        return value if data else None
    return None if data else value


def parameters_of(values: dict[str, Any]) -> list[tuple[str, str]]:
    """The values of a run's parameters as facts."""
    return [(name, json.dumps(value, ensure_ascii=False)) for name, value in values.items()]


def _no_pages() -> Unavailable:
    return Unavailable(
        "notebook.no-pages",
        "What draws notebooks as pages is not installed here.",
        hint='Install it: pip install "mesh-workbench[lab]"',
    )
