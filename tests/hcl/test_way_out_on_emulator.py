"""With the real Terraform and provider: a stack's HCL creates what its JSON creates, and takes over its state."""

from __future__ import annotations

import pytest

from acceptance.harness import open_harness
from acceptance.plain_hcl import differences
from tests.fixtures import FOLDER

ENVIRONMENT = "minimal"


@pytest.mark.emulator
@pytest.mark.terraform
@pytest.mark.seconds(100)
def test_the_hcl_of_a_stack_plans_what_its_json_plans() -> None:
    with open_harness([ENVIRONMENT], settings=FOLDER / ENVIRONMENT, layer="network") as harness:
        found = differences(harness, ENVIRONMENT)
    assert len(found) >= 2
    assert not any(found.values()), found
