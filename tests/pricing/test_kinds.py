"""No type of resource is silently free: each has a price, or is on the list of free types with its reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from config.errors import ConfigError
from main import ROOT
from pricing.estimate import estimate, site_of_stacks
from pricing.free import FILE, free_kinds
from pricing.kinds import PRICERS
from pricing.usage import Usage
from tests.standby import standby_fixture, synthesized

if TYPE_CHECKING:
    from pathlib import Path

    from synthesis.manifest import Stack

_BINDING = re.compile(r"\bcdktf_cdktf_provider_aws\.(?!data_aws_|provider\b)([a-z0-9_]+)")


def types_in_code() -> set[str]:
    """Every type that a module or a stack can make, whatever the settings are."""
    files = [file for folder in ("modules", "stacks") for file in (ROOT / folder).rglob("*.py")]
    return {f"aws_{name}" for file in files for name in _BINDING.findall(file.read_text(encoding="utf-8"))}


def unlisted(types: set[str]) -> set[str]:
    """Those that have no price and are not known to be free."""
    return types - set(PRICERS) - free_kinds()


def test_every_type_that_the_code_can_make_has_a_price_or_is_known_to_be_free() -> None:
    types = types_in_code()
    assert len(types) > 100
    assert unlisted(types) == set(), (
        "write a function in pricing/kinds/, or add it to pricing/free.toml with its reason"
    )
    assert unlisted({"aws_redshift_cluster"}) == {"aws_redshift_cluster"}


@pytest.fixture(scope="module")
def standby(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """Production with a second region that serves."""
    return synthesized(standby_fixture(mode="active"), tmp_path_factory.mktemp("standby"))


def test_every_type_of_every_environment_too(every_stack: dict[str, Stack], standby: dict[str, Stack]) -> None:
    stacks = [*every_stack.values(), *standby.values()]
    assert unlisted({resource.kind for stack in stacks for resource in stack.all()}) == set()


def test_no_type_has_a_price_and_is_free() -> None:
    assert set(PRICERS) & free_kinds() == set()


def test_everything_of_the_environments_in_america_is_priced(
    every_stack: dict[str, Stack], standby: dict[str, Stack]
) -> None:
    stacks = [*every_stack.values(), *standby.values()]
    for environment in {stack.environment for stack in stacks} - {"elsewhere"}:
        chosen = [stack for stack in stacks if stack.environment == environment]
        found = estimate(site_of_stacks(chosen, Usage()))
        assert [f"{one.resource.address}: {one.reason}" for one in found.unpriced] == []


def test_a_group_of_free_types_without_a_reason_is_reported(tmp_path: Path) -> None:
    assert free_kinds(FILE)
    file = tmp_path / "free.toml"
    file.write_text('[free.x]\nsource = "https://aws.amazon.com/"\ntypes = ["aws_x"]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"free\.x\.reason: is missing; why they cost nothing"):
        free_kinds(file)
