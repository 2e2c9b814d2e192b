"""The eight operators of quality rules: what a number must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import JsonValue

from mesh_workbench.contracts.odcs import Quality

Number = int | float


def _equal(seen: JsonValue, wanted: JsonValue) -> bool:
    """Equality across number and text, because `mustBe` may hold either."""
    if isinstance(seen, bool) != isinstance(wanted, bool) or isinstance(seen, str) != isinstance(wanted, str):
        return str(seen).lower() == str(wanted).lower()
    return seen == wanted


@dataclass(frozen=True)
class Operator:
    """One operator: how it reads, how many numbers it takes, when it holds."""

    words: str
    operands: int
    any_type: bool
    holds: Callable[..., bool]


OPERATORS: dict[str, Operator] = {
    "mustBe": Operator("exactly {}", 1, True, _equal),
    "mustNotBe": Operator("anything but {}", 1, True, lambda seen, value: not _equal(seen, value)),
    "mustBeGreaterThan": Operator("more than {}", 1, False, lambda seen, value: seen > value),
    "mustBeGreaterOrEqualTo": Operator("at least {}", 1, False, lambda seen, value: seen >= value),
    "mustBeLessThan": Operator("less than {}", 1, False, lambda seen, value: seen < value),
    "mustBeLessOrEqualTo": Operator("at most {}", 1, False, lambda seen, value: seen <= value),
    # Both ends belong to the range: the standard does not say, and the best-known tool does it so.
    "mustBeBetween": Operator("{} to {}", 2, False, lambda seen, low, high: low <= seen <= high),
    "mustNotBeBetween": Operator("outside {} to {}", 2, False, lambda seen, low, high: not low <= seen <= high),
}


@dataclass(frozen=True)
class Limit:
    """What a value must be. `problem` says why there is none to compare with, and then nothing else counts."""

    operator: str = "mustBe"
    operands: tuple[JsonValue, ...] = (0,)
    percent: bool = False
    problem: str = ""
    said: str = ""
    """The limit in words, where those of the operator would not tell."""

    def holds(self, seen: JsonValue) -> bool:
        """Whether `seen` is within the limit. Only text compared with text or equality is anything but numeric."""
        operator = OPERATORS[self.operator]
        if not operator.any_type and (isinstance(seen, str) or seen is None):
            return False
        return operator.holds(seen, *self.operands)

    @property
    def only_upper(self) -> bool:
        """Whether every number below one that is allowed is allowed too, so that counting more can only fail it."""
        return not self.problem and (
            self.operator.startswith("mustBeLess") or (self.operator == "mustBe" and self.operands == (0,))
        )

    def words(self, of: str = "") -> str:
        if self.said:
            return self.said
        shown = [f"{item:,}" if isinstance(item, Number) and not isinstance(item, bool) else repr(item)
                 for item in self.operands]  # fmt: skip
        return OPERATORS[self.operator].words.format(*shown) + (" %" if self.percent else "") + (f" {of}" if of else "")


NONE_ALLOWED = Limit()
"""What holds where a contract gives no number: nothing may break the promise."""


def limit_of(quality: Quality) -> Limit:
    """The limit of a quality rule. Two operators, none, or an operand of a wrong type give a limit with a problem."""
    says = quality.says
    percent = (quality.unit or "rows").strip().lower() in ("percent", "percentage", "%")
    found = [name for name in OPERATORS if name in says]
    if not found:
        return Limit(problem="it has no operator such as mustBe, so it promises nothing that could be compared")
    if len(found) > 1:
        return Limit(problem=f"it has more than one operator ({', '.join(found)})")
    name, value = found[0], says[found[0]]
    operator = OPERATORS[name]
    operands = tuple(value) if operator.operands == 2 and isinstance(value, list) else (value,)
    if len(operands) != operator.operands:
        return Limit(problem=f"{name} needs a list of two numbers")
    if not operator.any_type and not all(_is_number(item) for item in operands):
        return Limit(problem=f"{name} needs {'two numbers' if operator.operands == 2 else 'a number'}")
    if operator.any_type and (isinstance(value, list | dict) or value is None):
        return Limit(problem=f"{name} needs a single value")
    if operator.operands == 2:
        operands = tuple(sorted(operands, key=lambda item: item))  # type: ignore[arg-type, return-value]
    return Limit(name, operands, percent)


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
