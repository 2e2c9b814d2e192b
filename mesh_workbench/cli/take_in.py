"""`mesh import`: a version of a product from a file that `mesh export` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json
from mesh_workbench.cli.written_proposal import proposed
from mesh_workbench.errors import Conflict, NotFound


def register(app: typer.Typer) -> None:
    app.command("import")(take_in)


def take_in(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The bundle.")],
    to: Annotated[
        str, typer.Option("--to", metavar="DOMAIN[.PRODUCT]", help="Where it goes; called as it was in a domain.")
    ],
    create_domain: Annotated[
        bool, typer.Option("--create-domain", help="Create domains that are missing, those of included data too.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Take in a version of a product that another workbench exported, and check every byte of it before.

    Where the domain asks for approval, it is proposed, and taken in once it is approved. Of the data that it reads,
    what is included becomes a product of its own where there is none of that name.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise NotFound("file.not-found", f"{file} cannot be read: {error.strerror}.", hint="Name a bundle.") from error
    with opened() as bench:
        try:
            done = bench.bundles.take_in(content, to=to, create_domains=create_domain)
        except Conflict as refusal:
            if refusal.code != "promote.needs-review":
                raise
            proposed(bench.reviews.propose_bundle(content, to=to, create_domains=create_domain), as_json)
            return
    if as_json:
        show.as_json(done)
        return
    version = done.version.version
    show.say(f"Took in {done.product} {version}." if done.created else f"{done.product} {version} was here already.")
    for name in done.snapshots:
        show.say(f"  {name} holds the included data; its first run is queued.")
    for one in done.environment[:10]:
        show.say(f"  The kernel here differs: {one}")
    if len(done.environment) > 10:
        show.say(f"  … and {len(done.environment) - 10} more differences.")
    show.next_step(f"mesh run {done.product} --wait", "runs it")
