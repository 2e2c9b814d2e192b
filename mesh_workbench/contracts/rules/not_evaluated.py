"""Everything that a contract can promise and that no other rule evaluates, each with its reason."""

from __future__ import annotations

from mesh_workbench.contracts.measure import Declined, Step
from mesh_workbench.contracts.promise import Promise
from mesh_workbench.contracts.rule import Shape

_OPTIONS = {
    "format": "written forms (formats, Java patterns) are not compared with the data",
    "timezone": "the time zone of values is not looked at",
    "defaultTimezone": "the time zone of values is not looked at",
    "minItems": "the items of lists are not counted",
    "maxItems": "the items of lists are not counted",
    "uniqueItems": "the items of lists are not compared",
    "minProperties": "the fields of records are not counted",
    "maxProperties": "the fields of records are not counted",
    "required": "the fields of records are not looked into",
}
_VECTOR = ("dimensions", "elementType", "distanceMetric", "embeddingModel", "embeddingModelVersion", "normalized")
_LEVELS = {
    "availability": "probes of the port are not recorded",
    "throughput": "the speed at which data is served is not recorded",
    "errorrate": "failed and successful requests are not counted",
    "generalavailability": "dates of the product's life are not compared with the calendar",
    "endofsupport": "dates of the product's life are not compared with the calendar",
    "endoflife": "dates of the product's life are not compared with the calendar",
    "retention": "the age of the oldest row is not measured",
    "frequency": "the time between releases is not measured here",
    "latency": "the age of the newest row is not measured here",
    "freshness": "the age of the newest row is not measured here",
    "timeofavailability": "the time of publishing is not compared with the deadline here",
    "timetodetect": "there are no incidents on record from which it could be told",
    "timetonotify": "there are no incidents on record from which it could be told",
    "timetorepair": "there are no incidents on record from which it could be told",
}
_SHORT = {
    "av": "availability", "th": "throughput", "er": "errorrate", "ga": "generalavailability", "es": "endofsupport",
    "el": "endoflife", "re": "retention", "fy": "frequency", "ly": "latency", "td": "timetodetect",
    "tn": "timetonotify", "tr": "timetorepair",
}  # fmt: skip


class NotEvaluated:
    name = "not_evaluated"
    description = "Text for people, rules of other engines, service levels and options that nothing here can measure."
    example = "quality: [{type: text, description: Names are those of the register.}]"

    def step(self, promise: Promise, _shape: Shape) -> Step:
        group, _, name = promise.spec.kind.partition(".")
        return Declined(self._reason(promise, group, name))

    @staticmethod
    def _reason(promise: Promise, group: str, name: str) -> str:
        if group == "text":
            return "it is text for people to read"
        if group == "custom":
            return f"its engine {name!r} is not installed here (entry point mesh_workbench.rules, name custom.{name})"
        if group == "sla":
            word = name.lower()
            return _LEVELS.get(_SHORT.get(word, word), f"{name!r} is not a service level that ODCS names")
        if group == "option":
            if name in _VECTOR:
                return "vectors are not looked into"
            return _OPTIONS.get(name, f"{name!r} is not an option that ODCS names")
        if group == "metric":
            if name == "none":
                return "it names neither a metric nor a query, so it does not say what to check"
            return f"{name!r} is not a metric of ODCS"
        return f"nothing here evaluates {promise.spec.kind!r}"
