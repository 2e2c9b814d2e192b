"""The one value that a query of a contract answers, whatever the query wants.

The engine is asked to stop after a time, and to stay within its memory. It does both between pieces of work, and some
functions do as much as they like in one piece: texts grow in `replace`, `levenshtein` takes the square of the length.
Queries that call only functions known to be modest are asked here, all others in a process that can be ended.
"""

from __future__ import annotations

from decimal import Decimal

import duckdb
from pydantic import JsonValue

from mesh_workbench.contracts.database import Database
from mesh_workbench.contracts.jsonvalue import plain
from mesh_workbench.contracts.query import Refused
from mesh_workbench.errors import MeshError

_MODEST = frozenset(
    """
abs age any_value approx_count_distinct arg_max arg_min array_contains array_extract array_length ascii avg bool_and
bool_or cardinality ceil ceiling char_length character_length chr contains corr count count_if count_star countif
covar_pop covar_samp current_date current_timestamp date_add date_diff date_part date_sub date_trunc datediff datepart
datetrunc day dayofmonth dayofweek dayofyear dense_rank element_at ends_with epoch epoch_ms epoch_us error exp first
first_value floor fmod fsum greatest hash hour if ifnull isfinite isinf isnan json_array_length json_extract
json_extract_string json_type json_valid kurtosis lag last last_value lcase lead least left len length list_contains
list_extract list_value ln log log10 log2 lower ltrim map_extract max max_by md5 mean median min min_by minute mod month
monthname now nullif octet_length percent_rank pow power prefix quantile quantile_cont quantile_disc quarter rank
regexp_extract regexp_full_match regexp_matches reverse right round row row_number rtrim second sha1 sha256 sign
skewness split_part sqrt starts_with stddev stddev_pop stddev_samp strftime strlen strpos strptime struct_extract
struct_pack substr substring suffix sum timezone today trim trunc try_strptime typeof ucase unicode upper var_pop
var_samp variance week weekday year
""".split()
)
"""Functions whose work and result are no larger than what they are given. Operators have no letters."""


def answer(database: Database, query: str, *, timeout_s: float) -> JsonValue:
    """Raises Refused, and duckdb.Error: InterruptException after `timeout_s`."""
    try:
        called = database.guard(query)
    except MeshError as error:
        raise Refused(error.message) from error
    if all(name in _MODEST or not any(map(str.isalpha, name)) for name in called):
        return value_of(database.answer(query, timeout_s=timeout_s))
    return database.apart.answer(query, timeout_s=timeout_s)


def value_of(rows: list[dict[str, object]]) -> JsonValue:
    """The one value in the first two rows of an answer. Raises duckdb.InvalidInputException when there is not one."""
    if len(rows) != 1 or len(rows[0]) != 1:
        much = "nothing" if not rows else "more than one row" if len(rows) > 1 else f"{len(rows[0])} columns"
        raise duckdb.InvalidInputException(f"the query answers {much}; one value is expected")
    (value,) = rows[0].values()
    if isinstance(value, Decimal) and value.is_finite():
        value = int(value) if value == value.to_integral_value() else float(value)
    return plain(value)


def sentence(error: duckdb.Error) -> str:
    """The first line of what the engine says, without its prefix."""
    line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return line.partition("Error: ")[2] or line
