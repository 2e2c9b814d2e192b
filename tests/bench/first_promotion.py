"""How far it is in JupyterLab from a notebook with two mistakes to an active product with a schedule."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure
from tests.lab.browser import chromium
from tests.lab.conftest import jupyterlab, opened
from tests.lab.first_promotion import promote_with_two_mistakes

MOST_CLICKS, MOST_S = 8, 180.0


def figures(root: Path) -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory() as home,
        jupyterlab(root, Path(home)) as lab,
        chromium() as browser,
        opened(browser, lab.url) as page,
    ):
        taken = promote_with_two_mistakes(page, root, "insights")
    yield Figure(
        "From an open notebook with two mistakes to an active product with a schedule, in JupyterLab",
        f"at most {MOST_CLICKS} clicks, under 3 minutes",
        f"{taken.clicks} clicks, {taken.seconds:.0f} s without a person's thinking",
        taken.clicks <= MOST_CLICKS and taken.seconds < MOST_S,
    )
