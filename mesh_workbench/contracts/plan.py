"""How a contract would be evaluated on data, in words: what `mesh contract explain --plan` shows."""

from __future__ import annotations

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.database import open_database
from mesh_workbench.contracts.document import ContractDocument
from mesh_workbench.contracts.evaluate import MEMORY_LIMIT
from mesh_workbench.contracts.measure import Breaking, Declined, Known, Measure
from mesh_workbench.contracts.promises import plan_of
from mesh_workbench.contracts.stages import Known as KnownFacts
from mesh_workbench.contracts.stages import arrange, words_of_measure
from mesh_workbench.contracts.steps import steps_of


def plan(doc: ContractDocument, candidate: Candidate, *, memory_limit: str = MEMORY_LIMIT) -> list[str]:
    """The steps in the order in which they are taken, each with the promises that it decides.

    Footers are read and the data's columns looked at; no row is. Raises as `evaluate`.
    """
    with open_database(candidate, memory_limit=memory_limit) as database:
        promises, steps = steps_of(plan_of(doc, candidate.object_name), database)
        known = KnownFacts.of(candidate)
        about: dict[Measure, list[str]] = {}
        settled, declined = [], []
        for promise, step in zip(promises, steps, strict=True):
            if isinstance(step, Known):
                settled.append(promise.spec.id)
            elif isinstance(step, Declined):
                declined.append(promise.spec.id)
            else:
                about.setdefault(step, []).append(promise.spec.id)
        stages = arrange(about, known)
        lines = [
            _line("Settled by names and types alone", settled),
            _line("Settled by the files' footers, without reading a row", _ids(about, stages.counted)),
            _line(
                "Compared with the least and greatest values in the files' footers; read only when those are outside",
                _ids(about, stages.extremes),
            ),
        ]
        lines += [
            _line(f"Each different {column} looked at once, because there are few", _ids(about, conditions))
            for column, conditions in stages.distinct.items()
        ]
        columns = {name for measure in stages.together for name in measure.columns}
        lines.append(
            _line(f"One pass over {len(columns)} of {len(database.columns)} columns", _ids(about, stages.together))
        )
        rows = known.all.rows if known.all else candidate.rows
        for measure in stages.alone:
            words = words_of_measure(database, measure, known, rows)
            lines.append(_line(words[:1].upper() + words[1:], about[measure]))
        lines.append(_line("Not evaluated here", declined))
    failing = "Rows to show are fetched only of promises that are not kept."
    return [*(line for line in lines if line), failing]


def _ids(about: dict[Measure, list[str]], measures: dict[Measure, int] | list[Breaking]) -> list[str]:
    return [name for measure in measures for name in about[measure]]


def _line(words: str, promises: list[str]) -> str:
    return f"{words}: {', '.join(promises)}." if promises else ""
