"""How quickly a search is answered among 1,000 products, through the HTTP application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure, percentile

WORDS = ("flights", "dep_delay", "tailnum", "weather", "plane number 7", "carrier", "domain_07", "airp", "nothing here")
ROUNDS = 60
TARGET_MS = 200.0


def figures(folder: Path) -> Iterator[Figure]:
    taken = asyncio.run(_search(folder))
    slow = percentile(taken, 0.95)
    yield Figure(
        "Search among 1,000 products, 95th percentile", f"within {TARGET_MS:.0f} ms", f"{slow:.0f} ms", slow < TARGET_MS
    )


async def _search(folder: Path) -> list[float]:
    import httpx

    from mesh_workbench.api.app import create_app
    from mesh_workbench.api.prefix import PREFIX
    from mesh_workbench.workbench import open_workbench

    bench = open_workbench(folder)
    taken = []
    transport = httpx.ASGITransport(app=create_app(lambda _request: bench))
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
        for number in range(ROUNDS):
            began = time.perf_counter()
            answer = await client.get(f"{PREFIX}/search", params={"text": WORDS[number % len(WORDS)]})
            taken.append((time.perf_counter() - began) * 1000)
            answer.raise_for_status()
    bench.close()
    return taken
