"""A registry that cannot be used says which one, why and what to do, soon and without its password."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from mesh_workbench.errors import InvalidInput, MeshError, Unavailable
from mesh_workbench.registry import open_registry
from mesh_workbench.registry.mounts import NETWORK_FILE_SYSTEMS, file_system_of
from mesh_workbench.registry.sqlite import check_place
from tests import records
from tests.processes import at_once


def refused(url: str, *, create: bool = True) -> MeshError:
    with pytest.raises(MeshError) as refusal:
        open_registry(url, create=create)
    assert refusal.value.hint
    return refusal.value


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("nonsense", "registry.wrong-url"),
        ("", "registry.wrong-url"),
        ("mysql://u:geheim@h/d", "registry.wrong-url"),
        ("postgresql://u:geheim@h:port/d", "registry.wrong-url"),
        ("sqlite://", "registry.in-memory"),
        ("sqlite:///:memory:", "registry.in-memory"),
    ],
)
def test_a_url_that_cannot_be_a_registry_is_refused(url: str, code: str) -> None:
    error = refused(url)
    assert isinstance(error, InvalidInput)
    assert error.code == code
    assert "geheim" not in str(error)


def test_a_file_in_no_folder_or_one_that_does_not_exist_is_unreachable(tmp_path: Path) -> None:
    error = refused(f"sqlite:///{tmp_path}/nowhere/registry.db")
    assert (error.code, error.exit_code, error.status) == ("registry.unreachable", 7, 503)
    assert "nowhere" in str(error)
    assert refused(f"sqlite:///{tmp_path}/registry.db", create=False).code == "registry.unreachable"
    assert not (tmp_path / "registry.db").exists()
    (tmp_path / "folder.db").mkdir()
    assert refused(f"sqlite:///{tmp_path}/folder.db").code == "registry.unreachable"


def test_a_file_that_is_not_a_registry_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "registry.db"
    file.write_text("this is a letter, not a database\n" * 100)
    content = file.read_bytes()
    assert refused(f"sqlite:///{file}").code == "registry.damaged"
    assert file.read_bytes() == content


def test_a_server_that_is_not_there_is_told_soon_and_without_its_password() -> None:
    begin = time.monotonic()
    error = refused("postgresql://ana:geheim@127.0.0.1:1/mesh")
    assert error.code == "registry.unreachable"
    assert "mesh on 127.0.0.1:1" in str(error)
    assert "geheim" not in f"{error} {error.problem()}"
    assert time.monotonic() - begin < 4


def test_a_server_that_never_answers_is_given_up_after_seconds() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        begin = time.monotonic()
        error = refused(f"postgresql://ana@127.0.0.1:{silent.getsockname()[1]}/mesh")
        assert error.code == "registry.unreachable"
        assert time.monotonic() - begin < 8


@pytest.mark.postgres
def test_a_server_that_goes_away_and_comes_back(postgres_url: str) -> None:
    registry = open_registry(postgres_url)
    records.known_product(registry)
    _as_admin(postgres_url, "ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    _as_admin(postgres_url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    with pytest.raises(Unavailable) as fault:
        registry.products.names()
    assert fault.value.code == "registry.unreachable"
    _as_admin(postgres_url, "ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert registry.products.names() == ["flight_ops.flights"]
    registry.close()


@pytest.mark.postgres
def test_a_connection_that_breaks_inside_a_transaction_undoes_it(postgres_url: str) -> None:
    registry = open_registry(postgres_url)

    def broken_off() -> None:
        with registry.transaction():
            records.known_product(registry)
            _as_admin(postgres_url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            registry.products.names()

    with pytest.raises(Unavailable) as fault:
        broken_off()
    assert fault.value.code == "registry.unreachable"
    assert registry.products.names() == []
    registry.close()


@pytest.mark.postgres
def test_a_connection_that_cannot_answer_whether_it_lives_is_replaced(postgres_url: str) -> None:
    registry = open_registry(postgres_url)
    records.known_product(registry)
    with registry._db.engine.connect() as connection:
        raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    raw.pgconn.send_query(b"SELECT pg_sleep(60)")  # as a server leaves it that dies while it is asked
    assert registry.products.names() == ["flight_ops.flights"]
    registry.close()


@pytest.mark.postgres
def test_a_server_that_only_reads_says_so(postgres_url: str) -> None:
    _as_admin(postgres_url, "ALTER DATABASE {name} SET default_transaction_read_only = on")
    registry = open_registry(postgres_url)
    assert registry.products.names() == []
    with pytest.raises(Unavailable) as fault:
        registry.domains.add(records.domain())
    assert fault.value.code == "registry.read-only"
    registry.close()


@pytest.mark.postgres
def test_a_database_user_without_rights_is_told_what_is_missing(postgres_url: str) -> None:
    role = f"reader_{os.getpid()}"
    _as_admin(postgres_url, f"CREATE ROLE {role} LOGIN")
    try:
        error = refused(postgres_url.replace("mesh@", f"{role}@"))
        assert error.code == "registry.read-only"
        assert "database user" in error.hint
    finally:
        _as_admin(postgres_url, f"DROP ROLE {role}")


def _as_admin(url: str, statement: str) -> None:
    name, _, host = url.removeprefix("postgresql://mesh@/").partition("?host=")
    with psycopg.connect(host=host, user="mesh", dbname="postgres", autocommit=True) as connection:
        connection.execute(statement.format(name=name))  # type: ignore[call-overload]


def test_a_file_that_vanishes_or_is_replaced_is_noticed(sqlite_url: str) -> None:
    registry = open_registry(sqlite_url)
    records.known_product(registry)
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    shutil.copyfile(file, file.with_name("copy.db"))
    file.unlink()
    with pytest.raises(Unavailable) as fault:
        registry.domains.add(records.domain("lost"))
    assert fault.value.code == "registry.unreachable"
    file.with_name("copy.db").rename(file)
    with pytest.raises(Unavailable, match="was replaced"):
        registry.products.names()
    registry.close()


def _limited(limit: Callable[[], None], url: str) -> str:
    """Code of the error of many writes in a process under `limit`."""

    def write(_number: int) -> str:
        limit()
        try:
            registry = open_registry(url)
            for number in range(500):
                registry.blobs.put(os.urandom(10_000) + bytes([number % 256]))
            return "written"
        except MeshError as error:
            return error.code

    [code] = at_once(1, write)
    return str(code)


def test_a_full_disk_is_told_and_nothing_is_half_done(sqlite_url: str) -> None:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    assert _limited(limit, sqlite_url) == "registry.full"
    registry = open_registry(sqlite_url)
    records.known_product(registry)
    assert registry.products.names() == ["flight_ops.flights"]
    registry.close()


def test_a_file_that_may_only_be_read_is_told(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    for path in (file, file.parent):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for folder in file.parents:
        if folder.stat().st_uid == os.getuid() and folder != file.parent and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o055)

    def limit() -> None:
        if os.geteuid() == 0:  # root may write everywhere
            os.setuid(65534)

    try:
        assert _limited(limit, sqlite_url) in ("registry.read-only", "registry.unreachable")
    finally:
        file.parent.chmod(0o755)


MOUNTS = r"""sysfs /sys sysfs rw 0 0
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/local\040disk xfs rw 0 0
//nas/data /data cifs rw 0 0
tmpfs /data tmpfs rw 0 0
"""
MAC_MOUNTS = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
ana@nas._smb._tcp.local/home on /Volumes/my home (smbfs, nodev, nosuid, mounted by ana)
"""


def test_the_file_system_of_a_path_is_that_of_the_nearest_mount() -> None:
    assert file_system_of(Path("/var/lib/registry.db"), MOUNTS) == "ext4"
    assert file_system_of(Path("/home/ana/registry.db"), MOUNTS) == "nfs4"
    assert file_system_of(Path("/home/local disk/registry.db"), MOUNTS) == "xfs"
    assert file_system_of(Path("/homestead/registry.db"), MOUNTS) == "ext4"
    assert file_system_of(Path("/data/registry.db"), MOUNTS) == "tmpfs"
    assert file_system_of(Path("/Volumes/my home/registry.db"), MAC_MOUNTS) == "smbfs"
    assert file_system_of(Path("/"), "") == ""


def test_sqlite_on_a_network_file_system_is_refused_with_the_way_out(tmp_path: Path) -> None:
    check_place(tmp_path / "registry.db")
    assert {"nfs4", "cifs", "smbfs"} <= NETWORK_FILE_SYSTEMS
    with pytest.raises(Unavailable) as refusal:
        check_place(tmp_path / "registry.db", mounts=f"server:/x {tmp_path} nfs4 rw 0 0")
    assert refusal.value.code == "registry.network-file-system"
    assert "postgresql://" in refusal.value.hint
