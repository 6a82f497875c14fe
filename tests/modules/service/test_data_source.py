"""A service finds the same in both regions: each parameter by the same name, and a bucket for backups."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

import pytest
from cdktf import TerraformStack

from config.standby_environment import standby_environment
from stacks.compose import compose
from stacks.standby_data import StandbyData
from tests.config.examples import present
from tests.standby import RESTORED, SECOND, standby_fixture
from tests.template import new_app

if TYPE_CHECKING:
    from config.environment import Environment
    from modules.service.data_source import DataSource

VARIANTS = {
    "without-a-database": standby_fixture(mode="pilot_light", replica=False),
    "with-a-replica": standby_fixture(mode="pilot_light", is_global=True),
    "restored": standby_fixture(mode="pilot_light", replica=False, fail_over=RESTORED),
}
SERVICES = tuple(VARIANTS["restored"].services)


@cache
def sources(variant: str) -> tuple[DataSource, DataSource]:
    """What the services of the environment's own region have, and those of the second one."""
    config: Environment = VARIANTS[variant]
    app = new_app()
    compose(app, [config])
    stacks: dict[str, Any] = {stack.node.id: stack for stack in app.node.children}
    there = StandbyData(
        present(standby_environment(config)),
        copies=stacks[f"warm-recovery-{SECOND}"],
        data=stacks.get(f"warm-data-{SECOND}"),
    )
    return cast("DataSource", stacks["warm-data"]), there


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("service", SERVICES)
def test_every_parameter_that_a_service_can_request_is_in_both_regions(variant: str, service: str) -> None:
    config = VARIANTS[variant].services[service]
    home, there = (source.parameters(config) for source in sources(variant))
    assert home
    assert there.keys() == home.keys()
    for name, parameter in there.items():
        assert parameter.name == home[name].name


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_region_has_a_bucket_for_backups_of_its_own(variant: str) -> None:
    home, there = (present(source.backups) for source in sources(variant))
    assert [TerraformStack.of(bucket).node.id for bucket in (home, there)] == ["warm-data", f"warm-recovery-{SECOND}"]
