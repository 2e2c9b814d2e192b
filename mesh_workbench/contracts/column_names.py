"""What the name of a column says about it."""

from __future__ import annotations

import re

_KEYS = frozenset("id ids key code uuid guid number no nr sku iban isbn".split())
_MOMENTS = frozenset(
    "date day week month quarter year hour minute second time timestamp at period slot datetime".split()
)
_ORDER = frozenset("line position pos seq sequence index version revision rank".split())


def words_of(name: str) -> list[str]:
    """`birthDate`, `birth_date` and `birth-date` as birth, date."""
    return re.findall(r"[a-z]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower())


def is_named_like_a_key(name: str) -> bool:
    """Whether it says that its values tell rows apart: `plane_id`, `orderID`, `number`."""
    return bool({*words_of(name)[-1:]} & _KEYS) or name.endswith(("Id", "ID"))


def is_named_like_a_part(name: str) -> bool:
    """Whether it may be one column of several that tell rows apart together: `line`, `month`, `carrier_code`."""
    return is_named_like_a_key(name) or bool(set(words_of(name)) & _MOMENTS) or bool({*words_of(name)[-1:]} & _ORDER)
