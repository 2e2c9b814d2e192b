"""`mesh demo`: a whole mesh, built from real flights in front of your eyes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.options import Json

if TYPE_CHECKING:
    from mesh_workbench.cli.demo_story import Story
    from mesh_workbench.workbench.protocol import Workbench

FOLDER = Path("mesh-demo")


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder of the workbench; mesh-demo if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Build the flights mesh: five domains, seven products, every departure from New York in 2013."""
    from mesh_workbench.cli.demo_landing import source
    from mesh_workbench.cli.demo_story import Story
    from mesh_workbench.cli.waiting import somebody_working
    from mesh_workbench.settings import FILE

    began = time.monotonic()
    source()  # before anything is made: without the data there is no demo
    chosen = folder or (Path() if Path(FILE).is_file() else FOLDER)
    bench = _workbench(chosen)
    try:
        story = Story(bench, chosen.resolve(), quiet=as_json)
        if story.is_told():
            story.say("The flights mesh is here already; nothing was changed.")
        else:
            story.prepare()
            with somebody_working(bench):
                story.run()
                story.refuse()
            story.ask()
        _end(story, chosen, time.monotonic() - began, as_json)
    finally:
        bench.close()


def _workbench(folder: Path) -> Workbench:
    from mesh_workbench.settings import FILE
    from mesh_workbench.workbench import create_workbench, open_workbench

    return open_workbench(folder) if (folder / FILE).is_file() else create_workbench(folder)


def _end(story: Story, folder: Path, seconds: float, as_json: bool) -> None:
    lines = story.summary()
    if as_json:
        show.as_json(
            {"location": str(story.root), "products": lines, "refused": story.refused, "seconds": round(seconds, 1)}
        )
        return
    show.say()
    show.table(
        ["product", "version", "rows", "promises kept", "releases", "time"],
        [
            (
                line["product"],
                line["version"],
                f"{line['rows']:,}",
                f"{line['kept']} of {line['promises']}" + (f", {line['warned']} warned" if line["warned"] else ""),
                line["releases"],
                f"{line['seconds']} s" if line["seconds"] else "",
            )
            for line in lines
        ],
        right=["rows", "releases", "time"],
    )
    show.say(f"Done in {seconds:.0f} s. Try next:")
    show.say(f"  mesh lab {folder}", style="bold")
    show.say(f'  cd {folder} && mesh sql "SELECT * FROM insights.daily_delays LIMIT 10"', style="bold")  # noqa: S608  text to copy
