"""The fixture `applied`: outputs, resources and the API agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.applied import Applied

pytestmark = [pytest.mark.emulator, pytest.mark.terraform]


def test_the_outputs_name_what_the_api_has(applied: Applied) -> None:
    network = applied.outputs["dev-network"]
    found = applied.account.session().client("ec2").describe_vpcs(VpcIds=[network["vpc_id"]])["Vpcs"]
    assert [vpc["CidrBlock"] for vpc in found] == ["10.2.0.0/16"]
    assert applied.resources["dev-network"] > 50
