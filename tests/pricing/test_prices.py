"""The price list: what is wrong in it is reported with its place, and what is not in it with what to add."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from config.errors import ConfigError
from pricing.prices import FILE, HOURS_PER_MONTH, Price, format_usd, load_prices, monthly_usd

if TYPE_CHECKING:
    from pathlib import Path

PRICE = 'x.us-east-1 = { usd = 1.0, unit = "hour", date = 2026-11-25, source = "https://example.com/x" }'


def written(folder: Path, old: str = "", new: str = "") -> Path:
    assert old in PRICE
    file = folder / "prices.toml"
    file.write_text(f"[prices]\n{PRICE.replace(old, new, 1)}\n", encoding="utf-8")
    return file


def test_a_price_has_its_unit_region_source_and_date(tmp_path: Path) -> None:
    found = load_prices(written(tmp_path)).find("x", region="us-east-1")
    assert (found.usd, found.unit, found.date) == (1.0, "hour", date(2026, 11, 25))
    assert (found.source, found.checked) == ("https://example.com/x", True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("usd = 1.0", "usd = -1.0", "prices.x.us-east-1.usd = -1.0: must be 0.0 or more"),
        ("usd = 1.0", 'usd = "1"', 'prices.x.us-east-1.usd = "1": must be a number without quotes, not text'),
        ("usd = 1.0", "usd = inf", "prices.x.us-east-1.usd = inf: must be a number, and neither nan nor inf"),
        ("usd = 1.0, ", "", "prices.x.us-east-1.usd: is missing; "),
        ('unit = "hour", ', "", 'has no unit, for which the price is; allowed: "hour", "zone-hour", '),
        ('"hour"', '"hours"', 'prices.x.us-east-1.unit = "hours": did you mean "hour"? Allowed: "hour", '),
        (', source = "https://example.com/x"', "", "prices.x.us-east-1.source: is missing; "),
        ('"https://example.com/x"', '"a page"', 'prices.x.us-east-1.source = "a page": is not a valid source; use '),
        ("date = 2026-11-25, ", "", "prices.x.us-east-1.date: is missing; "),
        ("2026-11-25", "2026-13-25", "is not valid TOML: "),
        ("2026-11-25", '"soon"', 'prices.x.us-east-1.date = "soon": must be a date without quotes, like 2027-06-30'),
        ("usd", "uds", 'has the key "uds", which is unknown; did you mean usd? Allowed: usd, unit, date, source'),
        ("us-east-1", "us-east1", "prices.x.us-east1: is not a valid region; did you mean us-east-1? Allowed: global"),
        ("x.", "X.", "prices.X: is not a valid name of a price; use lowercase letters, digits"),
    ],
)
def test_a_mistake_is_reported_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = written(tmp_path, old, new)
    with pytest.raises(ConfigError) as caught:
        load_prices(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert message in str(caught.value)


def test_what_is_there_for_a_month_costs_730_hours() -> None:
    assert monthly_usd("nat_gateway", region="us-east-1") == pytest.approx(0.045 * HOURS_PER_MONTH)
    assert monthly_usd("nat_gateway", region="us-east-1", quantity=2) == pytest.approx(65.70)
    assert monthly_usd("interface_endpoint", region="us-east-1", quantity=8 * 2) == pytest.approx(116.80)


def test_what_is_charged_by_the_month_or_by_use_is_not_multiplied_by_hours() -> None:
    assert monthly_usd("kms_key", region="us-east-1") == 1
    assert monthly_usd("canary_run", region="us-east-1", quantity=8760) == pytest.approx(10.512)


def test_a_day_is_a_part_of_the_month() -> None:
    price = Price(usd=0.1, unit="day", date=date(2026, 11, 25), source="https://example.com/x")
    assert price.usd_per_month == pytest.approx(0.1 * 730 / 24)


def test_what_costs_the_same_everywhere_has_a_price_in_each_region() -> None:
    assert monthly_usd("route53_zone", region="eu-west-1") == monthly_usd("route53_zone", region="us-east-1") == 0.5


def test_a_price_that_is_not_known_in_a_region_is_reported() -> None:
    with pytest.raises(ConfigError) as caught:
        monthly_usd("nat_gateway", region="eu-west-1")
    assert str(caught.value) == (
        f"{FILE}: prices.nat_gateway.eu-west-1: is missing; there is one for us-east-1, us-west-2. "
        "Add it, with its source and date"
    )


def test_a_name_that_is_not_in_the_list_is_reported() -> None:
    with pytest.raises(ConfigError, match=r"prices\.nat_gatway: is missing; did you mean nat_gateway\? Allowed: "):
        monthly_usd("nat_gatway", region="us-east-1")


def test_every_price_that_is_not_checked_names_a_page_of_aws() -> None:
    unchecked = [price for regions in load_prices().prices.values() for price in regions.values() if not price.checked]
    assert unchecked
    assert {price.source for price in unchecked if not price.source.startswith("https://aws.amazon.com/")} == set()


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0.00 USD"),
        (0.0025, "0.0025 USD"),
        (0.045, "0.045 USD"),
        (0.5, "0.50 USD"),
        (2.5988, "2.60 USD"),
        (7.3, "7.30 USD"),
        (32.85, "33 USD"),
        (1617.68, "1,618 USD"),
    ],
)
def test_an_amount_is_short(amount: float, text: str) -> None:
    assert format_usd(amount) == text
