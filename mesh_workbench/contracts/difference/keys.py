"""What changed in the key of an object, and what a key promises of its columns by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mesh_workbench.contracts.difference.change import Change
from mesh_workbench.contracts.odcs import SchemaObject


class Promised:
    """What an object promises of its columns, by itself or through its key. `names` are renames to follow."""

    def __init__(self, table: SchemaObject, names: Mapping[str, str] | None = None) -> None:
        called = names or {}
        self.key = [called.get(item.name, item.name) for item in table.key()]
        self.required = {called.get(item.name, item.name) for item in table.properties if item.required}
        self.required |= set(self.key)
        """A key is never empty."""
        self.unique = [{called.get(item.name, item.name)} for item in table.properties if item.unique]
        if self.key:
            self.unique.append(set(self.key))

    def tells_apart(self, columns: set[str]) -> bool:
        """Whether no two rows have the same values in `columns`: some of them are promised to be unique."""
        return any(unique <= columns for unique in self.unique)


def of_key(was: Promised, now: Promised) -> Iterator[Change]:
    """A key that no longer identifies rows breaks; one that is said otherwise does not."""
    if was.key == now.key:
        return
    old, new = (f"({', '.join(one.key)})" if one.key else "nothing" for one in (was, now))
    if not was.key:
        yield Change("compatible", f"{new} is promised to be the key")
    elif set(was.key) == set(now.key):
        yield Change("wording", f"the key {old} is written as {new}")
    elif now.tells_apart(set(was.key)) and set(was.key) <= now.required:
        yield Change("compatible", f"the key {old} became {new}, and still identifies a row")
    else:
        yield Change("breaking", f"the key {old} became {new}")
