"""Check reports."""

from __future__ import annotations

from sqlalchemy import JSON, func, insert, select, type_coerce

from mesh_workbench.model.check import CheckReport
from mesh_workbench.model.history import PastCheck
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.check_report import check_reports
from mesh_workbench.registry.tables.release import releases
from mesh_workbench.registry.tables.run import runs

MOST = 100
"""Reports of one history: they are read whole."""


class Reports(Repository):
    """What checking found; a report never changes."""

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
