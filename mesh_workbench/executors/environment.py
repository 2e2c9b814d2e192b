"""The environment variables of a kernel: what it needs to work, and no secret that it was not promised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from mesh_workbench.model.runfolder import RUN_FOLDER_VARIABLE

_NAMES = frozenset(
    """PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TZDIR TMPDIR TEMP TMP PWD TERM VIRTUAL_ENV LD_LIBRARY_PATH
    DYLD_LIBRARY_PATH LD_PRELOAD SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE HTTP_PROXY HTTPS_PROXY
    NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy JAVA_HOME SPARK_HOME HADOOP_HOME HADOOP_CONF_DIR
    JUPYTER_PATH JUPYTER_DATA_DIR JUPYTER_CONFIG_DIR JUPYTER_PLATFORM_DIRS MPLBACKEND MPLCONFIGDIR
    R_HOME GDAL_DATA PROJ_DATA PROJ_LIB""".split()
)
_PREFIXES = ("LC_", "XDG_", "PYTHON", "CONDA_", "OMP_", "MKL_", "OPENBLAS_", "NUMEXPR_", "POLARS_", "ARROW_", "NUMBA_")
_SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|API_?KEY|PRIVATE", re.IGNORECASE)
_NEVER = frozenset({"PYTHONSTARTUP", "PYTHONINSPECT"})
_OURS = ("MESH_", "JUPYTER", "JPY_")
_REFERENCE = re.compile(r"""["']env:([A-Za-z_][A-Za-z0-9_]*)["']""")


def kernel_environment(
    of_worker: Mapping[str, str], folder: Path, *, promised: Iterable[str] = (), added: Mapping[str, str] | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """The variables for a kernel that runs in `folder`: those that all kernels of this worker have, and its own.

    Of the worker's pass only those on the list, and those that the notebook asks for by name (`promised`, from
    `referenced`); then come those `added`. Variables of the workbench and of Jupyter never pass, whoever asks: a
    notebook holds no address of the registry and no token of the server.
    """
    shared = {name: value for name, value in of_worker.items() if _passes(name)}
    own = {name: of_worker[name] for name in promised if name in of_worker and name not in shared and not _ours(name)}
    for name, value in (added or {}).items():
        # What says how a process starts must be there when it starts.
        (shared if _passes(name) else own)[name] = value
    return {**shared, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}, {**own, RUN_FOLDER_VARIABLE: str(folder)}


def referenced(sources: Iterable[str]) -> set[str]:
    """The variables that code names as `"env:NAME"`, which is how mesh.secret is told where a secret is."""
    return {name for source in sources for name in _REFERENCE.findall(source)}


def _passes(name: str) -> bool:
    return (name in _NAMES or name.startswith(_PREFIXES)) and name not in _NEVER and not _SECRET.search(name)


def _ours(name: str) -> bool:
    return name.startswith(_OURS)
