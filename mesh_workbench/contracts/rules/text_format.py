"""Texts are what their format says: addresses, identifiers, encodings."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Breaking, Declined, Known, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape
from mesh_workbench.contracts.sqltext import quoted, text_of

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_V4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_HEX = "[0-9A-Fa-f]{1,4}"
_V6 = "|".join(
    [
        f"(?:{_HEX}:){{7}}{_HEX}",
        f"(?:{_HEX}:){{6}}{_V4}",
        *(f"(?:{_HEX}(?::{_HEX}){{0,{n}}})?::(?:(?:{_HEX}:){{0,{5 - n}}}(?:{_HEX}|{_V4}))?" for n in range(6)),
        f"{_HEX}(?::{_HEX}){{6}}::",
    ]
)
FORMATS = {
    "email": rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*$",
    "uuid": "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$",
    "hostname": rf"^{_LABEL}(?:\.{_LABEL})*\.?$",
    "ipv4": f"^{_V4}$",
    "ipv6": f"^(?:{_V6})$",
    "byte": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}
"""Format to an expression that matches the whole of a text that has it."""


class TextFormat:
    name = "text_format"
    description = (
        "The whole of each text is an email, uuid, uri, hostname, ipv4, ipv6 or byte (base64); binary: the column "
        "holds bytes. Of other formats, password among them, data can show nothing."
    )
    example = "logicalTypeOptions: {format: email}"

    def step(self, promise: Promise, shape: Shape) -> Step:
        kind, says = shape.columns[promise.column], str(promise.says)
        word = says.strip().lower()
        if kind.family == "null":
            return Known(True, None, says, "The column holds nothing but nulls.")
        if word == "binary" or (word == "byte" and kind.family == "blob"):
            kept = kind.family == "blob"
            return Known(kept, kind.name, says, "" if kept else f"{promise.column} is {kind.name} and holds no bytes.")
        if word == "password":
            return Declined("a password may be any text; the format says that it must be hidden")
        if word not in FORMATS:
            return Declined(f"{says!r} is not a format of text that is known here ({', '.join(FORMATS)})")
        if kind.name.upper() == "UUID" and word == "uuid":
            return Known(True, kind.name, says)
        if kind.family != "string":
            return Declined(f"{promise.column} is {kind.name}, and only texts have the format {says}")
        name, text = quoted(promise.column), text_of(promise.column, kind)
        return Breaking(f"{name} IS NOT NULL AND NOT regexp_matches({text}, ?)", (FORMATS[word],), (promise.column,))
