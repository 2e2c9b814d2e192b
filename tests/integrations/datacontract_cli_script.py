"""Runs inside datacontract-cli's environment: prints every check of a contract as column, kind, result and reason."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

from datacontract.data_contract import DataContract

run = DataContract(data_contract_str=Path(sys.argv[1]).read_text(encoding="utf-8"), server="local").test()
checks = [
    {
        "column": check.field or "",
        "kind": str(check.type),
        "result": getattr(check.result, "value", str(check.result)),
        "reason": check.reason or "",
    }
    for check in run.checks or []
]
sys.stdout.write("\n" + json.dumps({"version": version("datacontract-cli"), "checks": checks}) + "\n")
