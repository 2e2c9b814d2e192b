"""Whatever a contract says of whatever data: one result per promise, and never a crash."""

from __future__ import annotations

import json

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate
from mesh_workbench.contracts.limit import OPERATORS
from mesh_workbench.contracts.lint import lint
from mesh_workbench.contracts.promises import promises_of
from mesh_workbench.contracts.vocabulary import LOGICAL_TYPES, METRICS
from tests.builders import contract
from tests.contracts.test_infer import VALUES

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.integers(-(2**200), 2**200),
    st.floats(),
    st.sampled_from(["", "a", "[", "(?=a)", "2013-01-01", "12:00", "1e999", "\x00", "i8", "f32", "\ud7ff😀"]),
)
ANYTHING = SCALARS | st.lists(SCALARS, max_size=3)
OPTIONS = st.dictionaries(st.sampled_from(sorted({o for known in LOGICAL_TYPES.values() for o in known})), ANYTHING)
QUERIES = st.sampled_from(
    ["SELECT {column} FROM {object}", "SELECT max({column}) FROM {object}", "SELECT now()", "SELECT 1/0", "SELECT [1]",
     "SELECT 'x'::BLOB", "SELECT 1 WHERE false", "SELECT *", "SELECT NULL", "{object}"]
)  # fmt: skip
RULES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["library", "sql", "text", "custom", "Odd"]),
        "metric": st.sampled_from([*METRICS, "odd"]),
        "query": QUERIES,
        "unit": st.sampled_from(["rows", "percent", "odd"]),
        "severity": st.sampled_from(["info", "warning", "error", "odd"]),
        "arguments": st.dictionaries(
            st.sampled_from(["validValues", "missingValues", "pattern", "properties"]), ANYTHING, max_size=3
        ),
        "engine": st.just("soda"),
        **dict.fromkeys(OPERATORS, ANYTHING),
    },
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, pa.Table]:
    rows = draw(st.integers(0, 4))
    columns, properties = {}, []
    for index in range(draw(st.integers(1, 3))):
        kind, values = VALUES[draw(st.sampled_from(sorted(VALUES)))]
        columns[f"c{index}"] = pa.array(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind)
        properties.append(
            {
                "name": f"c{index}",
                "logicalType": draw(st.sampled_from(sorted(LOGICAL_TYPES))),
                "physicalType": draw(st.sampled_from(["varchar(1)", "int", "decimal(3,1)", "float", "date", "x(", ""])),
                "logicalTypeOptions": draw(OPTIONS),
                "required": draw(st.booleans()),
                "unique": draw(st.booleans()),
                "primaryKey": draw(st.booleans()),
                "enum": [{"value": value} for value in draw(st.lists(SCALARS, max_size=3))],
                "quality": draw(st.lists(RULES, max_size=3)),
                "relationships": draw(
                    st.sampled_from([[], [{"to": "data.c0"}], [{"to": ["x.y", "c0"]}], [{"to": "/"}]])
                ),
            }
        )
    quality = draw(st.lists(RULES, max_size=2))
    return contract(*properties, quality=quality), pa.table(columns)


@settings(max_examples=20, deadline=None)
@given(cases())
def test_any_contract_gives_one_result_per_promise(case: tuple[str, pa.Table]) -> None:
    text, table = case
    doc = parse(text)
    results = evaluate(doc, Candidate.from_table(table), timeout_s=5)
    assert [result.promise for result in results] == promises_of(doc, "data")
    for result in results:
        json.dumps(result.model_dump(mode="json"), allow_nan=False)  # the registry refuses NaN
    assert lint(text) is not None
