"""How identities want to be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from mesh_workbench.model.preferences import Preferences
from mesh_workbench.registry.repository import Repository, batches, document_of
from mesh_workbench.registry.tables.preferences import preferences


class PreferencesOf(Repository):
    """Addresses, zone and quiet hours, by identity."""

    def set(self, chosen: Preferences) -> Preferences:
        """Store how an identity wants to be told."""
        row = {"document": document_of(chosen, "revision")}
        statement = (
            self._db.insert(preferences)
            .values(identity=chosen.identity, revision=1, **row)
            .on_conflict_do_update(index_elements=["identity"], set_={**row, "revision": preferences.c.revision + 1})
            .returning(*preferences.c)
        )
        with self._db.write() as connection:
            return _preferences(connection.execute(statement).one())

    def get(self, identity: str) -> Preferences:
        """What an identity has set; nothing set means no address and no quiet hours."""
        return self.many([identity])[identity]

    def many(self, identities: Sequence[str]) -> dict[str, Preferences]:
        """The same for several, by identity."""
        found = {identity: Preferences(identity=identity) for identity in identities}
        with self._db.read() as connection:
            for batch in batches(identities):
                for row in connection.execute(select(preferences).where(preferences.c.identity.in_(batch))):
                    found[row.identity] = _preferences(row)
        return found


def _preferences(row: Row[Any]) -> Preferences:
    return Preferences.model_validate({**row.document, "revision": row.revision})
