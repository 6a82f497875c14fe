"""The amounts in docs/recovery.md are those of the price list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from main import ROOT
from pricing.prices import monthly_usd

if TYPE_CHECKING:
    from tests.template import Template

PAGE = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## What it costs")[2].partition("\n\n")[2].partition("\n\n")[0]
KEYS = 5
METRICS = 4
KEYS_ROW = (
    "five keys: `copies`, those of the state, of notifications and of the drills, in the second region, and of the "
    "functions in the first"
)
# The price of each amount of a row, and how many of it there are.
ROWS = {
    KEYS_ROW: {"kms_key": KEYS},
    "a GB of PostgreSQL's backups, in each region": {"backup_rds_snapshot": 1},
    "a GB of DocumentDB's backups, in each region": {"backup_documentdb_snapshot": 1},
    "a GB in a copied bucket": {"s3_storage": 1},
    "S3's four metrics of each copied bucket, the state's included": {"metric": METRICS},
    "a GB of images": {"ecr_storage": 1},
    "each GB that is sent to the second region": {"inter_region_data": 1, "s3_replication_time_control": 1},
}


def test_the_page_has_a_row_for_each_price_and_no_other() -> None:
    assert re.findall(r"^\| (.+?) \| [0-9]", TABLE, flags=re.MULTILINE) == [*ROWS]


@pytest.mark.parametrize("row", ROWS)
def test_each_amount_is_that_of_the_price_list(row: str) -> None:
    (line,) = [one for one in TABLE.splitlines() if one.startswith(f"| {row} |")]
    found = [float(amount) for amount in re.findall(r"([0-9.]+) USD", line)]
    prices = [monthly_usd(name, region="us-east-1", quantity=quantity) for name, quantity in ROWS[row].items()]
    assert found == pytest.approx(prices)


def test_production_has_so_many_keys_for_its_copies(stacks: dict[str, Template]) -> None:
    there = [stack for name, stack in stacks.items() if name.startswith("prod-") and name.endswith("-us-west-2")]
    keys = [key for stack in (*there, stacks["prod-recovery"]) for key in stack.all("aws_kms_key").values()]
    copies_of_states = stacks["prod-state"].only("aws_kms_key", provider="aws.us-west-2")
    assert len([*keys, copies_of_states]) == KEYS
