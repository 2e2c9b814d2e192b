"""What an interpreter has installed. Other interpreters, which need not have this package, execute this file's text, so
it uses the standard library alone.

The content of a distribution is the digest over the digests of its files that its installer recorded (RECORD), so one
wheel has one content on every machine. Left out is what differs from machine to machine: compiled files, scripts, and
the notes of the installer.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
import sysconfig
from importlib import metadata

_NOTES = (".dist-info/RECORD", ".dist-info/INSTALLER", ".dist-info/REQUESTED", ".dist-info/direct_url.json")


def look() -> dict[str, object]:
    """Interpreter, platform, the folders from which it imports, and name, version, content and origin of every
    distribution; content is empty without a record, and origin where it came from an index."""
    found: dict[str, list[str]] = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if name:
            found[name] = [distribution.version, _content(distribution), _origin(distribution)]
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": sysconfig.get_platform(),
        "folders": sys.path,
        "distributions": found,
    }


def _content(distribution: metadata.Distribution) -> str:
    lines = (distribution.read_text("RECORD") or "").splitlines()
    files = []
    for line in lines:
        path, _, rest = line.rpartition(",")[0].rpartition(",")
        if rest and not path.startswith(("..", "/")) and not path.endswith((".pyc", *_NOTES)):
            files.append(f"{path},{rest}")
    return f"sha256:{hashlib.sha256(chr(10).join(sorted(files)).encode()).hexdigest()}" if files else ""


def _origin(distribution: metadata.Distribution) -> str:
    """Where it was installed from, when that was no index: a URL without credentials, with the commit if any."""
    try:
        told = json.loads(distribution.read_text("direct_url.json") or "{}")
        url = re.sub(r"//[^/@]*@", "//", str(told.get("url", "")))
        commit = told.get("vcs_info", {}).get("commit_id", "")
        editable = told.get("dir_info", {}).get("editable", False)
    except (ValueError, AttributeError):
        return ""
    return url + (f"@{commit}" if commit else "") + (" (editable)" if editable else "")


if __name__ == "__main__":
    print(json.dumps(look()))
