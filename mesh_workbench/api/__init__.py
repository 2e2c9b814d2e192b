"""The HTTP API: a FastAPI application over any `Workbench`. One file a resource, one line below to add one."""

from __future__ import annotations

from mesh_workbench.api import (
    audit,
    backfills,
    bundles,
    changes,
    contracts,
    domains,
    events,
    grants,
    notices,
    products,
    promotions,
    query,
    releases,
    reports,
    reviews,
    runs,
    samples,
    schedules,
    search,
    status,
    subscriptions,
    versions,
)

RESOURCES = (
    status,
    domains,
    products,
    versions,
    bundles,
    contracts,
    releases,
    samples,
    schedules,
    backfills,
    runs,
    reports,
    events,
    query,
    search,
    promotions,
    reviews,
    changes,
    grants,
    notices,
    subscriptions,
    audit,
)
"""Modules with a `router`, in the order of the reference."""
