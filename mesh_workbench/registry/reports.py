"""Check reports."""

from __future__ import annotations

from sqlalchemy import insert, select

from mesh_workbench.model.check import CheckReport
from mesh_workbench.registry.repository import Repository, document_of
from mesh_workbench.registry.tables.check_report import check_reports


class Reports(Repository):
    """What checking found; a report never changes."""

    def add(self, report: CheckReport) -> CheckReport:
        """Record a report."""
        row = {
            "id": report.id,
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
