"""Check reports."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import JSON, func, insert, select, type_coerce, update

from mesh_workbench.model.check import CheckReport
from mesh_workbench.model.history import PastCheck
from mesh_workbench.registry.repository import Repository, batches, document_of
from mesh_workbench.registry.tables.check_report import check_reports
from mesh_workbench.registry.tables.release import releases
from mesh_workbench.registry.tables.run import runs

MOST = 100
"""Reports of one history: they are read whole."""


class Reports(Repository):
    """What checking found; of a report only its failing rows ever go, with those that the run keeps."""

    def add(self, report: CheckReport) -> CheckReport:
        """Record a report."""
        row = {
            "id": report.id,
            "product_id": select(runs.c.product_id).where(runs.c.id == report.run_id).scalar_subquery(),
            "run_id": report.run_id,
            "verdict": report.verdict.value,
            "made": report.made,
            "document": document_of(report),
        }
        with self._db.write() as connection:
            connection.execute(insert(check_reports).values(row))
        return report

    def get(self, report_id: str) -> CheckReport | None:
        """The report, or None."""
        with self._db.read() as connection:
            document = connection.execute(
                select(check_reports.c.document).where(check_reports.c.id == report_id)
            ).scalar()
        return CheckReport.model_validate(document) if document else None

    def many(self, report_ids: list[str]) -> dict[str, CheckReport]:
        """Reports by id; unknown ids are left out."""
        statement = select(check_reports.c.id, check_reports.c.document).where(check_reports.c.id.in_(report_ids))
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        return {row.id: CheckReport.model_validate(row.document) for row in rows}

    def forget_rows(self, run_ids: Sequence[str]) -> None:
        """Take the failing rows out of the reports of runs; that, and how many there were, stays."""
        with self._db.write() as connection:
            for batch in batches(run_ids):
                found = select(check_reports.c.id, check_reports.c.document).where(check_reports.c.run_id.in_(batch))
                for row in connection.execute(found).all():
                    report = CheckReport.model_validate(row.document)
                    if any(result.sample for result in report.results):
                        changed = {"document": document_of(_without_rows(report))}
                        connection.execute(update(check_reports).where(check_reports.c.id == row.id).values(changed))

    def last(self, product_id: str, limit: int = 20) -> list[tuple[PastCheck, CheckReport]]:
        """The last `limit` reports (at most 100) on runs of a product, the oldest first; one statement."""
        of_report = type_coerce(releases.c.document, JSON())["report_id"].as_string() == check_reports.c.id
        release = (
            select(func.min(releases.c.number))
            .where(releases.c.run_id == check_reports.c.run_id, of_report)
            .scalar_subquery()
        )
        statement = (
            select(check_reports.c.document, runs.c.document.label("run"), release.label("release"))
            .join(runs, runs.c.id == check_reports.c.run_id)
            .where(check_reports.c.product_id == product_id)
            .order_by(check_reports.c.id.desc())
            .limit(max(1, min(limit, MOST)))
        )
        with self._db.read() as connection:
            rows = connection.execute(statement).all()
        found = []
        for row in reversed(rows):
            report = CheckReport.model_validate(row.document)
            past = {
                "report_id": report.id,
                "run_id": report.run_id,
                "version": row.run["version"],
                "slot": row.run["slot"],
                "made": report.made,
                "verdict": report.verdict,
                "release": row.release,
            }
            found.append((PastCheck.model_validate(past), report))
        return found


def _without_rows(report: CheckReport) -> CheckReport:
    ports = [
        port.model_copy(update={"results": [one.model_copy(update={"sample": []}) for one in port.results]})
        for port in report.ports
    ]
    return report.model_copy(update={"ports": ports})
