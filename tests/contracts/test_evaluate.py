"""Exactly one result per promise, and the semantics that the standard leaves open."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mesh_workbench.contracts.candidate import Candidate
from mesh_workbench.contracts.document import parse
from mesh_workbench.contracts.evaluate import evaluate, report_on
from mesh_workbench.contracts.promises import promises_of
from mesh_workbench.errors import InvalidInput, Unavailable
from mesh_workbench.model.check import Outcome, Verdict, verdict_of
from tests.builders import contract
from tests.contracts.checking import broken, check
from tests.contracts.test_document import EXAMPLES

METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")
LEVELS = ("availability", "throughput", "errorRate", "generalAvailability", "endOfSupport", "endOfLife", "retention",
          "frequency", "latency", "timeToDetect", "timeToNotify", "timeToRepair", "timeOfAvailability", "freshness",
          "ly", "unheardOf")  # fmt: skip
EVERYTHING = contract(
    *({"name": f"c_{kind}", "logicalType": kind} for kind in
      ("string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean")),
    {"name": "c_map", "logicalType": "map", "map": {"key": {"logicalType": "string"},
                                                    "value": {"logicalType": "integer", "required": True}}},
    {"name": "c_vector", "logicalType": "vector", "logicalTypeOptions": {"dimensions": 3, "elementType": "float32"}},
    {"name": "nested", "logicalType": "object", "logicalTypeOptions": {"minProperties": 1, "required": ["a"]},
     "properties": [{"name": "a", "logicalType": "integer", "required": True, "logicalTypeOptions": {"minimum": 0},
                     "quality": [{"metric": "nullValues", "mustBe": 0}]}]},
    {"name": "list", "logicalType": "array", "logicalTypeOptions": {"minItems": 1, "maxItems": 3, "uniqueItems": True},
     "items": {"logicalType": "string", "logicalTypeOptions": {"pattern": "x"}}},
    {"name": "formats", "logicalType": "timestamp", "physicalType": "some_thing(3)", "logicalTypeOptions":
     {"format": "yyyy-MM-dd", "timezone": True, "defaultTimezone": "Etc/UTC", "minimum": "yesterday", "odd": 1}},
    {"name": "rules", "quality": [
        *({"metric": metric, operator: value} for metric in METRICS for operator, value in {
            "mustBe": 0, "mustNotBe": 1, "mustBeGreaterThan": -1, "mustBeGreaterOrEqualTo": 0, "mustBeLessThan": 100,
            "mustBeLessOrEqualTo": 5, "mustBeBetween": [0, 9], "mustNotBeBetween": [200, 100]}.items()),
        {"metric": "nullValues"}, {"metric": "nullValues", "mustBe": 0, "mustBeLessThan": 5}, {},
        {"metric": "sums", "mustBe": 1}, {"type": "text", "description": "Be nice."},
        {"type": "custom", "engine": "soda", "implementation": "x"}, {"type": "strange"},
        {"type": "sql", "query": "SELECT 1", "mustBe": 1}, {"type": "sql", "mustBe": 1},
        {"metric": "nullValues", "mustBeLessThan": "many"}, {"rule": "nullValues", "mustBe": 0}]},
    quality=[{"metric": metric, "mustBeLessThan": 99} for metric in METRICS],
    relationships=[{"from": ["data.rules", "data.list"], "to": ["data.c_string"]}],
    slaProperties=[{"property": level, "value": 1, "unit": "d"} for level in LEVELS]
    + [{"property": "latency", "value": None, "element": "elsewhere.x"}],
)  # fmt: skip


def test_a_contract_with_every_construct_has_one_result_per_promise() -> None:
    doc = parse(EVERYTHING)
    promises = promises_of(doc, "data")
    assert len({promise.id for promise in promises}) == len(promises) > 120
    for data in (
        pa.table({"x": [1]}),
        pa.table({item.name: ["a", None] for item in doc.contract.schema_[0].properties}),
    ):
        results = evaluate(doc, Candidate.from_table(data))
        assert [result.promise for result in results] == promises
        for result in results:
            if result.outcome in (Outcome.NOT_EVALUATED, Outcome.ERROR):
                assert len(result.reason) > 15, result.promise.id
            assert result.model_dump_json()
    reasons = {result.reason for result in results if result.promise.kind.startswith("sla.")}
    assert len(reasons) > 8  # each says why, and not all the same
    assert not any(result.outcome is Outcome.PASSED for result in results if result.promise.kind == "text")


@pytest.mark.skipif(not EXAMPLES, reason="the official examples are not here")
def test_official_examples_have_one_result_per_promise() -> None:
    for example in EXAMPLES:
        doc = parse(example.read_text(encoding="utf-8"))
        for name in doc.object_names() or ["none"]:
            results = evaluate(doc, Candidate.from_table(pa.table({"x": [1]}), name))
            assert [result.promise for result in results] == promises_of(doc, name), example.name


def fixture() -> pa.Table:
    """100 rows: s has 5 null, 3 empty, 2 N/A, 4 BAD and 86 OK; d has 40 values, each of them at least twice."""
    s = [None] * 5 + [""] * 3 + ["N/A"] * 2 + ["BAD"] * 4 + ["OK"] * 86
    return pa.table({"s": s, "d": [row % 40 for row in range(100)]})


@pytest.mark.parametrize(
    ("column", "rule", "observed"),
    [
        ("d", {"metric": "duplicateValues"}, 40),
        ("d", {"metric": "duplicateValues", "unit": "percent"}, 40.0),
        ("s", {"metric": "nullValues"}, 5),
        ("s", {"metric": "nullValues", "unit": "percent"}, 5.0),
        ("s", {"metric": "missingValues"}, 5),
        ("s", {"metric": "missingValues", "arguments": {"missingValues": [None, "", "N/A"]}}, 10),
        ("s", {"metric": "missingValues", "arguments": {"missingValues": ["", "N/A"]}}, 10),
        ("s", {"metric": "invalidValues", "arguments": {"validValues": ["OK"]}}, 9),
        ("s", {"metric": "invalidValues", "arguments": {"validValues": ["OK", None]}}, 9),
        ("s", {"metric": "invalidValues", "arguments": {"pattern": "^[A-Z/]+$"}}, 3),
        ("s", {"metric": "invalidValues", "pattern": "^[A-Z/]+$"}, 3),
        ("s", {"metric": "invalidValues", "arguments": {"validValues": ["OK", ""], "pattern": "^[A-Z/]+$"}}, 9),
        ("s", {"metric": "invalidValues", "arguments": {"validValues": ["OK", ""], "pattern": "^(?!BAD).+$"}}, 9),
        ("s", {"metric": "invalidValues", "arguments": {"pattern": "A"}}, 89),  # found anywhere: BAD, N/A
    ],
)
def test_metrics_count_as_documented(column: str, rule: dict[str, object], observed: float) -> None:
    text = contract({"name": column, "quality": [{**rule, "mustBe": observed, "id": "q"}]})
    result = check(text, fixture())[f"{column}.q"]
    assert (result.observed, result.outcome) == (observed, Outcome.PASSED)


def test_duplicates_tell_values_rows_and_excess() -> None:
    result = check(contract({"name": "d", "unique": True}), fixture())["d.unique"]
    assert (result.observed, result.failing_rows, result.rows) == (40, 100, 100)
    assert result.reason == "40 values occur more than once, in 100 rows (60 more than there should be)."


@pytest.mark.parametrize(
    ("operator", "value", "kept"),
    [
        ("mustBe", 100, True), ("mustBe", 99, False), ("mustNotBe", 99, True), ("mustNotBe", 100, False),
        ("mustBeGreaterThan", 99, True), ("mustBeGreaterThan", 100, False), ("mustBeGreaterOrEqualTo", 100, True),
        ("mustBeGreaterOrEqualTo", 101, False), ("mustBeLessThan", 101, True), ("mustBeLessThan", 100, False),
        ("mustBeLessOrEqualTo", 100, True), ("mustBeLessOrEqualTo", 99, False), ("mustBeBetween", [100, 200], True),
        ("mustBeBetween", [0, 100], True), ("mustBeBetween", [200, 100], True), ("mustBeBetween", [0, 99], False),
        ("mustNotBeBetween", [100, 200], False), ("mustNotBeBetween", [0, 100], False),
        ("mustNotBeBetween", [0, 99], True),
    ],
)  # fmt: skip
def test_operators_compare_and_between_is_inclusive(operator: str, value: object, kept: bool) -> None:
    result = check(contract("s", quality=[{"metric": "rowCount", operator: value}]), fixture())["rowCount"]
    assert (result.outcome is Outcome.PASSED) is kept


def test_two_rules_of_one_metric_on_one_column_both_run() -> None:
    rules = [
        {"metric": "nullValues", "mustBeLessThan": 10},
        {"metric": "nullValues", "mustBe": 0, "severity": "warning"},
        {"metric": "nullValues", "mustBeLessThan": 6, "unit": "percent"},
    ]
    results = check(contract({"name": "s", "quality": rules}), fixture())
    outcomes = [results[f"s.nullValues{suffix}"].outcome for suffix in ("", ".2", ".3")]
    assert outcomes == [Outcome.PASSED, Outcome.WARNED, Outcome.PASSED]


def test_severity_decides_whether_publishing_is_blocked() -> None:
    def verdict(severity: str | None) -> Verdict:
        rule = {"metric": "nullValues", "mustBe": 0, **({"severity": severity} if severity else {})}
        return verdict_of(list(check(contract({"name": "s", "quality": [rule]}), fixture()).values()))

    assert [verdict(word) for word in (None, "error", "warning", "info")] == [
        Verdict.BREACHED, Verdict.BREACHED, Verdict.KEPT_PARTLY, Verdict.KEPT_PARTLY,
    ]  # fmt: skip


def test_declared_constraints_take_their_severity_from_a_custom_property() -> None:
    careful = [{"property": "severity", "value": {"enum": "warning"}}]
    item = {"name": "s", "required": True, "enum": ["OK"], "customProperties": careful}
    results = check(contract(item), fixture())
    assert (results["s.enum"].outcome, results["s.required"].outcome) == (Outcome.WARNED, Outcome.FAILED)
    assert results["s.enum"].failing_rows == 9
    assert {row["s"] for row in results["s.enum"].sample} == {"", "N/A", "BAD"}


def test_columns_with_hostile_names_are_only_names() -> None:
    names = [
        'a"b',
        "😀",
        "select",
        "x'; DROP TABLE y; --",
        "with space",
        "percent%s",
        "n" * 10_000,
        "mesh n",
        "{a}",
        "?",
    ]
    data = pa.table({name: ["v", "w", None] for name in names})
    properties = [
        {"name": name, "logicalType": "string", "unique": True, "enum": ["v", "w"], "required": True,
         "logicalTypeOptions": {"maxLength": 1, "pattern": "^[vw]$"},
         "quality": [{"metric": "duplicateValues", "mustBe": 0},
                     {"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "(?=v|w)."}},
                     {"type": "sql", "query": "SELECT count({property}) FROM {object}", "mustBe": 2}]}
        for name in names
    ]  # fmt: skip
    results = check(contract(*properties, name='t"🙂 x'), data)
    expected = {result.promise.id for result in results.values() if result.promise.kind == "required"}
    assert {results[name].promise.id for name in broken(results)} == expected
    assert {result.outcome for result in results.values()} == {Outcome.PASSED, Outcome.FAILED}


def test_nan_is_a_value_outside_all_bounds_and_infinities_compare() -> None:
    item = {"name": "f", "required": True, "logicalTypeOptions": {"minimum": 0, "maximum": 10}}
    results = check(contract(item), {"f": [1.0, math.nan, math.inf, -math.inf]})
    assert results["f.required"].outcome is Outcome.PASSED
    assert (results["f.minimum"].observed, results["f.maximum"].observed) == (2, 2)
    assert results["f.minimum"].sample == [{"f": "nan"}, {"f": "-inf"}]


def test_empty_tables_and_empty_columns_say_so() -> None:
    item = {"name": "a", "logicalType": "integer", "required": True, "unique": True,
            "quality": [{"metric": "nullValues", "unit": "percent", "mustBeLessThan": 1}]}  # fmt: skip
    rule = {"metric": "rowCount", "mustBeGreaterThan": 0}
    empty = check(contract(item, quality=[rule]), pa.table({"a": pa.array([], pa.int64())}))
    assert broken(empty) == {"rowCount"}
    assert empty["a.required"].reason == "There are no rows to look at."
    nulls = check(contract(item, quality=[rule]), pa.table({"a": pa.nulls(3)}))
    assert broken(nulls) == {"a.required", "a.nullValues"}
    assert nulls["a.logicalType"].reason == "The column holds nothing but nulls."


def test_row_promises_look_at_staged_rows_and_the_others_at_the_whole_candidate(tmp_path: Path) -> None:
    kept, new = tmp_path / "k[1]ept=1.parquet", tmp_path / "new.parquet"
    pq.write_table(pa.table({"id": [1, 2], "v": pa.array([None, -5], pa.int32())}), kept)
    pq.write_table(pa.table({"v": [1, 2], "id": [2, 3]}), new)
    item = {"name": "v", "required": True, "logicalTypeOptions": {"minimum": 0}}
    rules = [{"metric": "rowCount", "mustBe": 4}, {"type": "sql", "query": "SELECT min(v) FROM data", "mustBe": 1}]
    text = contract({"name": "id", "primaryKey": True}, item, quality=rules)
    candidate = Candidate("data", [str(kept), str(new)], [str(new)])
    report = report_on(parse(text), candidate, contract_blob="sha256:x")
    assert (report.rows, report.staged_rows) == (candidate.rows, candidate.staged_rows) == (4, 2)
    found = {result.promise.id: result for result in report.results}
    assert {name for name, result in found.items() if result.outcome is not Outcome.PASSED} == {
        "data.primaryKey", "data.sql",
    }  # fmt: skip
    assert found["data.primaryKey"].sample == [{"id": 2}, {"id": 2}]
    nothing_new = evaluate(parse(text), Candidate("data", [str(kept)], []))
    assert {result.outcome for result in nothing_new if result.promise.kind == "required"} == {Outcome.PASSED}
    no_files = evaluate(parse(text), Candidate("data", [], [], arrow_schema=pq.read_schema(new)))
    assert {result.promise.kind for result in no_files if result.outcome is Outcome.FAILED} == {"row_count", "sql"}


def test_data_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    torn = tmp_path / "torn.parquet"
    torn.write_bytes(b"PAR1 and no more")
    for file in (torn, tmp_path / "gone.parquet"):
        with pytest.raises(Unavailable, match=file.stem) as raised:
            evaluate(parse(contract("a")), Candidate("data", [str(file)], [str(file)]))
        assert raised.value.code == "contract.data-unreadable"
    with pytest.raises(InvalidInput) as refused:
        check(contract("a"), pa.table({}))
    assert refused.value.code == "contract.no-columns"


def test_one_rule_that_errs_takes_no_other_one_down() -> None:
    item = {"name": "a", "required": True, "logicalTypeOptions": {"pattern": "([", "maxLength": 3},
            "quality": [
                {"type": "sql", "query": "SELECT sum({property}) FROM {object}", "mustBe": 0},
                {"type": "sql", "query": "SELECT nope FROM {object}", "mustBe": 0, "severity": "warning"}]}  # fmt: skip
    results = check(contract(item), {"a": ["x", "y"]})
    assert results["a.required"].outcome is results["a.maxLength"].outcome is Outcome.PASSED
    assert results["a.pattern"].outcome is Outcome.NOT_EVALUATED
    assert results["a.sql"].outcome is Outcome.ERROR
    assert results["a.sql.2"].outcome is Outcome.NOT_EVALUATED  # only severity error may block
    assert "nope" in results["a.sql.2"].reason


def test_a_pattern_that_explodes_is_given_up() -> None:
    item = {"name": "a", "logicalTypeOptions": {"pattern": r"^(?=x)(x+x+)+y$"}}
    result = check(contract(item), {"a": ["x" * 40]})["a.pattern"]
    assert result.outcome is Outcome.NOT_EVALUATED
    assert "did not come to an end" in result.reason


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE {object}",
        "SELECT 1; SELECT 2",
        "SELECT count(*) FROM other",
        "SELECT count(*) FROM read_csv('/etc/passwd')",
        "SELECT count(*) FROM '/etc/passwd'",
        "SELECT count(*) FROM {object}, duckdb_settings()",
        "SELECT current_setting('memory_limit')",
        "SELECT getenv('HOME')",
        "SELECT count(*) FROM query('SELECT 1')",
        "SELECT count(*) FROM information_schema.tables",
        "COPY {object} TO '/tmp/x.parquet'",
        "INSTALL httpfs",
        "ATTACH 'x.db'",
        "SET threads = 1",
        "SELECT count(*) FROM ${elsewhere}",
        "SELECT count(*) FROM {object} WHERE a = ?",
        "SELEC",
        "",
    ],
)
def test_queries_that_do_more_than_read_their_object_are_refused(query: str) -> None:
    result = check(contract("a", quality=[{"type": "sql", "query": query, "mustBe": 0}]), {"a": [1]})["sql"]
    assert result.outcome is Outcome.ERROR
    assert len(result.reason) > 15


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("SELECT count(*) FROM {object} WHERE {property} > 1", 2),
        ("SELECT count(*) FROM {table} t WHERE t.{column} > 1", 2),
        ("SELECT COUNT(*) FROM ${table} WHERE ${column} IS NOT NULL", 3),
        ('SELECT max("${column}") FROM "${object}"', 3),
        ("SELECT max(data.a) FROM data", 3),
        ("SELECT max(a) FROM ${catalog}.${schema}.${table}", 3),
        ("SELECT max(a) FROM physical_data", 3),
        ("WITH big AS (SELECT * FROM {object} WHERE a > 1) SELECT count(*) FROM big", 2),
        ("SELECT count(*) FROM {object} WHERE a NOT IN (SELECT a FROM {object} WHERE a > 2)", 2),
        ("SELECT sum(a) * 0.5 FROM {object}", 3),
        ("SELECT 'yes' FROM {object} LIMIT 1", "yes"),
        ("SELECT bool_and(a > 0) FROM {object}", True),
        ("SELECT regexp_matches('ab', 'b') AND list_sum([a]) > 0 FROM {object} LIMIT 1", True),
    ],
)
def test_placeholders_of_every_spelling_are_filled(query: str, answer: object) -> None:
    document = json.loads(contract({"name": "a", "quality": [{"type": "sql", "query": query, "mustBe": answer}]}))
    document["schema"][0]["physicalName"] = "physical_data"
    result = check(json.dumps(document), {"a": [1, 2, 3]})["a.sql"]
    assert (result.outcome, result.observed) == (Outcome.PASSED, answer), result.reason


def test_a_query_that_never_ends_is_stopped() -> None:
    query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i > 0) SELECT count(*) FROM n"
    result = check(contract("a", quality=[{"type": "sql", "query": query, "mustBe": 0}]), {"a": [1]})["sql"]
    assert result.outcome is Outcome.ERROR
    assert "within 1.5 seconds" in result.reason


def test_foreign_keys_within_and_across_products() -> None:
    text = contract(
        {"name": "plane", "relationships": [{"to": "fleet.planes.tailnum", "customProperties": [
            {"property": "severity", "value": "warning"}]}]},
        {"name": "boss", "relationships": [{"to": "data.id"}]}, "id", "x", "y",
        relationships=[{"from": ["data.x", "data.y"], "to": ["pairs.a", "pairs.b"]}],
        objects=[{"name": "pairs", "properties": [{"name": "a"}, {"name": "b"}]}],
    )  # fmt: skip
    data = {"plane": ["N1", "N2", None], "boss": [1, 9, None], "id": [1, 2, 3], "x": [1, 1, None], "y": [1, 2, 2]}
    alone = check(text, data, object_name="data")
    assert alone["plane.relationship"].outcome is Outcome.NOT_EVALUATED
    assert alone["boss.relationship"].observed == 1
    foreign = {"fleet.planes": pa.table({"tailnum": ["N1"]}), "pairs": pa.table({"a": [1], "b": [1]})}
    results = check(text, data, object_name="data", foreign=foreign)
    assert results["plane.relationship"].outcome is Outcome.WARNED
    assert results["plane.relationship"].sample == [{"plane": "N2"}]
    assert results["relationship"].sample == [{"x": 1, "y": 2}]


def test_physical_names_find_columns_and_unknown_objects_are_refused() -> None:
    results = check(contract({"name": "carrier", "physicalName": "carr_cd", "required": True}), {"carr_cd": ["AA"]})
    assert broken(results) == set()
    two = contract("a", objects=[{"name": "planes"}])
    with pytest.raises(InvalidInput, match="nothing of plane") as raised:
        check(two, {"a": [1]}, object_name="plane")
    assert (raised.value.code, raised.value.hint) == ("contract.no-object", "Did you mean planes?")


def test_boolean_exclusive_bounds_of_3_0_become_the_bound_beside_them() -> None:
    options = {"maximum": 5, "exclusiveMaximum": True, "minimum": 1, "exclusiveMinimum": False}
    text = contract({"name": "a", "logicalTypeOptions": options}, apiVersion="v3.0.2")
    results = check(text, {"a": [1, 5]})
    assert (results["a.exclusiveMaximum"].observed, results["a.minimum"].observed) == (1, 0)
