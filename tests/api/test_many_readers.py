"""Many readers at the same time, over a real server."""

from __future__ import annotations

from tests.api.serving import API, jupyter_server
from tests.bench.readers import READERS, build, read_together


def test_32_readers_at_once_get_right_answers_in_bounded_memory(tmp_path):
    build(tmp_path / "bench", 200_000)
    with jupyter_server(tmp_path / "bench") as server:
        readers, grown = read_together(server, rows=200_000, streamed=100_000, rounds=3)
        assert [error for reader in readers for error in reader.errors] == []
        assert [len(reader.taken) for reader in readers] == [3] * READERS
        assert grown < 1.0, f"{grown:.2f} GB"
        with server.client() as client:
            assert client.get(f"{API}/status").status_code == 200
