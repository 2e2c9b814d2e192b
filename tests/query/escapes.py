"""Ways out of a query, as people try them. FILE is a file outside, OWN one that the session may read."""

ESCAPES = (
    """
SELECT 1; DROP TABLE t
SELECT 1; ATTACH 'FILE'
ATTACH 'FILE' AS out
DETACH memory
COPY (SELECT 1) TO 'FILE'
COPY (SELECT 1 AS x) TO 'OWN' (USE_TMP_FILE false)
COPY (SELECT 1 AS x) TO 'OWN' (FORMAT csv, USE_TMP_FILE false)
COPY t FROM 'FILE'
EXPORT DATABASE 'FILE'
IMPORT DATABASE 'FILE'
INSTALL httpfs
LOAD httpfs
CREATE TABLE t AS SELECT 1
CREATE TEMP TABLE t AS SELECT 1
CREATE VIEW v AS SELECT 1
CREATE MACRO m() AS 1
CREATE SECRET s (TYPE s3)
DROP VIEW "r"
INSERT INTO t VALUES (1)
UPDATE t SET x = 1
DELETE FROM t
TRUNCATE t
MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE
ALTER TABLE t ADD COLUMN y INT
SET threads = 1
SET lock_configuration = false
RESET lock_configuration
SET VARIABLE x = 1
PRAGMA version
PRAGMA database_list
CALL pragma_version()
CHECKPOINT
VACUUM
ANALYZE
USE memory
BEGIN TRANSACTION
EXPLAIN SELECT 1
EXPLAIN ANALYZE SELECT 1
PREPARE p AS SELECT 1
EXECUTE p
DESCRIBE SELECT 1
SUMMARIZE SELECT 1
SHOW TABLES
SHOW ALL TABLES
SELECT * FROM (DESCRIBE SELECT 1)
SELECT * FROM (SHOW TABLES)
WITH x AS (INSERT INTO t VALUES (1) RETURNING 1) SELECT * FROM x
WITH x AS (DELETE FROM t RETURNING 1) SELECT * FROM x
WITH x AS (COPY (SELECT 1) TO 'FILE') SELECT 1
WITH x AS (COPY (SELECT 1 AS y) TO 'OWN' (USE_TMP_FILE false)) SELECT 1
SELECT * INTO t FROM range(3)
SELECT * FROM 'FILE'
FROM 'FILE'
SELECT * FROM "FILE"
SELECT * FROM 'OWN'
SELECT * FROM read_parquet('FILE')
SELECT * FROM read_parquet('OWN')
SELECT * FROM parquet_scan('FILE')
SELECT * FROM read_csv('FILE')
SELECT * FROM read_csv_auto('FILE')
SELECT * FROM read_json('FILE')
SELECT * FROM read_json_auto('FILE')
SELECT * FROM read_ndjson('FILE')
SELECT * FROM read_text('FILE')
SELECT * FROM read_blob('FILE')
SELECT * FROM read_duckdb('FILE')
SELECT * FROM glob('/*')
SELECT * FROM sniff_csv('FILE')
SELECT * FROM parquet_metadata('FILE')
SELECT * FROM parquet_schema('OWN')
SELECT * FROM parquet_kv_metadata('OWN')
SELECT * FROM read_parquet('https://example.org/x.parquet')
SELECT * FROM 's3://bucket/x.parquet'
SELECT * FROM duckdb_settings()
SELECT * FROM duckdb_settings
SELECT * FROM duckdb_secrets()
SELECT * FROM duckdb_tables()
SELECT * FROM duckdb_views()
SELECT * FROM duckdb_extensions()
SELECT * FROM duckdb_databases()
SELECT * FROM pragma_version()
SELECT * FROM pragma_table_info('r')
SELECT * FROM pragma_database_size()
SELECT * FROM information_schema.tables
SELECT * FROM pg_catalog.pg_settings
SELECT * FROM pg_tables
SELECT * FROM sqlite_master
SELECT * FROM main.sqlite_master
SELECT * FROM system.information_schema.columns
SELECT * FROM query('SELECT 1')
SELECT * FROM query_table('r')
SELECT * FROM query('FROM duckdb_settings()')
SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))
SELECT json_serialize_sql('SELECT 1')
SELECT current_setting('allowed_paths')
SELECT getenv('HOME')
SELECT getvariable('x')
SELECT "getenv"('HOME')
SELECT "current_setting"('threads')
SELECT 'HOME'.getenv()
SELECT 'threads'.current_setting()
SELECT main.current_setting('threads')
SELECT system.main.current_setting('threads')
SELECT version()
SELECT current_schemas(true)
SELECT txid_current()
SELECT nextval('s')
SELECT setseed(0.5)
SELECT sleep_ms(10)
SELECT pg_sleep(1)
SELECT write_log('x')
SELECT current_query()
SELECT pg_get_viewdef(1)
SELECT has_table_privilege('t', 'select')
SELECT * FROM arrow_scan(1, 2, 3)
SELECT * FROM pandas_scan(1)
SELECT * FROM seq_scan('t')
SELECT * FROM checkpoint()
SELECT * FROM force_checkpoint()
SELECT * FROM enable_logging()
SELECT * FROM enable_profiling()
SELECT * FROM test_all_types()
SELECT * FROM which_secret('s3://x', 's3')
SELECT * FROM summary('r')
SELECT list_transform(['HOME'], x -> getenv(x))
SELECT [current_setting(x) FOR x IN ['threads']]
SELECT (SELECT current_setting('allowed_paths'))
SELECT 1 WHERE EXISTS (SELECT * FROM duckdb_settings())
SELECT 1 ORDER BY current_setting('threads')
SELECT count(*) FILTER (WHERE current_setting('threads') = 1) FROM range(3)
SELECT row_number() OVER (ORDER BY current_setting('threads')) FROM range(3)
SELECT * FROM range(3) QUALIFY row_number() OVER () = current_setting('threads')
SELECT 1 UNION SELECT current_setting('threads')
SELECT CASE WHEN current_setting('threads') = 1 THEN 1 END
SELECT 1 LIMIT (SELECT current_setting('threads'))
WITH a AS (SELECT current_setting('threads') AS b) SELECT b FROM a
SELECT * FROM (VALUES (current_setting('threads')))
SELECT * FROM range(current_setting('threads'))
SELECT * FROM range(3), LATERAL (SELECT current_setting('threads'))
SELECT /* a */ current_setting /* b */ ('threads')
SELECT /* /* nested */ */ current_setting('threads')
SELECT $$x$$, current_setting($$threads$$)
SELECT 1 -- \n, current_setting('threads')
PIVOT (SELECT 1 AS a) ON a USING count(*)
SELECT * FROM local_frame
SELECT * FROM a.b FOR UPDATE
SELECT * FROM read_json_objects('FILE')
SELECT * FROM read_ndjson_auto('FILE')
SELECT * FROM parquet_file_metadata('OWN')
SELECT * FROM parquet_bloom_probe('OWN', 'x', 1)
SELECT * FROM delta_scan('FILE')
SELECT * FROM iceberg_scan('FILE')
SELECT * FROM sqlite_scan('FILE', 't')
SELECT * FROM postgres_query('FILE', 'SELECT 1')
SELECT * FROM 'FILE' AS a, 'OWN' AS b
SELECT * FROM read_parquet(['OWN', 'FILE'])
SELECT * FROM read_parquet('OWN', filename = true)
SELECT (SELECT x FROM read_parquet('FILE'))
SELECT 1 WHERE 42 IN (FROM 'FILE')
WITH RECURSIVE a AS (SELECT 1 AS x UNION ALL SELECT x FROM 'FILE') SELECT * FROM a
SELECT * FROM range(3) r(x) POSITIONAL JOIN 'FILE'
SELECT * FROM range(3) r(x) ASOF JOIN 'FILE' f ON r.x >= f.x
SELECT * FROM (FROM 'FILE' SELECT x)
SELECT * FROM (TABLE 'FILE')
SELECT * FROM duckdb_functions()
SELECT * FROM duckdb_logs()
SELECT * FROM duckdb_temporary_files()
SELECT * FROM pragma_user_agent()
SELECT * FROM pg_catalog.pg_class
SELECT * FROM INFORMATION_SCHEMA.SCHEMATA
SELECT max(getenv('HOME')) FROM range(3)
SELECT list_reduce(['a', 'b'], (x, y) -> getenv(x))
SELECT {'a': getenv('HOME')}
SELECT MAP {'a': current_setting('threads')}
SELECT try(current_setting('threads'))
SELECT coalesce(NULL, getvariable('x'))
SELECT GeTeNv('HOME')
SELECT getenv	('HOME')
SELECT * FROM range(3) ORDER BY getenv('HOME')
SELECT COLUMNS(c -> getenv(c) = '') FROM range(3)
UPDATE EXTENSIONS
COMMENT ON TABLE t IS 'x'
ROLLBACK
DEALLOCATE p
FORCE CHECKPOINT
LOAD 'FILE'
""".strip()
    .replace("\\n", "\n")
    .split("\n")
)

_joined: list[str] = []
for _line in ESCAPES:
    if _line.startswith(", ") and _joined:  # the comment line above goes on here
        _joined[-1] += f"\n{_line}"
    else:
        _joined.append(_line)
ESCAPES = _joined
