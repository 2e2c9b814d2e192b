"""Which kind of file system a path is on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

NETWORK_FILE_SYSTEMS = frozenset(
    """nfs nfs4 cifs smb2 smb3 smbfs afs afpfs webdav davfs fuse.sshfs fuse.davfs2 fuse.rclone fuse.s3fs fuse.gcsfuse
    fuse.glusterfs glusterfs ceph fuse.ceph lustre gpfs beegfs pvfs2 ocfs2 coda ncpfs""".split()
)


def file_system_of(path: Path, mounts: str | None = None) -> str:
    """The type of the file system that holds `path`, as the system calls it; empty when that cannot be known.

    `mounts` is the system's table of mounts, read when it is not given.
    """
    table = _mounts() if mounts is None else mounts
    resolved = path.resolve()
    best, kind = Path(), ""
    for line in table.splitlines():
        point, candidate = _parse(line)
        # A later line hides an earlier one on the same point.
        if candidate and resolved.is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, kind = point, candidate
    return kind


def _parse(line: str) -> tuple[Path, str]:
    mac = re.match(r"^.+ on (/.*) \(([^,)]+)", line)
    if mac:
        return Path(mac.group(1)), mac.group(2)
    fields = line.split(" ")
    if len(fields) < 3:
        return Path(), ""
    # The kernel writes blanks in names as octal escapes.
    point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), fields[1])
    return Path(point), fields[2]


def _mounts() -> str:
    try:
        if sys.platform == "darwin":
            return subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False, timeout=5).stdout
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except (OSError, subprocess.TimeoutExpired):
        return ""
