"""The words that ODCS 3.2 knows."""

from __future__ import annotations

_DATES = {"format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_NUMBERS = {"multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format"}

LOGICAL_TYPES: dict[str, frozenset[str]] = {
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
    "date": frozenset(_DATES),
    "timestamp": frozenset(_DATES | {"timezone", "defaultTimezone"}),
    "time": frozenset(_DATES | {"timezone", "defaultTimezone"}),
    "number": frozenset(_NUMBERS),
    "integer": frozenset(_NUMBERS),
    "object": frozenset({"minProperties", "maxProperties", "required"}),
    "array": frozenset({"minItems", "maxItems", "uniqueItems"}),
    "boolean": frozenset(),
    "map": frozenset(),
    "vector": frozenset(
        {"dimensions", "elementType", "distanceMetric", "embeddingModel", "embeddingModelVersion", "normalized"}
    ),
}
"""Logical type to the options that it may have."""

METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "nullValues": (), "rowCount": (), "missingValues": ("missingValues",), "invalidValues": ("validValues", "pattern"),
    "duplicateValues": ("properties",),
}  # fmt: skip
"""Metric to the arguments that mean something."""
DIMENSIONS = ("accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness")
SORTS = ("text", "library", "sql", "custom")
SEVERITIES = ("info", "warning", "error")
UNITS = ("rows", "percent")
SERVICE_LEVELS = (
    "availability", "throughput", "errorRate", "generalAvailability", "endOfSupport", "endOfLife", "retention",
    "frequency", "latency", "timeToDetect", "timeToNotify", "timeToRepair", "timeOfAvailability", "freshness",
)  # fmt: skip
ROOT = frozenset(
    """version kind apiVersion id name tenant tags status servers dataProduct description domain context schema
    support price team roles slaDefaultElement slaProperties authoritativeDefinitions customProperties
    contractCreatedTs""".split()
)
"""Keys of the document."""
ELEMENT = frozenset(
    """id name physicalType description businessName deprecated synonyms authoritativeDefinitions tags
    customProperties physicalName quality relationships properties logicalType context""".split()
)
OBJECT = ELEMENT | {"dataGranularityDescription"}
PROPERTY = ELEMENT | frozenset(
    """primaryKey primaryKeyPosition logicalTypeOptions required unique semanticType partitioned
    partitionKeyPosition classification encryptedName transformSourceObjects transformLogic transformDescription
    examples enum criticalDataElement items map vector""".split()
)
"""Keys of a property."""
QUALITY = frozenset(
    """id name description tags authoritativeDefinitions customProperties type metric rule arguments query engine
    implementation dimension severity unit method scheduler schedule businessImpact""".split()
)
"""Keys of a quality rule, operators apart."""
