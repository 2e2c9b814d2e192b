"""Names of domains, products and ports, and the references made of them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from mesh_workbench.errors import InvalidInput
from mesh_workbench.model.base import Value

NAME_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"
RESERVED = frozenset(
    """all and as asc at by case catalog cross current_date desc distinct else end except exists false from full
    group having in information_schema inner intersect is join left like limit main memory mesh natural not null
    offset on or order outer pg_catalog right select system table temp then true union unknown user using
    values when where with""".split()
)


def check_name(name: str, what: str = "name") -> str:
    """`name` itself if it can name a domain, product or port.

    Raises InvalidInput `name.invalid` or `name.reserved`, with the nearest valid name in the hint.
    """
    if not re.match(NAME_PATTERN, name):
        words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:63]
        better = words if words and words[0].isalpha() else f"x_{words}".rstrip("_")[:63]
        raise InvalidInput(
            "name.invalid",
            f"{name!r} cannot be a {what}: lower-case letters, digits and _, at most 63, beginning with a letter.",
            hint=f"{better!r} would do.",
        )
    if name in RESERVED:
        raise InvalidInput(
            "name.reserved",
            f"{name!r} is a word of SQL or of the workbench and cannot be a {what}.",
            hint=f"{name + '_data'!r} would do.",
        )
    return name


def _checked(name: str) -> str:
    try:
        return check_name(name)
    except InvalidInput as error:
        raise ValueError(str(error)) from error


Name = Annotated[str, AfterValidator(_checked), Field(examples=["flight_ops"])]


class ProductName(Value):
    """`domain.product`."""

    domain: Name
    product: Name

    def __str__(self) -> str:
        return f"{self.domain}.{self.product}"

    @classmethod
    def parse(cls, text: str) -> ProductName:
        """The name in `domain.product`. Raises InvalidInput `name.not-a-product`, `name.invalid`, `name.reserved`."""
        parts = text.strip().split(".")
        if len(parts) != 2:
            raise InvalidInput(
                "name.not-a-product",
                f"{text!r} is not the name of a product.",
                hint="Write DOMAIN.PRODUCT, for example flight_ops.flights.",
            )
        return cls(domain=check_name(parts[0], "domain name"), product=check_name(parts[1], "product name"))


class PortName(Value):
    """`domain.product[.port][@version]` as people write it to read something.

    `port` is None for the product's first port. `version` is a major ("2") or a full version ("2.1.0").
    """

    domain: Name
    product: Name
    port: Name | None = None
    version: str | None = Field(None, pattern=r"^\d+(\.\d+\.\d+)?$", examples=["2", "2.1.0"])

    def __str__(self) -> str:
        port = f".{self.port}" if self.port else ""
        version = f"@{self.version}" if self.version else ""
        return f"{self.domain}.{self.product}{port}{version}"

    @property
    def product_name(self) -> ProductName:
        return ProductName(domain=self.domain, product=self.product)

    @classmethod
    def parse(cls, text: str) -> PortName:
        """The reference in `text`. Raises InvalidInput `name.not-a-port`, `name.invalid`, `name.reserved`."""
        path, _, version = text.strip().strip('"').partition("@")
        parts = path.split(".")
        if len(parts) not in (2, 3) or (version and not re.fullmatch(r"\d+(\.\d+\.\d+)?", version)):
            raise InvalidInput(
                "name.not-a-port",
                f"{text!r} does not name something to read.",
                hint="Write DOMAIN.PRODUCT, DOMAIN.PRODUCT.PORT or DOMAIN.PRODUCT@2.",
            )
        for part in parts:
            check_name(part)
        return cls(
            domain=parts[0],
            product=parts[1],
            port=parts[2] if len(parts) == 3 else None,
            version=version or None,
        )
