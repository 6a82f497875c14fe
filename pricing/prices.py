"""Reads prices.toml: the list price of each thing that the platform uses, by its name and region."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from config.aws import REGIONS
from config.errors import ConfigError, Problem, list_allowed, nearest
from config.model import Model
from config.toml import load_model

FILE: Final = Path(__file__).with_name("prices.toml")
HOURS_PER_MONTH: Final = 730
"""As AWS's own calculator counts: https://aws.amazon.com/calculator/calculator-assumptions/"""
SPOT_SHARE: Final = 0.3
"""What a task on Fargate Spot costs at least, as a share of the price on demand; that price moves.

https://aws.amazon.com/fargate/pricing/
"""
GLOBAL: Final = "global"
"""In place of a region, if the price is the same everywhere."""

_NAME: Final = r"[a-z0-9_]+(/[a-z0-9.]+)?"
_QUOTE: Final = '"'
_SOURCE: Final = r"https://[!-~]+"
_DAYS_PER_MONTH: Final = HOURS_PER_MONTH / 24

Unit = Literal[
    "hour",
    "zone-hour",
    "vCPU-hour",
    "GB-hour",
    "LCU-hour",
    "DCU-hour",
    "day",
    "month",
    "GB-month",
    "GB-second",
    "IOPS-month",
    "vCPU-month",
    "metric-month",
    "GB",
    "check",
    "evaluation",
    "image",
    "item",
    "minute",
    "run",
    "thousand",
    "ten thousand",
    "hundred thousand",
    "million",
]
"""What is charged: a time in which something is there, or a use."""


def _name(value: str) -> str:
    if re.fullmatch(_NAME, value):
        return value
    message = 'is not a valid name of a price; use lowercase letters, digits and "_", and "/" before a class'
    raise ValueError(message)


def _place(value: str) -> str:
    if value == GLOBAL or value in REGIONS:
        return value
    places = [GLOBAL, *REGIONS]
    message = f"is not a valid region; {list_allowed(places, meant=nearest(value, places))}"
    raise ValueError(message)


def source(value: str) -> str:
    """Refuse what is not the address of a page.

    Raises:
        ValueError: with what is allowed.
    """
    if re.fullmatch(_SOURCE, value):
        return value
    message = 'is not a valid source; use the address of the page with the price, which starts with "https://"'
    raise ValueError(message)


class Price(Model):
    """One price in one region."""

    usd: float = Field(ge=0, allow_inf_nan=False)
    """US dollars for one unit."""

    unit: Unit
    """What the price is for."""

    date: date
    """When it was read, or the date of the page."""

    source: Annotated[str, AfterValidator(source)]
    """The page with the price."""

    checked: bool = True
    """Whether it was read there; false if it is from memory."""

    free: float = Field(default=0, ge=0, allow_inf_nan=False)
    """Units that each account has free each month."""

    note: str | None = None
    """What the price is for, if its name does not say it: a tier, what is free."""

    @model_validator(mode="before")
    @classmethod
    def _has_its_keys(cls, value: object) -> object:
        """Say what is allowed, which the general message cannot two tables deep."""
        unknown = [key for key in value if key not in cls.model_fields] if isinstance(value, Mapping) else []
        if unknown:
            allowed = list_allowed([*cls.model_fields], meant=nearest(unknown[0], [*cls.model_fields]))
            message = f'has the key "{unknown[0]}", which is unknown; {allowed}'
            raise ValueError(message)
        if isinstance(value, Mapping) and "unit" not in value:
            message = f"has no unit, for which the price is; {list_allowed(get_args(Unit), meant=None, quote=_QUOTE)}"
            raise ValueError(message)
        return value

    @property
    def is_use(self) -> bool:
        """Whether it is for a use, and not for a time in which something is there."""
        return not self.unit.endswith(("hour", "month", "day"))

    @property
    def usd_per_month(self) -> float:
        """US dollars a month: of one unit that is always there, or of one use."""
        if self.unit.endswith("hour"):
            return self.usd * HOURS_PER_MONTH
        return self.usd * _DAYS_PER_MONTH if self.unit == "day" else self.usd


class PriceList(Model):
    """All prices, by name and region."""

    prices: Mapping[Annotated[str, AfterValidator(_name)], Mapping[Annotated[str, AfterValidator(_place)], Price]]
    """The price of each name, by region."""

    def find(self, name: str, *, region: str) -> Price:
        """The price in a region, or the one that is the same everywhere.

        Raises:
            ConfigError: It is not in the file.
        """
        by_region = self.prices.get(name, {})
        found = by_region.get(region) or by_region.get(GLOBAL)
        if found is not None:
            return found
        if by_region:
            problem = Problem(
                key=f"prices.{name}.{region}",
                allowed=f"is missing; there is one for {', '.join(by_region)}. Add it, with its source and date",
            )
        else:
            names = list_allowed([*self.prices], meant=nearest(name, [*self.prices]))
            problem = Problem(key=f"prices.{name}", allowed=f"is missing; {names}")
        raise ConfigError(problem, file=FILE)


@cache
def load_prices(file: Path = FILE) -> PriceList:
    """Read the file.

    Raises:
        ConfigError: with every problem of the file.
    """
    return load_model(PriceList, file)


def monthly_usd(name: str, *, region: str, quantity: float = 1) -> float:
    """What a number of units costs in a month: of those that are always there, or of uses in that month.

    Raises:
        ConfigError: There is no such price.
    """
    return load_prices().find(name, region=region).usd_per_month * quantity


def regions(price_list: PriceList) -> list[str]:
    """The regions that have prices of their own."""
    return sorted({place for places in price_list.prices.values() for place in places} - {GLOBAL})


def format_usd(usd: float) -> str:
    """An amount as a person writes it: `33 USD` from ten on, `7.30 USD` below, `0.0025 USD` if it is that small."""
    if usd >= 10:  # noqa: PLR2004 (two digits are enough)
        return f"{usd:,.0f} USD"
    if usd >= 1:
        return f"{usd:.2f} USD"
    whole, _, decimals = f"{usd:.4f}".rstrip("0").partition(".")
    return f"{whole}.{decimals.ljust(2, '0')} USD"
