"""A report as JUnit XML, which every CI shows: a suite for each port, a case for each promise.

JUnit knows no warning: a promise that warned, like one that was not evaluated, is a skipped case with the reason.
Cases are named by the ids of promises, so that a CI can compare them over time.
"""

from __future__ import annotations

from xml.etree import ElementTree

from mesh_workbench.contracts.render.wording import compact, plain, spoken, told
from mesh_workbench.model.check import CheckReport, Outcome, PortReport, PromiseResult

_TAGS = {
    Outcome.FAILED: "failure",
    Outcome.ERROR: "error",
    Outcome.WARNED: "skipped",
    Outcome.NOT_EVALUATED: "skipped",
}


def render(report: CheckReport) -> str:
    """The XML document. What XML cannot hold is shown as a replacement character."""
    root = ElementTree.Element("testsuites", _counts(report.results, report.duration_ms))
    root.set("name", plain(report.product or "contract"))
    for port in report.ports:
        suite = ElementTree.SubElement(root, "testsuite", _counts(port.results, _took(port)))
        suite.set("name", _named(report, port))
        suite.set("timestamp", report.made.strftime("%Y-%m-%dT%H:%M:%S"))
        for result in port.results:
            _case(suite, _named(report, port), result)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _case(suite: ElementTree.Element, name: str, result: PromiseResult) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        {"classname": name, "name": plain(result.promise.id), "time": f"{result.duration_ms / 1000:.3f}"},
    )
    tag = _TAGS.get(result.outcome)
    if tag is None:
        return
    message = f"{spoken(result.outcome)}: {plain(result.promise.words)}. {told(result)}"
    found = ElementTree.SubElement(case, tag, {"message": message})
    if tag != "skipped":
        found.set("type", plain(result.promise.kind))
    found.text = "\n".join(compact(row) for row in result.sample) or None


def _counts(results: list[PromiseResult], duration_ms: float) -> dict[str, str]:
    tags = [_TAGS.get(result.outcome) for result in results]
    return {
        "tests": str(len(results)),
        "failures": str(tags.count("failure")),
        "errors": str(tags.count("error")),
        "skipped": str(tags.count("skipped")),
        "time": f"{duration_ms / 1000:.3f}",
    }


def _took(port: PortReport) -> float:
    return sum(result.duration_ms for result in port.results)


def _named(report: CheckReport, port: PortReport) -> str:
    return plain(f"{report.product}.{port.port}" if report.product else port.port)
