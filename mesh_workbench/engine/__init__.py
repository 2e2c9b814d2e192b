"""DuckDB sessions that cannot reach anything but given files, and the SQL that may run in them.

A statement is parsed and checked by list (`statement`, `allow`), its product names are resolved by who calls, and it
is executed (`execute`) in a locked session (`session`) that checks it again with DuckDB's own parser (`guard`).
"""
