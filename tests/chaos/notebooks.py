"""The products of a world under fault: quick ones that publish, and some whose notebooks misbehave."""

from __future__ import annotations

from tests.builders import notebook

ROWS = 10
"""Rows of each slot of `chaos.events`."""

_IMPORTS = "import mesh_workbench as mesh\nimport polars as pl\nimport time"
EVENTS = notebook(
    _IMPORTS,
    "time.sleep(pause)",
    f"frame = pl.DataFrame({{'id': list(range({ROWS})), 'slot': [str(mesh.slot.start)] * {ROWS}}})",
    "mesh.output('events', frame)",
    parameters="pause: float = 0.1",
)
TOTALS = notebook(
    _IMPORTS,
    "events = mesh.read('chaos.events').polars()",
    "totals = events.group_by('slot').len().with_columns(pl.lit(str(mesh.slot.start)).alias('of'))",
    "mesh.output('totals', totals)\nmesh.output('peaks', totals.select(pl.col('len').max()))",
)
FLAKY = notebook(
    _IMPORTS,
    "import secrets",
    "if secrets.randbelow(2):\n    raise RuntimeError('as it happens')",
    "mesh.output('flaky', pl.DataFrame({'one': [1]}))",
)
STUBBORN = notebook(
    "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "while True:\n    time.sleep(0.1)",
    "import mesh_workbench as mesh\nmesh.output('stubborn', None)",
)
PARENT = notebook(
    _IMPORTS,
    "import os, subprocess, sys",
    "for alone in (False, True):\n"
    "    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=alone)\n"
    "if os.fork() == 0:\n    time.sleep(600)\n    os._exit(0)",
    "mesh.output('parent', pl.DataFrame({'one': [1]}))",
)
GREEDY = notebook(
    _IMPORTS,
    "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))",
    "held = []\nwhile True:\n    held.append(bytearray(64 << 20))",
    "mesh.output('greedy', pl.DataFrame({'one': [1]}))",
)
CHATTY = notebook(
    _IMPORTS,
    "line = 'x' * 1023\nfor _ in range(megabytes):\n    print('\\n'.join([line] * 1024))",
    "mesh.output('chatty', pl.DataFrame({'one': [1]}))",
    parameters="megabytes: int = 1024",
)
DYING = notebook(
    "import os\nos._exit(3)",
    _IMPORTS,
    "mesh.output('dying', pl.DataFrame({'one': [1]}))",
)

PRODUCTS = {
    "events": EVENTS,
    "totals": TOTALS,
    "flaky": FLAKY,
    "stubborn": STUBBORN,
    "parent": PARENT,
    "greedy": GREEDY,
    "chatty": CHATTY,
    "dying": DYING,
}
