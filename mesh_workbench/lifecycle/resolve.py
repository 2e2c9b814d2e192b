"""From names and times to exact releases: one consistent moment, access decided, warnings in words."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mesh_workbench.engine.of_slot import of_slot, slots_of
from mesh_workbench.engine.place import Place, pointing
from mesh_workbench.engine.provenance import provenance_of
from mesh_workbench.errors import Conflict, Forbidden, InvalidInput, MeshError, NotFound, did_you_mean
from mesh_workbench.lifecycle.removed import release_removed
from mesh_workbench.lifecycle.warn import trouble_words, troubles, warnings_of
from mesh_workbench.model.access import AccessDecision
from mesh_workbench.model.asked_slot import AskedSlot
from mesh_workbench.model.base import now
from mesh_workbench.model.major import OldMajor
from mesh_workbench.model.names import PortName
from mesh_workbench.model.product import Health, Port, Product
from mesh_workbench.model.query import Provenance, ResolvedPort
from mesh_workbench.model.release import Release, ReleasePort
from mesh_workbench.registry.resolution import FilesWanted, ReleaseWanted

if TYPE_CHECKING:
    from mesh_workbench.registry import Registry
    from mesh_workbench.storage.base import Storage

_AHEAD = timedelta(minutes=1)
"""By how much the clock of who asks may be ahead of the registry's."""

Allowed = Callable[[Sequence[Product]], Mapping[str, AccessDecision]]
"""Whether the reader may read each of some products, by id: decided by who calls, asked once a statement."""


@dataclass(frozen=True)
class Wanted:
    """A name to resolve, at a time: the newest release, that of `moment`, or release number `release`.

    `text` is the name as written; `name` is None when it has no domain. `place` is where it stands in a statement, and
    `timed` whether that says the time. Of the release only what is about `slot` is read; all when it is None.
    """

    text: str
    name: PortName | None
    moment: datetime | None = None
    release: int | None = None
    place: Place | None = None
    timed: bool = False
    slot: AskedSlot | None = None

    @classmethod
    def parse(
        cls, text: str, *, release: int | None = None, place: Place | None = None, slot: AskedSlot | None = None
    ) -> Wanted:
        """The name in `text`. Raises InvalidInput `name.not-a-port`, `name.invalid`, `name.reserved`."""
        return cls(text, PortName.parse(text), release=release, place=place, slot=slot)


@dataclass(frozen=True)
class Resolved:
    """The releases behind names, in their order, and the one moment at which they were looked up."""

    moment: datetime
    ports: tuple[ResolvedPort, ...]
    decisions: tuple[AccessDecision, ...] = ()

    @property
    def provenance(self) -> Provenance:
        """What an answer from these ports was made from."""
        return provenance_of(self.ports, self.moment)


def resolve(
    registry: Registry,
    storage: Storage,
    wanted: Sequence[Wanted],
    *,
    allowed: Allowed,
    as_of: datetime | None = None,
) -> Resolved:
    """The release of each of `wanted`; those without a time of their own at `as_of`, else now.

    The number of registry statements does not depend on the number of names, and all see one snapshot.
    Raises NotFound `query.unknown-product`, `query.unknown-port`, `query.no-release`, `query.no-such-release`,
    `query.no-such-version`, `release.removed`; InvalidInput `query.future-moment`; Forbidden `query.forbidden`;
    Conflict `query.product-ended`, `query.version-ended`; and what `of_slot` raises. Each points at the name and offers
    the nearest that exists.
    """
    if not wanted:
        return Resolved(as_of or now(), ())
    with registry.snapshot():
        names = [str(want.name.product_name) for want in wanted if want.name]
        present, products, troubled = registry.resolution.products(names)
        for want in wanted:
            if want.name is None or str(want.name.product_name) not in products:
                raise _unknown_product(registry, want)
        owners = [products[str(want.name.product_name)] for want in wanted if want.name]
        decisions = allowed([*{product.id: product for product in products.values()}.values()])
        for want, product in zip(wanted, owners, strict=True):
            if not decisions[product.id].allowed:
                raise _forbidden(want, product, decisions[product.id])
            if product.ended(present):
                raise _ended(want, product)
            old = product.old_major(want.name.version if want.name else None)
            if old is not None and old.over(present):
                raise _version_ended(want, product, old)
        moments = [want.moment or as_of for want in wanted]
        for want, moment in zip(wanted, moments, strict=True):
            if moment is not None and moment > present + _AHEAD:
                raise _future(want, moment)
        asked = [_asked(want, product, moment) for want, product, moment in zip(wanted, owners, moments, strict=True)]
        releases = registry.resolution.releases(asked)
        found = []
        for want, product, release, moment in zip(wanted, owners, releases, moments, strict=True):
            if release is None:
                raise _no_release(registry, want, product, moment)
            if release.removed is not None:
                raise release_removed(registry, release, moment=moment, place=want.place)
            found.append(release)
        ports = _ports(registry, wanted, owners, found)
        bases = _bases(registry, storage, owners, found, ports)
        # How a product is now matters to those who read what is current, and is looked at where something is amiss.
        current = {one.product_id for ask, one in zip(asked, found, strict=True) if _is_current(ask)}
        health = troubles(registry, current & troubled)
    resolved = tuple(
        of_slot(
            base.model_copy(
                update={
                    "name": want.text,
                    "product": product.full_name,
                    "access": decisions[product.id].reason,
                    "timed": want.timed,
                    "warnings": _warnings(want, product, release, health.get(product.id) if _is_current(ask) else None),
                }
            ),
            want.slot,
            want.place,
        )
        for want, product, release, base, ask in zip(wanted, owners, found, bases, asked, strict=True)
    )
    return Resolved(as_of or present, resolved, tuple(decisions.values()))


def _future(want: Wanted, moment: datetime) -> MeshError:
    return pointing(
        InvalidInput,
        "query.future-moment",
        f"{moment:%Y-%m-%d %H:%M:%S} UTC has not come yet, so nobody knows what {want.text} is then.",
        want.place,
        hint="Leave the time out to read what is current.",
    )


def _asked(want: Wanted, product: Product, moment: datetime | None) -> ReleaseWanted:
    version = want.name.version if want.name else None
    return ReleaseWanted(
        product_id=product.id,
        moment=moment if want.release is None else None,
        number=want.release,
        major=int(version.partition(".")[0]) if version else None,
        version=version if version and "." in version else None,
    )


def _is_current(asked: ReleaseWanted) -> bool:
    return (asked.moment, asked.number, asked.major) == (None, None, None)


def _warnings(want: Wanted, product: Product, release: Release, health: Health | None) -> list[str]:
    read_as = str(want.name.product_name) if want.name else product.full_name
    found = warnings_of(read_as, want.name.version if want.name else None, product, release)
    return found if health is None else [*found, trouble_words(product, health)]


def _ports(
    registry: Registry, wanted: Sequence[Wanted], owners: Sequence[Product], releases: Sequence[Release]
) -> list[ReleasePort]:
    """The port that each name means: the one it names, else the product's first."""
    several = [release.product_id for release in releases if len(release.ports) != 1]
    positions = registry.products.ports_of(several) if several else {}
    found = []
    for want, product, release in zip(wanted, owners, releases, strict=True):
        name = want.name.port if want.name and want.name.port else _first(release, positions.get(product.id, []))
        port = next((port for port in release.ports if port.port == name), None)
        if port is None:
            raise pointing(
                NotFound,
                "query.unknown-port",
                f"{product.full_name} has no port {name!r} in release {release.number}.",
                want.place,
                hint=did_you_mean(name, [port.port for port in release.ports]),
            )
        found.append(port)
    return found


def _first(release: Release, ports: Sequence[Port]) -> str:
    released = {port.port for port in release.ports}
    ordered = [port.name for port in ports if port.name in released] or [port.port for port in release.ports]
    return ordered[0] if ordered else ""


_KEPT = 1024
_known: weakref.WeakKeyDictionary[Registry, OrderedDict[FilesWanted, ResolvedPort]] = weakref.WeakKeyDictionary()
"""What was resolved before. A release never changes, so its files are looked up once."""


def _bases(
    registry: Registry,
    storage: Storage,
    owners: Sequence[Product],
    releases: Sequence[Release],
    ports: Sequence[ReleasePort],
) -> list[ResolvedPort]:
    known = _known.setdefault(registry, OrderedDict())
    keys = [
        FilesWanted(port.port_id, port.major, release.number) for port, release in zip(ports, releases, strict=True)
    ]
    missing = {
        key: (product, release, port)
        for key, product, release, port in zip(keys, owners, releases, ports, strict=True)
        if key not in known
    }
    made = {}
    for key, files in registry.resolution.files(list(missing)).items():
        product, release, port = missing[key]
        table = storage.table_folder(key.port_id, key.major)
        made[key] = known[key] = ResolvedPort(
            name=product.full_name,
            product=product.full_name,
            product_id=product.id,
            port=port.port,
            release=release.number,
            version=release.version,
            published=release.published,
            rows=port.rows,
            bytes=port.bytes,
            table=str(table),
            delta_version=port.delta_version,
            files=[str(table / file.path) for file in files],
            slots=slots_of(files),
            arrow_schema=port.arrow_schema,
        )
    bases = [made.get(key) or known[key] for key in keys]
    while len(known) > _KEPT:
        known.popitem(last=False)
    return bases


def _unknown_product(registry: Registry, want: Wanted) -> MeshError:
    names = registry.products.names()
    if want.name is None:
        same = [name for name in names if name.endswith(f".{want.text.lower()}")]
        hint = f"Did you mean {same[0]}?" if same else "Write DOMAIN.PRODUCT."
        return pointing(NotFound, "query.unknown-product", f'"{want.text}" names no product.', want.place, hint=hint)
    wrong = str(want.name.product_name)
    return pointing(
        NotFound, "query.unknown-product", f"There is no product {wrong}.", want.place, hint=did_you_mean(wrong, names)
    )


def _ended(want: Wanted, product: Product) -> MeshError:
    sunset = product.sunset
    date = f" since {sunset.until:%Y-%m-%d %H:%M} UTC" if sunset and sunset.until else ""
    instead = f"Read {sunset.successor} instead." if sunset and sunset.successor else f"Ask {product.owner}, its owner."
    return pointing(
        Conflict,
        "query.product-ended",
        f"{product.full_name} can no longer be read{date}{f': {sunset.reason}' if sunset else ': it is retired.'}",
        want.place,
        hint=instead,
    )


def _version_ended(want: Wanted, product: Product, old: OldMajor) -> MeshError:
    name, newest = product.full_name, product.version or ""
    return pointing(
        Conflict,
        "query.version-ended",
        f"{name}@{old.major} can no longer be read since {old.until:%Y-%m-%d %H:%M} UTC: {old.reason}",
        want.place,
        hint=f"Read {name}@{newest.partition('.')[0]}; `mesh product diff {name}` tells what differs. A product that "
        "reads it is promoted again.",
    )


def _forbidden(want: Wanted, product: Product, decision: AccessDecision) -> MeshError:
    return pointing(
        Forbidden,
        "query.forbidden",
        f"{decision.identity} may not read {product.full_name}: {decision.reason}.",
        want.place,
        hint=f"Ask {product.owner}, who owns it, for access.",
    )


def _no_release(registry: Registry, want: Wanted, product: Product, moment: datetime | None) -> MeshError:
    name = product.full_name
    newest = registry.releases.latest(product.id)
    if newest is None:
        run = registry.runs.latest_for([product.id]).get(product.id)
        why = f"; its last run {run.state.value}" if run is not None else "; it never ran"
        because = f": {run.failure.message}" if run is not None and run.failure else ""
        return pointing(
            NotFound,
            "query.no-release",
            f"{name} has not published anything yet{why}{because}.",
            want.place,
            hint=f"Run it: mesh run {name} --wait" if run is None or run.state.final else "Wait for the run.",
        )
    if want.release is not None:
        return pointing(
            NotFound,
            "query.no-such-release",
            f"{name} has no release {want.release}.",
            want.place,
            hint=f"The newest is {newest.number}.",
        )
    if want.name and want.name.version:
        majors = {product.version or newest.version, newest.version}
        when = " at that time" if moment else ""
        return pointing(
            NotFound,
            "query.no-such-version",
            f"Version {want.name.version} of {name} has not published anything{when}.",
            want.place,
            hint=f"There is {' and '.join(sorted(majors))}.",
        )
    first = registry.releases.get(product.id, 1)
    hint = f"Its first release came {first.published:%Y-%m-%d %H:%M:%S} UTC." if first else ""
    return pointing(
        NotFound,
        "query.no-such-release",
        f"{name} had not published anything at {moment:%Y-%m-%d %H:%M:%S} UTC." if moment else f"{name} has nothing.",
        want.place,
        hint=hint,
    )
