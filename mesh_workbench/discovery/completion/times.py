"""Versions and releases of a product, the newest first."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.discovery.completion.names import KnownProduct
from mesh_workbench.model.check import Verdict
from mesh_workbench.model.completion import Completion, Mark, Said
from mesh_workbench.registry import Registry

_SHOWN = 50


def versions(registry: Registry, known: KnownProduct, typed: str) -> Iterator[Completion]:
    """Major versions, each followed by the versions that it had."""
    product = known.product
    found = registry.versions.list(product.id, limit=_SHOWN).items
    newest = int((product.version or "0").partition(".")[0])
    majors: dict[int, str] = {}
    for one in found:
        majors.setdefault(one.major, one.version)
    listed = [(str(major), major, Said(code="newest", values=[version])) for major, version in majors.items()]
    listed += [(one.version, one.major, Said(code="promoted", values=[one.promoted.isoformat()])) for one in found]
    for text, major, told in listed:
        if text.startswith(typed):
            old = product.old_major(str(major))
            until = old.until.isoformat() if old and old.until else ""
            superseded = [Mark(code="superseded", values=[product.version or "", until])] if major < newest else []
            yield Completion(text=text, kind="version", facts=[told], of=product.full_name, marks=superseded)


def releases(registry: Registry, known: KnownProduct, typed: str) -> Iterator[Completion]:
    """Numbers of releases, with when they were published and how they kept their promises."""
    product = known.product
    for release in registry.releases.list(product.id, limit=_SHOWN).items:
        if str(release.number).startswith(typed):
            kept = release.verdict is Verdict.KEPT
            facts = [
                Said(code="published", values=[release.published.isoformat()]),
                Said(code="rows", values=[sum(port.rows for port in release.ports[:1])]),
                *([Said(code="slot", values=[release.slot])] if release.slot else []),
            ]
            yield Completion(
                text=str(release.number),
                kind="release",
                type=release.version,
                facts=facts,
                of=product.full_name,
                marks=[
                    Mark(
                        code="kept" if kept else "kept_partly",
                        level="good" if kept else "caution",
                        values=[release.checked, release.promises],
                    )
                ],
            )
