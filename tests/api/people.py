"""An identity provider for tests: several people, each with a token of their own, as a hub would have."""

from __future__ import annotations

from jupyter_server.auth.identity import IdentityProvider, User

TOKENS = {"token-of-ana": "ana", "token-of-rita": "rita"}


class People(IdentityProvider):
    """ana administers the mesh; rita has no role: she may look at everything and change nothing."""

    async def get_user_token(self, handler):
        name = TOKENS.get(self.get_token(handler) or "")
        return User(name, name.title(), name.title()) if name else None
