"""The amounts in docs/recovery.md are those of the price list."""

from __future__ import annotations

import re

import pytest

from main import ROOT
from pricing.prices import monthly_usd

PAGE = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## What it costs")[2].partition("\n\n")[2].partition("\n\n")[0]
ROWS = {
    "a key for the copies": ("kms_key",),
    "a GB of PostgreSQL's backups, in each region": ("backup_rds_snapshot",),
    "a GB of DocumentDB's backups, in each region": ("backup_documentdb_snapshot",),
    "a GB in a copied bucket": ("s3_storage",),
    "a GB of images": ("ecr_storage",),
    "each GB that is sent to the second region": ("inter_region_data", "s3_replication_time_control"),
}


def test_the_page_has_a_row_for_each_price_and_no_other() -> None:
    assert re.findall(r"^\| (.+?) \| [0-9]", TABLE, flags=re.MULTILINE) == [*ROWS]


@pytest.mark.parametrize("row", ROWS)
def test_each_amount_is_that_of_the_price_list(row: str) -> None:
    (line,) = [one for one in TABLE.splitlines() if one.startswith(f"| {row} |")]
    found = [float(amount) for amount in re.findall(r"([0-9.]+) USD", line)]
    assert found == [monthly_usd(name, region="us-east-1") for name in ROWS[row]]
