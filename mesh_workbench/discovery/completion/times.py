"""Versions and releases of a product, the newest first."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_workbench.discovery.completion.names import KnownProduct
from mesh_workbench.model.check import Verdict
from mesh_workbench.model.completion import Completion, Mark
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
    listed = [(str(major), major, f"newest: {version}") for major, version in majors.items()]
    listed += [(one.version, one.major, f"promoted {one.promoted:%Y-%m-%d}") for one in found]
    for text, major, told in listed:
        if text.startswith(typed):
            old = product.old_major(str(major))
            until = f"It can be read until {old.until:%Y-%m-%d %H:%M} UTC." if old and old.until else ""
            reason = f"The newest version is {product.version}. {until}".strip()
            superseded = [Mark(word="superseded", reason=reason)] if major < newest else []
            yield Completion(text=text, kind="version", description=told, of=product.full_name, marks=superseded)


def releases(registry: Registry, known: KnownProduct, typed: str) -> Iterator[Completion]:
    """Numbers of releases, with when they were published and how they kept their promises."""
    product = known.product
    for release in registry.releases.list(product.id, limit=_SHOWN).items:
        if str(release.number).startswith(typed):
            kept = release.verdict is Verdict.KEPT
            word = f"{release.checked} of {release.promises} checked"
            rows = sum(port.rows for port in release.ports[:1])
            slot = f", slot {release.slot}" if release.slot else ""
            yield Completion(
                text=str(release.number),
                kind="release",
                type=release.version,
                description=f"published {release.published:%Y-%m-%d %H:%M} UTC, {rows:,} rows{slot}",
                of=product.full_name,
                marks=[Mark(word="kept", level="good", reason=word) if kept else Mark(word="kept partly", reason=word)],
            )
