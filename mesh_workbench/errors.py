"""Everything that can go wrong, in one tree.

    MeshError                       exit  HTTP
    ├── InvalidInput                  2    422   what was given cannot be accepted
    ├── NotFound                      3    404   what was named does not exist
    ├── Conflict                      4    409   somebody else was first, or the state forbids it
    ├── Forbidden                     5    403   the acting identity may not do this
    ├── Unauthenticated               5    401   nobody is known to be asking
    ├── Breached                      6    422   a promise was not kept
    ├── RunFailed                     6    422   a run ended without a release
    ├── Damaged                       6    500   released data is missing or wrong
    ├── Unavailable                   7    503   something we depend on does not answer
    └── Broken                        1    500   our own fault

Each error carries a stable `code` ("area.what-happened"), a sentence, a `hint` that says what to do, and
optionally `where` (file, cell, line, column, path in a document). Low-level exceptions are translated once,
at the edge that knows what they mean.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import ClassVar


class MeshError(Exception):
    """Base of every error we raise on purpose.

    `code` is stable and documented; `message` is one sentence that names the thing; `hint` is the next step;
    `where` locates it. `details` holds facts for machines (JSON-compatible values only).
    """

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        where: str = "",
        details: dict[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.where = where
        self.details = details or {}

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f" {self.hint}" if self.hint else ""
        return f"{self.message}{place}{advice}"

    def problem(self, instance: str = "") -> dict[str, object]:
        """The error as an RFC 9457 problem document, the same on HTTP and on `--json` stderr."""
        document: dict[str, object] = {
            "type": f"urn:mesh-workbench:error:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.message,
            "code": self.code,
            "hint": self.hint,
        }
        if self.where:
            document["where"] = self.where
        if instance:
            document["instance"] = instance
        if self.details:
            document["details"] = self.details
        return document


class InvalidInput(MeshError):
    """What was given cannot be accepted; nothing was changed."""

    exit_code, status, title = 2, 422, "Invalid input"


class NotFound(MeshError):
    """What was named does not exist, or the asker may not know that it does."""

    exit_code, status, title = 3, 404, "Not found"


class Conflict(MeshError):
    """Somebody else was first, or the present state does not allow it."""

    exit_code, status, title = 4, 409, "Conflict"


class Forbidden(MeshError):
    """The acting identity may not do this."""

    exit_code, status, title = 5, 403, "Not allowed"


class Unauthenticated(MeshError):
    """Nobody is known to be asking."""

    exit_code, status, title = 5, 401, "Sign in first"


class Breached(MeshError):
    """A promise of a contract was not kept; nothing was published."""

    exit_code, status, title = 6, 422, "Contract breached"


class RunFailed(MeshError):
    """A run ended without a release."""

    exit_code, status, title = 6, 422, "Run failed"


class Damaged(MeshError):
    """Released data is missing or wrong."""

    exit_code, status, title = 6, 500, "Data damaged"


class Unavailable(MeshError):
    """Something we depend on does not answer: registry, storage, kernel."""

    exit_code, status, title = 7, 503, "Unavailable"


class Broken(MeshError):
    """Our own fault: an invariant does not hold."""

    exit_code, status, title = 1, 500, "Internal error"


def did_you_mean(wrong: str, existing: Iterable[str]) -> str:
    """A sentence that offers the closest of `existing`, else lists a few of them, else says that there are none.

    >>> did_you_mean("carier", ["carrier", "tailnum"])
    'Did you mean carrier?'
    """
    names = sorted(set(existing))
    if not names:
        return "There are none yet."
    close = difflib.get_close_matches(wrong, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]}?"
    shown = ", ".join(names[:8])
    return f"There are: {shown}{' …' if len(names) > 8 else ''}."
