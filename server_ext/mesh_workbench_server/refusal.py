"""What our handlers share: who asks, and errors as problem documents, Jupyter's own refusals included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

from mesh_workbench.errors import Broken, Conflict, Forbidden, InvalidInput, MeshError, NotFound
from mesh_workbench.model.identity import Identity

if TYPE_CHECKING:
    from mesh_workbench_server.app import MeshExtension

_OWN_PROVIDERS = (IdentityProvider, PasswordIdentityProvider)


class MeshHandler(APIHandler):
    """An authenticated handler of ours. Every method is decorated `@authenticated` and `@authorized`."""

    auth_resource = "mesh_workbench"

    @property
    def extension(self) -> MeshExtension:
        extension: MeshExtension = self.settings["mesh_workbench_server"]
        return extension

    def asking(self) -> Identity | None:
        """Who asks; None for the operating-system user that runs this server."""
        who = self.extension.identity
        if who == "system" or (who == "auto" and type(self.identity_provider) in _OWN_PROVIDERS):
            return None
        user = self.current_user
        return Identity(name=user.username, display_name=user.display_name or user.name or "")

    def update_api_activity(self) -> None:
        """A page that polls is not activity: only what changes something keeps the server from being culled."""
        if self.request.method not in ("GET", "HEAD"):
            super().update_api_activity()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """The problem document for whatever went wrong before or inside a handler."""
        from mesh_workbench.api.problem import MEDIA_TYPE, response_of

        error = kwargs.get("exc_info", (None, None, None))[1]
        problem = error if isinstance(error, MeshError) else self._refusal(status_code, error)
        response = response_of(problem, self.request.path)
        self.set_status(response.status_code)
        for name in ("cache-control", "retry-after"):
            if name in response.headers:
                self.set_header(name, response.headers[name])
        self.finish(bytes(response.body), set_content_type=MEDIA_TYPE)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Errors raised on purpose are answers, not failures of the server."""
        if not isinstance(value, MeshError):
            super().log_exception(typ, value, tb)

    def _refusal(self, status_code: int, error: object) -> MeshError:
        if status_code == 403:
            if isinstance(error, HTTPError) and "_xsrf" in (error.log_message or ""):
                return Forbidden(
                    "auth.xsrf", "The request lacks its XSRF token.", hint="Send the cookie _xsrf as X-XSRFToken."
                )
            if not self.current_user:
                return Forbidden(
                    "auth.not-signed-in",
                    "Nobody is known to be asking.",
                    hint="Open the address with its token, or send Authorization: token ….",
                )
            return Forbidden("auth.refused", "The server's authorizer does not allow this.", hint="Ask who runs it.")
        if status_code == 404:
            return NotFound("request.unknown-route", f"There is nothing at {self.request.path}.")
        if status_code == 405:
            return Conflict("request.method-not-allowed", f"{self.request.path} cannot be asked so.")
        if 400 <= status_code < 500:
            return InvalidInput("request.invalid", "The request cannot be read.")
        return Broken(
            "internal.error", "Something failed that should not have.", hint="The server's log has the details."
        )
