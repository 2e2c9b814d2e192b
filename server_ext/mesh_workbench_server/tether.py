"""`python -m mesh_workbench_server.tether VERB …`: the command `mesh VERB …`, ended when the server is gone.

The server holds the other end of our standard input. When the server ends, however it ends, the system closes that
end, and this process asks itself to stop: no orphan goes on working, on any platform.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def _wait_for_the_end() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_wait_for_the_end, name="tether", daemon=True).start()
    sys.argv = ["mesh", *sys.argv[1:]]
    runpy.run_module("mesh_workbench", run_name="__main__", alter_sys=True)
