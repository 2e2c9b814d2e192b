"""Contracts of the local workbench."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.columns import columns_of
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.history import changes, histories
from mesh_workbench.contracts.infer import infer
from mesh_workbench.contracts.lint import lint
from mesh_workbench.contracts.place import candidate_at, name_of
from mesh_workbench.contracts.promises import promises_of
from mesh_workbench.engine.arrow_text import decode_schema
from mesh_workbench.errors import NotFound, did_you_mean
from mesh_workbench.lifecycle.check import check
from mesh_workbench.lifecycle.surroundings import foreign_of
from mesh_workbench.model.access import Action
from mesh_workbench.model.check import CheckReport
from mesh_workbench.model.contract import ContractProblem, ContractProposal, ContractView
from mesh_workbench.model.history import ContractHistory, PromiseHistory
from mesh_workbench.model.names import PortName
from mesh_workbench.workbench.context import Context
from mesh_workbench.workbench.query import LocalQuery
from mesh_workbench.workbench.versions import LocalVersions

if TYPE_CHECKING:
    import pyarrow


class LocalContracts:
    """Implements `protocol.Contracts` on the registry and the contract engine."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def get(self, name: str, port: str | None = None, version: str | None = None) -> ContractView:
        """The contract of a port, the first one when none is named. Raises NotFound `contract.none`."""
        found = LocalVersions(self._context).get(name, version)
        outputs = [output.name for output in found.outputs]
        chosen = port or outputs[0]
        blob = self._context.registry.versions.contract_blobs(found.id).get(chosen)
        if blob is None:
            known = chosen in outputs
            raise NotFound(
                "contract.none",
                f"{name}.{chosen} has no contract in version {found.version}.",
                hint="It is proposed from the data of the first run." if known else did_you_mean(chosen, outputs),
            )
        text = self._context.registry.blobs.get(blob).decode()
        document = parse(text)
        return ContractView(
            port=f"{name}.{chosen}",
            version=found.version,
            blob=blob,
            text=text,
            columns=columns_of(document),
            promises=promises_of(document, chosen),
        )

    def lint(self, text: str) -> list[ContractProblem]:
        return lint(text)

    def infer(self, port: str, data: pyarrow.Table | str) -> ContractProposal:
        called, candidate = self._named(data)
        name = port or called
        return infer(name, replace(candidate, object_name=name), owner=self._context.identity.name)

    def check(self, text: str, data: pyarrow.Table | str, *, object_name: str = "") -> CheckReport:
        """`data` against a contract; foreign keys point to current releases of products that one may read.

        Raises InvalidInput `contract.no-object` when the contract has several objects and none is named or called so.
        """
        document = parse(text)
        called, candidate = self._named(data)
        port = document.object_for(called, object_name)
        query = LocalQuery(self._context)
        foreign = foreign_of(document, port, {}, lambda names: query.resolve(names, how="check"))
        return check({port: text}, {port: replace(candidate, object_name=port, foreign=foreign)})

    def _named(self, data: pyarrow.Table | str) -> tuple[str, Candidate]:
        """The data, or what its name means: a place, else a product. What it is called besides."""
        if not isinstance(data, str):
            return "data", Candidate.from_table(data)
        found = candidate_at(data)
        if found is not None:
            return name_of(data), found
        port = PortName.parse(data)
        (release,) = LocalQuery(self._context).resolve([data], how="check")
        return port.port or port.product, Candidate.from_files(
            release.files, arrow_schema=decode_schema(release.arrow_schema)
        )

    def report(self, report_id: str) -> CheckReport:
        """A stored report. Raises NotFound `report.unknown`, Forbidden when its product may not be read."""
        report = self._context.registry.reports.get(report_id)
        if report is None:
            raise NotFound("report.unknown", f"There is no check report {report_id}.", hint="Its run names its report.")
        self._context.product(report.product, Action.READ)  # samples show rows
        return report

    def history(
        self, name: str, port: str | None = None, *, promise: str | None = None, limit: int = 20
    ) -> ContractHistory:
        """How the promises of a port (the first one when none is named) were kept in the last `limit` checks.

        `promise` is the id of one promise, or names a column (`carrier` or `flights.carrier`) for all about it.
        Raises NotFound `port.unknown` and `contract.no-promise`, Forbidden when the product may not be read.
        """
        product = self._context.product(name, Action.READ)  # what was observed are values of the data
        ports = [one.name for one in self._context.registry.products.ports(product.id)]
        chosen = port or next(iter(ports), "")
        if port and port not in ports:
            raise NotFound("port.unknown", f"{name} has no port {port!r}.", hint=did_you_mean(port, ports))
        checked = [
            (past, one.results)
            for past, report in self._context.registry.reports.last(product.id, limit)
            for one in report.ports
            if one.port == chosen
        ]
        found = histories([results for _, results in checked])
        if promise and checked:
            found = _about(promise, found, chosen)
        return ContractHistory(
            product=name,
            port=chosen,
            checks=[past for past, _ in checked],
            promises=found,
            changes=changes(found),
        )


def _about(asked: str, found: list[PromiseHistory], port: str) -> list[PromiseHistory]:
    """The promises that `asked` means. Raises NotFound `contract.no-promise`."""
    meant = [one for one in found if one.promise.id == asked] or [
        one for one in found if one.promise.target in (asked, f"{port}.{asked}")
    ]
    if not meant:
        hint = did_you_mean(asked, [one.promise.id for one in found])
        raise NotFound(
            "contract.no-promise", f"{port} makes no promise {asked!r}, and none about such a column.", hint=hint
        )
    return meant
