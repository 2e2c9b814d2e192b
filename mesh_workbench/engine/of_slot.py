"""Reading by what the data is about: of a release only the files whose slots overlap what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from mesh_workbench.engine.place import Place, pointing
from mesh_workbench.errors import InvalidInput, MeshError, NotFound
from mesh_workbench.model.asked_slot import AskedSlot, slot_text
from mesh_workbench.model.query import SlotFiles

if TYPE_CHECKING:
    from mesh_workbench.model.query import ResolvedPort
    from mesh_workbench.model.release import PortFile
    from mesh_workbench.model.schedule import SlotTime


def slots_of(files: Sequence[PortFile]) -> list[SlotFiles]:
    """Which of `files` are about which slot, the slots in the order in which they come."""
    places: dict[tuple[object, ...], list[int]] = {}
    for place, file in enumerate(files):
        places.setdefault((file.slot, file.slot_end, file.slot_timezone), []).append(place)
    return [
        SlotFiles(
            slot=files[of[0]].slot_time,
            files=of,
            rows=sum(files[place].rows for place in of),
            bytes=sum(files[place].size for place in of),
        )
        for of in places.values()
    ]


def of_slot(port: ResolvedPort, asked: AskedSlot | None, place: Place | None = None) -> ResolvedPort:
    """`port` with only what is about `asked`; as it is when nothing is. No registry is asked.

    Raises InvalidInput `query.no-slots` for a release of which no file has a slot, and NotFound `query.no-such-slot`,
    which names the nearest ones.
    """
    if asked is None:
        return port
    known = [(one, asked.gap(one.slot)) for one in port.slots if one.slot is not None]
    if not known:
        raise _no_slots(port, place)
    found = [one for one, gap in known if not gap]
    if not found:
        raise _no_such_slot(port, asked, [one.slot for one, _ in known if one.slot], place)
    read = sorted(file for one in found for file in one.files)
    places = {file: place for place, file in enumerate(read)}
    return port.model_copy(
        update={
            "slot": asked.text,
            "files": [port.files[file] for file in read],
            "slots": [one.model_copy(update={"files": [places[file] for file in one.files]}) for one in found],
            "rows": sum(one.rows for one in found),
            "bytes": sum(one.bytes for one in found),
        }
    )


def _no_slots(port: ResolvedPort, place: Place | None) -> MeshError:
    return pointing(
        InvalidInput,
        "query.no-slots",
        f"{port.product}.{port.port} is not published by slot: each release is a snapshot of the whole.",
        place,
        hint="Leave the slot out, and choose by a column; as_of and release read it as it was.",
    )


def _no_such_slot(port: ResolvedPort, asked: AskedSlot, known: list[SlotTime], place: Place | None) -> MeshError:
    ordered = sorted(known, key=lambda slot: (slot.start, slot.end))
    before = [slot for slot in ordered if asked.gap(slot) < timedelta()]
    after = [slot for slot in ordered if asked.gap(slot) > timedelta()]
    nearest = list(dict.fromkeys(map(slot_text, [*before[-1:], *after[:1]])))
    count, several = len(known), len(nearest) > 1
    return pointing(
        NotFound,
        "query.no-such-slot",
        f"Nothing in release {port.release} of {port.product}.{port.port} is about {asked.text}.",
        place,
        hint=f"The nearest slot{'s are' if several else ' is'} {' and '.join(nearest)}"
        + (f"; there are {count:,}, from {slot_text(ordered[0])} to {slot_text(ordered[-1])}." if count > 2 else "."),
    )
