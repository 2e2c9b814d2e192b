"""What becomes of a product besides promoting and publishing: deprecated, reinstated, retired.

Each is one transaction: status, audit record, the schedule, and what consumers are told.
"""

from __future__ import annotations

import logging
from datetime import datetime

from pydantic import JsonValue

from mesh_workbench.discovery.catalog import READERS_WINDOW
from mesh_workbench.errors import Conflict, InvalidInput, MeshError, NotFound
from mesh_workbench.lifecycle.announce import tell_consumers
from mesh_workbench.model.access import Action
from mesh_workbench.model.base import as_utc
from mesh_workbench.model.product import Product, ProductStatus
from mesh_workbench.model.sunset import Sunset
from mesh_workbench.model.transitions import TRANSITIONS, after, demand_possible, possible
from mesh_workbench.scheduling.start import drop
from mesh_workbench.workbench.context import Context

_log = logging.getLogger(__name__)


def offered(context: Context, product: Product) -> list[str]:
    """What the acting identity can do with a product in its present status."""
    return [
        verb for verb in possible(product.status) if context.decide(TRANSITIONS[verb].action, product=product).allowed
    ]


def deprecate(context: Context, name: str, *, reason: str, until: datetime | None, successor: str | None) -> None:
    """Advise against a product: consumers are told, and nobody reads it after `until`. Again, it changes the date.

    Raises Conflict `product.wrong-status`, InvalidInput `sunset.over`, `sunset.successor`.
    """
    product = _product(context, name, "deprecate")
    moment = context.registry.now()
    end = _to_come(until, moment) if until else None
    sunset = Sunset(
        reason=reason,
        until=end,
        successor=_successor(context, product, successor),
        since=moment,
        by=context.identity.name,
    )
    with context.registry.transaction():
        _become(
            context,
            product,
            "deprecate",
            sunset,
            reason=reason,
            until=end.isoformat() if end else None,
            successor=sunset.successor,
        )
        tell_consumers(context.registry, context.settings, product, f"It is deprecated: {sunset.words}")


def move_sunset(context: Context, name: str, major: int, *, reason: str, until: datetime) -> None:
    """Let an older major version be read until another date than was said when the newer one came; consumers are told.

    Raises NotFound `version.no-old-major`, Conflict `sunset.over`, InvalidInput `sunset.over`.
    """
    registry = context.registry
    product = context.product(name, TRANSITIONS["deprecate"].action)
    moment = registry.now()
    old = next((one for one in product.majors if one.major == major), None)
    if old is None:
        known = ", ".join(str(one.major) for one in product.majors)
        raise NotFound(
            "version.no-old-major",
            f"{product.full_name} has no older major version {major} beside {product.version or 'none'}.",
            hint=f"There is {known}." if known else "Without a major version, the whole product is deprecated.",
        )
    if old.over(moment):
        raise Conflict(
            "sunset.over",
            f"{product.full_name}@{major} is past its date: consumers were refused already.",
            hint=f"They read version {product.version} now; `mesh product rollback` brings an earlier one back.",
        )
    moved = old.model_copy(
        update={"until": _to_come(until, moment), "reason": reason, "since": moment, "by": context.identity.name}
    )
    with registry.transaction():
        majors = [moved if one.major == major else one for one in product.majors]
        registry.products.update(product.model_copy(update={"majors": majors}), expected_revision=product.revision)
        context.audit(
            TRANSITIONS["deprecate"].audit,
            product.full_name,
            major=major,
            reason=reason,
            until=moved.until.isoformat() if moved.until else None,
            before=old.until.isoformat() if old.until else None,
        )
        text = f"Until when version {major} of it can be read has changed: {moved.words}"
        tell_consumers(registry, context.settings, product, text)


def _to_come(until: datetime, moment: datetime) -> datetime:
    end = as_utc(until)
    if end <= moment:
        raise InvalidInput(
            "sunset.over",
            f"{end:%Y-%m-%d %H:%M} UTC is over already.",
            hint="Name a date to come, or retire the product.",
        )
    return end


def reinstate(context: Context, name: str, *, reason: str) -> None:
    """Take back that a product is deprecated. Raises Conflict `product.wrong-status`, `sunset.over`."""
    product = _product(context, name, "reinstate")
    if product.ended(context.registry.now()):
        raise Conflict(
            "sunset.over",
            f"{name} is past its date: consumers were refused already.",
            hint="Promote its notebook anew once it is retired, or deprecate it with a later date.",
        )
    with context.registry.transaction():
        _become(context, product, "reinstate", None, reason=reason)
        tell_consumers(context.registry, context.settings, product, f"It is no longer deprecated: {reason}")


def retire(context: Context, name: str, *, reason: str, force: bool) -> None:
    """End a product: it is not read and does not run any more.

    Raises Conflict `product.wrong-status`, and `product.has-consumers` while other products read it, unless an owner
    forces it.
    """
    product = _product(context, name, "retire")
    consumers = context.registry.versions.consumers_of(product.full_name)
    if consumers and not force:
        raise Conflict(
            "product.has-consumers",
            f"{name} cannot be retired while products read it: {', '.join(consumers)}.",
            hint="Deprecate it with a date first. Its owner can retire it all the same, by force and with a reason.",
            details={"consumers": list(consumers), "people": list(_people(context, product))},
        )
    if consumers:
        context.demand(Action.OVERRIDE, product=product)
    sunset = product.sunset or Sunset(reason=reason, since=context.registry.now(), by=context.identity.name)
    forced: dict[str, JsonValue] = {"forced": True, "consumers": list(consumers)} if consumers else {}
    with context.registry.transaction():
        _end(context, product, sunset.model_copy(update={"reason": reason}), reason=reason, **forced)


def end_sunsets(context: Context) -> int:
    """Retire what is past its date, as workers do; how many products that were.

    Reading is refused by the clock, whether anybody does this or not.
    """
    registry, ended = context.registry, 0
    for product in registry.products.of_status(ProductStatus.DEPRECATED):
        if product.sunset is None or not product.ended(registry.now()):
            continue
        try:
            with registry.transaction():
                held = registry.products.hold(product.id)
                if held is not None and held.sunset is not None and held.ended(registry.now()):
                    _end(context, held, held.sunset, reason="Its date has come.", decided_by=held.sunset.by)
                    ended += 1
        except MeshError as fault:
            _log.warning("%s is retired next time: %s", product.full_name, fault)
    return ended


def _end(context: Context, product: Product, sunset: Sunset, **detail: JsonValue) -> None:
    registry = context.registry
    _become(context, product, "retire", sunset, **detail)
    schedule = registry.schedules.held(product.id)
    if schedule is not None:
        drop(registry, schedule.id, "The product is retired.", by=context.identity.name, now=registry.now())
        registry.schedules.remove(product.id)
    for run in registry.runs.list(product.id, limit=100).items:
        if not run.state.final:
            registry.runs.cancel_request(run.id)
    words = sunset.model_copy(update={"until": None}).words
    tell_consumers(registry, context.settings, product, f"It is retired and can no longer be read: {words}")


def _product(context: Context, name: str, verb: str) -> Product:
    product = context.product(name, TRANSITIONS[verb].action)
    demand_possible(product, verb)
    return product


def _become(context: Context, product: Product, verb: str, sunset: Sunset | None, **detail: JsonValue) -> None:
    changed = product.model_copy(update={"sunset": sunset, **after(product, verb)})
    context.registry.products.update(changed, expected_revision=product.revision)
    context.audit(
        TRANSITIONS[verb].audit, product.full_name, **{key: value for key, value in detail.items() if value is not None}
    )


def _successor(context: Context, product: Product, name: str | None) -> str | None:
    if not name:
        return None
    successor = context.product(name)
    if successor.id == product.id or successor.ended(context.registry.now()):
        raise InvalidInput(
            "sunset.successor",
            f"{name} cannot be read instead of {product.full_name}.",
            hint="Name another product that can be read.",
        )
    return successor.full_name


def _people(context: Context, product: Product) -> list[str]:
    return [*context.registry.reads.people(product.id, context.registry.now() - READERS_WINDOW)]
