"""What a version of a product froze, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh_workbench.cli import show

if TYPE_CHECKING:
    from mesh_workbench.model.version import Environment, ProductVersion


def frozen(version: ProductVersion, *, as_json: bool) -> None:
    """Everything that a run of it depends on."""
    if as_json:
        show.as_json(version)
        return
    show.say(f"{version.product}  {version.version}", style="bold")
    if version.note:
        show.say(version.note)
    show.facts(
        [
            ("promoted", f"{show.ago(version.promoted)} by {version.promoted_by}"),
            ("notebook", version.digest),
            ("parameters", ", ".join(spec.name for spec in version.parameters)),
            ("reads", ", ".join(dict.fromkeys(spec.port for spec in version.inputs))),
            ("makes", ", ".join(dict.fromkeys(spec.name for spec in version.outputs))),
            ("contracts", ", ".join(f"{port} {digest[:19]}" for port, digest in version.contract_blobs.items())),
            ("git", str(version.git) if version.git else ""),
            ("kernel", _kernel(version.environment)),
            ("container", version.environment.container),
            ("lock", _lock(version.environment)),
            ("policies", ", ".join(f"{name} {digest[:19]}" for name, digest in version.policies.items())),
        ]
    )
    if version.files:
        show.table(
            ["file", "bytes", "needed as", "content"],
            [(file.path, show.count(file.size), file.needed_as, file.digest[:19]) for file in version.files],
            right=["bytes"],
        )


def _kernel(environment: Environment) -> str:
    python = f"{environment.implementation or 'Python'} {environment.python}"
    return " ".join(part for part in (environment.kernelspec, python, environment.platform) if part)


def _lock(environment: Environment) -> str:
    number = f"{show.count(len(environment.distributions))} distributions"
    return f"{number}, {environment.lock[:19]}" if environment.lock else number
