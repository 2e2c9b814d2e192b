"""Keeps secrets in the process of a kernel: what it sends and what it prints past its messages leaves masked.

Nothing changes before the first secret is handed out. From then on every message of the kernel, whoever waits for it,
passes `_Gate.send`; the copy of what is printed that goes to the kernel's own standard files passes a pipe. Text that
could be the beginning of a secret is held back until it is known how it goes on, so that a secret that is printed in
pieces is found too.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
import threading
from collections.abc import Iterable
from typing import Any

from mesh_workbench.errors import MeshError
from mesh_workbench.secrets.masking import Masker
from mesh_workbench.secrets.reference import secret

_ENDS_A_TEXT = frozenset({"display_data", "update_display_data", "execute_result", "error", "clear_output"})
"""Messages behind which printed text begins anew."""
_masker = Masker()
_lock = threading.RLock()
_gates: list[_Gate] = []


def conceal(text: str) -> None:
    """Mask `text` from now on in all that this process shows, if it is a kernel. It leaves no core dump any more."""
    with _lock:
        _masker.add(text)
        _forbid_core_dumps()
        session = _session()
        if session is not None and not _gates:
            _gates.append(_Gate(session))
            for stream in (sys.stdout, sys.stderr):
                copy = getattr(stream, "_original_stdstream_copy", None)
                if copy is not None:
                    _filter(copy)


def conceal_ahead(references: Iterable[str]) -> None:
    """Mask what these lead to before anything else is executed; those that lead nowhere are left to who asks."""
    for reference in references:
        with contextlib.suppress(MeshError):
            conceal(secret(reference))


def concealed() -> frozenset[str]:
    """The secrets that this process has handed out."""
    return _masker.secrets


class _Gate:
    """In front of `send` of a Jupyter session."""

    def __init__(self, session: Any) -> None:
        self._send = session.send
        self._held: dict[str, tuple[Any, dict[str, Any], Any]] = {}
        """By stream: where a message goes, the message with the text that is held back, and its topic."""
        session.send = self.send
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """What the parent holds back is the parent's to send; its lock may be taken for ever."""
        global _lock
        _lock = threading.RLock()
        self._held.clear()

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        **more: Any,
    ) -> Any:
        """As the session's own, without secrets."""
        with _lock:
            if isinstance(msg_or_type, dict):
                kind, about = msg_or_type["header"]["msg_type"], msg_or_type.get("parent_header")
                if kind == "stream":
                    return self._print(stream, msg_or_type, ident, more)
                masked = {part: _masker.mask_all(msg_or_type.get(part)) for part in ("content", "metadata")}
                buffers = buffers or msg_or_type.get("buffers")
                msg_or_type = {**msg_or_type, **masked}
            else:
                kind, about = msg_or_type, parent
                content, more["metadata"] = _masker.mask_all(content), _masker.mask_all(more.get("metadata"))
            if kind in _ENDS_A_TEXT or (kind == "status" and (content or {}).get("execution_state") == "idle"):
                self._release(about)
            raw = [_masker.mask_bytes(bytes(one)) for one in buffers or ()]
            return self._send(stream, msg_or_type, content=content, parent=parent, ident=ident, buffers=raw, **more)

    def _print(self, stream: Any, message: dict[str, Any], ident: Any, more: dict[str, Any]) -> Any:
        name = message["content"]["name"]
        before = self._held.pop(name, None)
        if before is not None and _asked(before[1]) != _asked(message):
            self._send_held(before)
            before = None
        text = (before[1]["content"]["text"] if before else "") + message["content"]["text"]
        shown, rest = _masker.split(text)
        if rest:
            self._held[name] = (stream, {**message, "content": {"name": name, "text": rest}}, ident)
        if shown:
            return self._send(stream, {**message, "content": {"name": name, "text": shown}}, ident=ident, **more)
        return message

    def _release(self, about: Any) -> None:
        """Send what is held back of the request that `about` is the message or the header of."""
        asked = _asked({"parent_header": (about or {}).get("header", about)})
        for name, held in list(self._held.items()):
            if _asked(held[1]) == asked:
                del self._held[name]
                self._send_held(held)

    def _send_held(self, held: tuple[Any, dict[str, Any], Any]) -> None:
        stream, message, ident = held
        self._send(stream, {**message, "content": _masker.mask_all(message["content"])}, ident=ident)


def _asked(message: dict[str, Any]) -> str:
    """The request that a message belongs to."""
    return str((message.get("parent_header") or {}).get("msg_id", ""))


def _session() -> Any:
    """The session of the kernel that this process is."""
    app = sys.modules.get("ipykernel.kernelapp")
    if app is None or not app.IPKernelApp.initialized():
        return None
    return app.IPKernelApp.instance().session


def _filter(number: int) -> None:
    """What is written into the file `number` arrives there masked."""
    arrives = os.dup(number)
    taken, given = os.pipe()
    os.dup2(given, number, inheritable=os.get_inheritable(number))
    os.close(given)

    def pass_on() -> None:
        decoder, held = codecs.getincrementaldecoder("utf-8")("replace"), ""
        while data := os.read(taken, 1 << 16):
            shown, held = _masker.split(held + decoder.decode(data))
            os.write(arrives, shown.encode("utf-8", "replace"))

    threading.Thread(target=pass_on, name="mesh-secrets", daemon=True).start()


def _forbid_core_dumps() -> None:
    """The memory of a process that has a secret is not written to a file when it crashes."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
