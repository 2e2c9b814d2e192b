"""`python incubator.py SOCKET`: imports ahead, then becomes a kernel, or forks children that do.

It never executes what people wrote and keeps no thread: only so is a fork of it a whole process. The inherited socket
leads to the worker, and when it closes, everything here ends. First comes a wish: what to import, and whether to fork.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
import types
from pathlib import Path

if __name__ == "__main__":
    # The package as far as it is needed here; the kernel's environment may have another one, or none.
    del sys.path[0]
    inside = Path(__file__).resolve().parent
    for name, folder in (
        ("mesh_workbench", inside.parent.parent),
        ("mesh_workbench.executors", inside.parent),
        ("mesh_workbench.executors.inside", inside),
    ):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(folder)]

from mesh_workbench.executors.inside.forks import Forks
from mesh_workbench.executors.inside.hatching import hatch
from mesh_workbench.executors.inside.imports import Imports
from mesh_workbench.executors.inside.system import die_with_parent
from mesh_workbench.executors.inside.talk import receive


def main(control: socket.socket) -> None:
    """Serve the worker at the other end of `control`. Returns only when the kernel has left."""
    die_with_parent()
    wish, _ = receive(control)
    imports = Imports()
    imports.run(control, wish["imports"], gently=wish["gently"])
    gc.freeze()  # what is never looked at again stays shared with the children, and no search for garbage meets it
    if wish["fork"]:
        order, log = Forks(control).serve()
    else:
        try:
            order, log = receive(control)
        except EOFError:  # nobody wants it any more
            os._exit(0)
        control.close()
    hatch(imports, order, log)


if __name__ == "__main__":
    for name in [name for name in sys.modules if name.partition(".")[0] == "mesh_workbench"]:
        del sys.modules[name]
    main(socket.socket(fileno=int(sys.argv[1])))
