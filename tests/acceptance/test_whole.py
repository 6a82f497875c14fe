from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.account import Account
from acceptance.whole import in_its_own_way, unlisted
from emulator import Emulator
from synthesis.manifest import Stack, of_environment, read_stacks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BACKEND = {"bucket": "states", "key": "network/terraform.tfstate"}


@pytest.fixture
def account() -> Iterator[Account]:
    with Emulator() as running:
        yield Account("900000000411", "us-east-1", running)


def stack(folder: Path) -> dict[str, Stack]:
    document = {
        "//": {"metadata": {"layer": "network", "region": "us-east-1"}},
        "terraform": {"backend": {"s3": BACKEND}},
    }
    return {"dev-network": Stack(id="dev-network", folder=folder, document=document)}


_PROVIDER = 'provider["registry.terraform.io/hashicorp/aws"]'


def put_state(account: Account, *resources: tuple[str, dict[str, str]], mode: str = "managed") -> None:
    entries: list[dict[str, Any]] = [
        {"mode": mode, "type": kind, "provider": _PROVIDER, "instances": [{"attributes": attributes}]}
        for kind, attributes in resources
    ]
    s3 = account.session().client("s3")
    s3.create_bucket(Bucket=BACKEND["bucket"])
    s3.put_object(Bucket=BACKEND["bucket"], Key=BACKEND["key"], Body=json.dumps({"resources": entries}))


def test_a_resource_that_its_listing_does_not_show_is_reported(account: Account, tmp_path: Path) -> None:
    account.session().client("sqs").create_queue(QueueName="orders")
    url = account.session().client("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
    put_state(account, ("aws_sqs_queue", {"id": url}), ("aws_sqs_queue", {"id": "http://elsewhere/lost"}))
    assert list(unlisted(account, stack(tmp_path))) == [
        "network: aws_sqs_queue http://elsewhere/lost is not shown by sqs:ListQueues (acceptance/listings.py)"
    ]


def test_parts_settings_of_the_account_and_data_sources_need_no_listing(account: Account, tmp_path: Path) -> None:
    parts = ("aws_route", "aws_ebs_encryption_by_default", "terraform_data")
    put_state(account, *((kind, {"id": "one"}) for kind in parts))
    assert list(unlisted(account, stack(tmp_path))) == []
    put_state(account, ("aws_sqs_queue", {"id": "http://elsewhere/lost"}), mode="data")
    assert list(unlisted(account, stack(tmp_path))) == []


def test_what_the_preflight_does_not_find_is_reported(output: Path, tmp_path: Path) -> None:
    """In an account where nothing is applied every name is still free, and nothing delegates the zone."""
    stacks = of_environment(read_stacks(output), "dev")
    (number,) = next(iter(stacks.values())).providers[0]["allowed_account_ids"]
    with Emulator() as running:
        found = list(in_its_own_way(Account(number, "us-east-1", running), stacks, tmp_path))
    assert any(line.startswith("the preflight does not find what is applied: names ") for line in found), found
