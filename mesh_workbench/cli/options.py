"""Options that several verbs share."""

from __future__ import annotations

from typing import Annotated

import typer

Retries = Annotated[int | None, typer.Option(min=0, max=100, help="Attempts beside the first that it gets by itself.")]
RetryOn = Annotated[
    list[str] | None,
    typer.Option(metavar="CLASS|CODE", help="Failures after which it is tried again; repeat for several."),
]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON; errors as problem documents on stderr.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Cursor = Annotated[str | None, typer.Option("--cursor", help="Where the page before ended (`next` of its JSON).")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="Items of one page.")]
Product = Annotated[str, typer.Argument(metavar="DOMAIN.PRODUCT", help="Name of the product.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter; repeat for several."),
]
Preset = Annotated[
    str | None, typer.Option(metavar="NAME", help="Named values of the notebook; those of -p count more.")
]
Reason = Annotated[str, typer.Option(help="Why, for those who wonder.")]
Timezone = Annotated[str, typer.Option("--timezone", metavar="ZONE", help="IANA time zone.")]
