"""A report as one HTML page: it loads nothing, runs nothing, and everything from data is escaped."""

from __future__ import annotations

from html import escape

from mesh_workbench.contracts.render.wording import ORDER, compact, headline, plain, spoken, told
from mesh_workbench.model.check import CheckReport, PortReport, PromiseResult

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #8884; }
td { overflow-wrap: anywhere; } code { font-size: .85em; }
.failed, .error { color: light-dark(#b3261e, #ff8a80); font-weight: 600; }
.warned { color: light-dark(#8a5300, #ffc46b); font-weight: 600; }
.not_evaluated { color: light-dark(#555, #bbb); } .passed { color: light-dark(#1b6e2e, #7ddc95); }
"""
_NOTHING_FROM_OUTSIDE = "default-src 'none'; style-src 'unsafe-inline'"


def render(report: CheckReport) -> str:
    """The page: the verdict, then a table for each port, what was not kept on top."""
    title = _text(report.product or ", ".join(port.port for port in report.ports) or "contract")
    made = report.made.strftime("%Y-%m-%d %H:%M:%S UTC")
    verdict = _text(report.verdict.value.replace("_", " "))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_NOTHING_FROM_OUTSIDE}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}: {verdict}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}: {verdict}</h1>\n"
        f"<p>{_text(headline(report))} Checked {made}.</p>\n"
        f"{''.join(_port(port) for port in report.ports)}</body>\n</html>\n"
    )


def _port(port: PortReport) -> str:
    rows = "".join(_row(result) for outcome in ORDER for result in port.results if result.outcome is outcome)
    return (
        f"<h2>{_text(port.port)}</h2>\n<p>{port.rows:,} rows, {port.staged_rows:,} of them new.</p>\n"
        f'<table>\n<thead><tr><th scope="col">Outcome</th><th scope="col">Promise</th>'
        f'<th scope="col">What was seen</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n'
    )


def _row(result: PromiseResult) -> str:
    listed = "".join(f"<li><code>{escape(compact(row))}</code></li>" for row in result.sample)
    sample = f"<details><summary>{len(result.sample)} failing rows</summary><ul>{listed}</ul></details>"
    return (
        f'<tr><td class="{result.outcome.value}">{spoken(result.outcome)}</td>'
        f"<td>{_text(result.promise.words)}<br><code>{_text(result.promise.id)}</code></td>"
        f"<td>{escape(told(result))}{sample if listed else ''}</td></tr>\n"
    )


def _text(value: object) -> str:
    return escape(plain(value))
