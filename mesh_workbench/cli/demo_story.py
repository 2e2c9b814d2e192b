"""The demo, told as it happens: one line a product, a refusal, a question, a table, what to try next."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mesh_workbench.cli import demo_landing, show
from mesh_workbench.cli.demo_crew import Work, ask_for, wait_for
from mesh_workbench.cli.demo_mesh import DOMAINS, INSIGHTS, PRODUCTS, SOURCES, ZONE, DemoProduct
from mesh_workbench.cli.waiting import failure_of
from mesh_workbench.errors import Broken
from mesh_workbench.notebooks import templates

if TYPE_CHECKING:
    from pydantic import JsonValue
    from rich.progress import Progress

    from mesh_workbench.model.check import CheckReport
    from mesh_workbench.model.run import Run
    from mesh_workbench.workbench.protocol import Workbench

DECEMBER = "2013-12-15"
WIDTH = 26


@dataclass
class Story:
    """Builds the flights mesh in the workbench `bench` and tells what happens, unless `quiet`."""

    bench: Workbench
    root: Path
    quiet: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    refused: dict[str, object] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    def is_told(self) -> bool:
        """Whether every product of the demo has been published already."""
        known = {product.full_name: product for product in self.bench.products.list(limit=1000).items}
        return all(product.name in known and known[product.name].release for product in PRODUCTS)

    def prepare(self) -> None:
        """Deliver the sources' files, name the domains, promote the template notebooks."""
        self.say("Data that its owners stand behind: the flights that left New York in 2013.", style="bold")
        self.say()
        flights = demo_landing.deliver(self.landing)
        self.line("landing", f"the sources delivered {flights:,} flights and four registers")
        shutil.copytree(templates.folder(), self.root / "notebooks", dirs_exist_ok=True)
        known = {domain.name for domain in self.bench.domains.list(limit=1000).items}
        for name, title, about in DOMAINS:
            if name not in known:
                self._add_domain(name, title, about)
        self.line("domains", ", ".join(name for name, _, _ in DOMAINS))
        for product in PRODUCTS:
            self._promote(product)
        self.line("promoted", f"{len(PRODUCTS)} notebooks, each with its contract")

    def run(self) -> None:
        """Run what reads the landing folder, then what reads the products made of it."""
        with self._bar(sum(len(product.slots) or 1 for product in PRODUCTS)) as tick:
            for group in (SOURCES, INSIGHTS):
                wait_for(self.bench, [ask_for(self.bench, product, self._given(product)) for product in group], tick)

    def refuse(self) -> None:
        """Run December again from a broken delivery: the contract refuses it and nothing changes for readers."""
        from mesh_workbench.cli.given import moment
        from mesh_workbench.model.run import RunRequest

        flights = next(product for product in PRODUCTS if product.slots)
        before = self.bench.releases.get(flights.name).number
        self.say()
        self.say("December is delivered again, and this time the export is broken.", style="bold")
        run = self.bench.runs.request(
            RunRequest(
                product=flights.name,
                parameters={"landing": str(self.landing / demo_landing.BROKEN)},
                slot=moment(DECEMBER, "slot"),
            )
        )
        works = [Work(flights, {run.id})]
        wait_for(self.bench, works, lambda _work, _run: None)
        final = works[0].over[0]
        after = self.bench.releases.get(flights.name).number
        if final.failure is None or final.failure.failure_class != "contract" or after != before:
            raise Broken("demo.not-refused", "The broken delivery was not refused.", details={"run": run.id})
        report = self.bench.contracts.report(final.report_id) if final.report_id else None
        self._tell_refusal(final, report, before)

    def ask(self) -> None:
        """Put a question to the mesh."""
        from mesh_workbench.model.query import QueryRequest

        question = (
            "SELECT condition, sum(flights)::BIGINT AS flights, round(100 * sum(late) / sum(flights), 1) AS late_pct\n"
            "FROM insights.weather_impact GROUP BY condition ORDER BY late_pct DESC"
        )
        page = self.bench.query.rows(QueryRequest(statement=question, limit=10))
        if self.quiet:
            return
        self.say()
        self.say("What does the weather do to departures?", style="bold")
        self.say(question, style="dim")
        rows = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in page.rows]
        show.table(page.columns, rows, right=page.columns[1:])

    def summary(self) -> list[dict[str, object]]:
        """Products, versions, rows, promises, releases and time."""
        lines: list[dict[str, object]] = []
        for product in PRODUCTS:
            release = self.bench.releases.get(product.name)
            results = self.bench.contracts.report(release.report_id).results
            kept = sum(result.outcome.value == "passed" for result in results)
            warned = sum(result.outcome.value == "warned" for result in results)
            lines.append(
                {
                    "product": product.name,
                    "version": release.version,
                    "rows": release.ports[0].rows,
                    "promises": len(results),
                    "kept": kept,
                    "warned": warned,
                    "releases": release.number,
                    "seconds": round(self.seconds.get(product.name, 0.0), 1),
                }
            )
        return lines

    def say(self, text: str = "", *, style: str = "") -> None:
        if not self.quiet:
            show.say(text, style=style)

    def line(self, what: str, text: str) -> None:
        self.say(f"  {what.ljust(WIDTH)}{text}")

    def _add_domain(self, name: str, title: str, about: str) -> None:
        from mesh_workbench.model.domain import DomainDraft

        self.bench.domains.add(DomainDraft(name=name, title=title, description=about))

    def _promote(self, product: DemoProduct) -> None:
        from mesh_workbench.cli.given import moment, read_text
        from mesh_workbench.model.promotion import PromotionRequest
        from mesh_workbench.model.schedule import ScheduleDraft

        template = templates.find(product.template)
        contracts = {product.template: read_text(template.contract)} if template.contract else {}
        schedule = None
        if product.cron:
            schedule = ScheduleDraft(
                cron=product.cron,
                timezone=ZONE,
                parameters=self._given(product),
                start=moment("2013-01-01T00:00-05:00", "start"),
                end=moment("2014-01-01T00:00-05:00", "end"),
            )
        self.bench.products.promote(
            PromotionRequest(
                notebook=read_text(template.notebook),
                to=product.name,
                contracts=contracts,
                tags=list(product.tags),
                schedule=schedule,
                note="Promoted from the template.",
            )
        )

    def _given(self, product: DemoProduct) -> dict[str, JsonValue]:
        return {"landing": str(self.landing)} if product.reads_landing else {}

    def _tell_refusal(self, run: Run, report: CheckReport | None, release: int) -> None:
        broken = [result for result in report.results if result.outcome.value == "failed"] if report else []
        self.refused = {
            "run": run.id,
            "slot": run.slot.key if run.slot else None,
            "promises": [result.promise.id for result in broken],
            "release": release,
        }
        for result in broken:
            rows = f"{result.failing_rows:,} rows" if result.failing_rows is not None else f"saw {result.observed}"
            self.line("refused", f"{result.promise.words}: {rows}")
        self.line("still", f"release {release}: consumers read the good December, the broken rows wait in quarantine")

    @contextmanager
    def _bar(self, runs: int) -> Iterator[Any]:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        screen = show.console()
        with Progress(
            TextColumn("  running", markup=False),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=screen,
            transient=True,
            disable=self.quiet or not screen.is_terminal,
        ) as bar:
            task = bar.add_task("", total=runs)

            def told(work: Work, run: Run | None) -> None:
                if run is None:
                    self._tell_product(work, bar)
                    return
                slot = f" {run.slot.key[:7]}" if run.slot else ""
                bar.update(task, advance=1, description=f"{run.product}{slot}")
                if run.failure is not None:
                    raise failure_of(run)

            yield told

    def _tell_product(self, work: Work, bar: Progress) -> None:
        name = work.product.name
        if not work.over or self.quiet:
            self.seconds[name] = work.seconds
            return
        self.seconds[name] = work.seconds
        release = self.bench.releases.get(name)
        report = self.bench.contracts.report(release.report_id)
        kept = sum(result.outcome.value == "passed" for result in report.results)
        slots = f"{len(work.product.slots)} months, " if work.product.slots else ""
        bar.console.print(
            f"  {name.ljust(WIDTH)}{slots}{release.ports[0].rows:,} rows, {kept} of {len(report.results)} promises kept"
        )
        for result in report.results:
            if result.outcome.value == "warned":
                seen = f"{result.observed:,}" if isinstance(result.observed, int) else result.observed
                bar.console.print(f"  {''.ljust(WIDTH)}warned: {result.promise.words}: {seen}", style="yellow")
