"""What the flights mesh consists of: domains, and products with the template each is made from."""

from __future__ import annotations

from dataclasses import dataclass

DOMAINS = (
    ("flight_ops", "Flight operations", "Everything that leaves New York."),
    ("fleet", "Fleet", "Planes and who flies them."),
    ("network", "Network", "Where one can fly to."),
    ("weather", "Weather", "What the stations measure."),
    ("insights", "Insights", "Questions that need more than one domain."),
)


@dataclass(frozen=True)
class DemoProduct:
    """A product of the demo; `template` also names its output and its contract."""

    domain: str
    template: str
    tags: tuple[str, ...] = ()
    reads_landing: bool = True
    slots: tuple[str, ...] = ()
    cron: str = ""

    @property
    def name(self) -> str:
        return f"{self.domain}.{self.template}"


ZONE = "America/New_York"
MONTHS = tuple(f"2013-{month:02}-15" for month in range(1, 13))

SOURCES = (
    DemoProduct("fleet", "planes", ("reference",)),
    DemoProduct("fleet", "airlines", ("reference",)),
    DemoProduct("network", "airports", ("reference",)),
    DemoProduct("weather", "observations", ("weather",)),
    DemoProduct("flight_ops", "flights", ("flights", "punctuality"), slots=MONTHS, cron="0 0 1 * *"),
)
INSIGHTS = (
    DemoProduct("insights", "daily_delays", ("punctuality",), reads_landing=False),
    DemoProduct("insights", "weather_impact", ("punctuality", "weather"), reads_landing=False),
)
PRODUCTS = SOURCES + INSIGHTS
