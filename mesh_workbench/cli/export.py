"""`mesh export`: a version of a product as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mesh_workbench.cli import show
from mesh_workbench.cli.opened import opened
from mesh_workbench.cli.options import Json
from mesh_workbench.errors import InvalidInput


def register(app: typer.Typer) -> None:
    app.command("export")(export)


def export(
    name: Annotated[
        str, typer.Argument(metavar="DOMAIN.PRODUCT[@VERSION]", help="Its newest version if none is named.")
    ],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; DOMAIN.PRODUCT-VERSION.mesh if not given.")
    ] = None,
    with_data: Annotated[bool, typer.Option("--with-data", help="Include the current releases that it reads.")] = False,
    as_json: Json = False,
) -> None:
    """Write a version of a product, with everything that a run of it needs, into one file.

    Equal content gives equal bytes. `mesh import` takes it in elsewhere.
    """
    from mesh_workbench.model.content import digest_of

    product, _, version = name.partition("@")
    with opened() as bench:
        found = bench.versions.get(product, version or None)
        content = bench.bundles.export(product, found.version, with_data=with_data)
    file = output or Path(f"{product}-{found.version}.mesh")
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InvalidInput(
            "file.not-written", f"{file} cannot be written: {error.strerror}.", hint="Name another place with --output."
        ) from error
    if as_json:
        told = {"file": str(file), "bytes": len(content), "digest": digest_of(content)}
        show.as_json({"product": product, "version": found.version, **told})
        return
    show.say(f"Wrote {product} {found.version} into {file}, {len(content) / 1e6:.1f} MB.")
    show.next_step(f"mesh import {file} --to DOMAIN", "takes it in, in another workbench")
