"""What a contract tells to those who answer questions from its data, word by word."""

from __future__ import annotations

from mesh_workbench.contracts.odcs_base import Exact, Maybe, Noted


class Statement(Noted):
    id: Maybe[str]
    question: str
    answer: Maybe[str]


class Constraint(Noted):
    id: Maybe[str]
    constraint: str


class ContextOfData(Exact):
    instructions: Maybe[str]
    verified_statements: Maybe[list[Statement]]
    constraints: Maybe[list[Constraint]]


Context = str | ContextOfData
