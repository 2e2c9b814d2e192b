"""The file of a bundle: written so that equal content gives equal bytes, read without trusting any of it.

It is a ZIP archive whose members are stored, not compressed: no compressor's version shows in the bytes, and a small
file cannot become a large one.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping

from pydantic import ValidationError

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.bundle import FORMAT_VERSION, MANIFEST, Manifest
from mesh_workbench.model.content import digest_of
from mesh_workbench.model.project import is_plain

MOST_MEMBERS = 10_000
MOST_MANIFEST_BYTES = 5_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MADE_ON_UNIX = 3


def write_bundle(product: str, version: str, members: Mapping[str, bytes]) -> bytes:
    """The file that holds `members`, by name."""
    digests = {name: digest_of(members[name]) for name in sorted(members)}
    manifest = Manifest(product=product, version=version, members=digests)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, MANIFEST, (manifest.model_dump_json(indent=1) + "\n").encode())
        for name in digests:
            _add(archive, name, members[name])
    return file.getvalue()


def read_bundle(content: bytes) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest, and every other member by name, each as the manifest says.

    Raises InvalidInput `bundle.not-a-bundle`, `bundle.unknown-format`, `bundle.unsafe` for a name or kind of member
    that none has, and `bundle.manipulated` when members and manifest do not agree.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _demand_safe(entries, len(content))
            manifest = _manifest(archive, entries)
            found = {entry.filename: archive.read(entry) for entry in entries if entry.filename != MANIFEST}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise not_a_bundle(str(error) or type(error).__name__) from error
    for name in sorted({*found, *manifest.members}):
        if name not in found:
            raise manipulated(f"it lacks {name}, which its manifest lists")
        if name not in manifest.members:
            raise manipulated(f"it holds {name}, which its manifest does not list")
        if digest_of(found[name]) != manifest.members[name]:
            raise manipulated(f"{name} is not what its manifest says")
    return manifest, found


def manipulated(why: str) -> InvalidInput:
    return InvalidInput(
        "bundle.manipulated", f"The bundle was changed after it was made: {why}.", hint="Ask for the file again."
    )


def not_a_bundle(why: str) -> InvalidInput:
    return InvalidInput(
        "bundle.not-a-bundle",
        f"This is no bundle of a product: {why}.",
        hint="Make one with `mesh export DOMAIN.PRODUCT`.",
    )


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = _MADE_ON_UNIX
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    archive.writestr(entry, content)


def _demand_safe(entries: list[zipfile.ZipInfo], size: int) -> None:
    names: set[str] = set()
    if len(entries) > MOST_MEMBERS or sum(entry.file_size for entry in entries) > size:
        raise _unsafe("it would become larger than it is")
    for entry in entries:
        name = entry.orig_filename
        if not is_plain(name):
            raise _unsafe(f"{name!r} would lie outside of it")
        if name in names:
            raise _unsafe(f"{name} is in it twice")
        names.add(name)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise _unsafe(f"{name} is no plain file")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise _unsafe(f"{name} is compressed")
        if entry.flag_bits & 0x1:
            raise _unsafe(f"{name} is encrypted")


def _manifest(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Manifest:
    entry = next((entry for entry in entries if entry.filename == MANIFEST), None)
    if entry is None:
        raise not_a_bundle(f"it has no {MANIFEST}")
    if entry.file_size > MOST_MANIFEST_BYTES:
        raise _unsafe(f"its {MANIFEST} is too large")
    content = archive.read(entry)
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise not_a_bundle(f"its {MANIFEST} cannot be read ({error.errors()[0]['msg']})") from error
    if manifest.format_version != FORMAT_VERSION:
        raise InvalidInput(
            "bundle.unknown-format",
            f"The bundle has format {manifest.format_version}; this workbench reads format {FORMAT_VERSION}.",
            hint="Update mesh-workbench, or export it again with one like this.",
        )
    return manifest


def _unsafe(why: str) -> InvalidInput:
    return InvalidInput(
        "bundle.unsafe", f"The bundle is refused: {why}.", hint="`mesh export` makes no such file; do not trust it."
    )
