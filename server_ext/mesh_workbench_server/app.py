"""The Jupyter Server extension: its settings, what it starts, and what it stops."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Enum, List, Unicode

from mesh_workbench_server.activity import Activity
from mesh_workbench_server.bridge import Bridge
from mesh_workbench_server.demo import Demo
from mesh_workbench_server.host import Host
from mesh_workbench_server.mounted import Mounted
from mesh_workbench_server.notices import Notices
from mesh_workbench_server.routes import DemoHandler, InitHandler, WorkerHandler
from mesh_workbench_server.worker import WorkerKeeper

_CHILD = [sys.executable, "-m", "mesh_workbench_server.tether"]


class MeshExtension(ExtensionApp):
    """Data products in JupyterLab: catalog, promotion, runs and queries."""

    name = "mesh_workbench_server"
    load_other_extensions = True
    description = "Serves the mesh workbench of this folder."

    workbench = Unicode(
        "",
        config=True,
        help="Folder of the workbench (where mesh.toml is). Empty: MESH_WORKBENCH, else Jupyter's root folder or the "
        "nearest parent that has one.",
    )
    start_worker = Bool(
        True, config=True, help="Whether to run one worker as a child of this server, for as long as it lives."
    )
    identity = Enum(
        ["auto", "system", "jupyter"],
        "auto",
        config=True,
        help="Who acts. system: the operating-system user of this server; jupyter: the user that Jupyter's identity "
        "provider names; auto: system for Jupyter's own token and password sign-in (whose user names are random or "
        "equal for all), jupyter for every other provider, such as a hub's.",
    )
    worker_command = List(Unicode(), [*_CHILD, "worker"], config=True, help="Command that runs a worker.")
    demo_command = List(
        Unicode(), [*_CHILD, "demo"], config=True, help="Command that builds the demo; the folder is appended."
    )

    open_sidebar = Bool(
        False, config=True, help="Whether JupyterLab shows the catalog when it opens, as `mesh lab` wants it."
    )

    host: Host
    mounted: Mounted
    worker: WorkerKeeper
    demo: Demo
    activity: Activity
    notices: Notices

    def initialize_settings(self) -> None:
        server: Any = self.serverapp
        self.host = Host(server.root_dir, self.workbench)
        self.mounted = Mounted(self.host)
        self.worker = WorkerKeeper(self.host, list(self.worker_command), self.log)
        self.demo = Demo(self.host, list(self.demo_command))
        self.activity = Activity(self.host, server.web_app.settings)
        self.notices = Notices(self.host)
        self.settings["mesh_workbench_server"] = self
        if self.open_sidebar:
            page = server.web_app.settings.setdefault("page_config_data", {})
            page["meshWorkbenchSidebar"] = "open"

    def initialize_handlers(self) -> None:
        self.handlers.extend(
            [
                (r"/mesh-workbench/api/v1(?:/.*)?", Bridge),
                (r"/mesh-workbench/worker", WorkerHandler),
                (r"/mesh-workbench/init", InitHandler),
                (r"/mesh-workbench/demo", DemoHandler),
            ]
        )

    async def _start_jupyter_server_extension(self, _serverapp: Any) -> None:
        await asyncio.to_thread(self.host.announce)
        if self.start_worker:
            self.worker.start()
        self.activity.start()
        self.notices.start()
        await self.mounted.start()
        await asyncio.to_thread(self.host.warm)  # the page's first question comes soon after

    async def stop_extension(self) -> None:
        await asyncio.gather(
            self.activity.stop(), self.notices.stop(), self.demo.stop(), self.worker.stop(), self.mounted.stop()
        )
        await asyncio.to_thread(self.host.close)
