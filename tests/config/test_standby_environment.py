"""The environment in its second region: valid wherever the environment itself is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.domain import HealthCheckSettings
from config.environment_checks import CHECKS, PLACE_CHECKS
from config.log_destinations import check_log_destinations
from config.recovery_checks import RECOVERY_CHECKS
from config.services import ServiceSettings
from config.standby import FailOverSettings, RecoveryMode
from config.standby_environment import standby_environment
from tests.config.examples import parsed, present, standby, text

if TYPE_CHECKING:
    from config.environment import Environment

SECOND_REGION_CHECKS = [
    # What these ask of the second region, they ask with the environment's own settings.
    check
    for check in CHECKS
    if check not in {*RECOVERY_CHECKS, check_log_destinations}
]
WARM = parsed(standby())


def there(environment: Environment = WARM) -> Environment:
    return present(standby_environment(environment))


def with_recovery(environment: Environment, **changes: object) -> Environment:
    return environment.model_copy(update={"recovery": present(environment.recovery).model_copy(update=changes)})


def test_it_is_the_same_in_another_place() -> None:
    second = there()
    assert (second.region, second.home_region, second.standby_of) == ("us-west-2", "us-east-1", "us-east-1")
    assert second.network == present(present(WARM.recovery).standby).network
    assert (second.name, second.account_id, second.postgres) == (WARM.name, WARM.account_id, WARM.postgres)


def test_what_an_account_has_once_is_not_there() -> None:
    second = there()
    assert (second.security, second.observability, second.delivery, second.cost) == (None, None, None, None)
    assert second.release_targets == ()


def test_who_checks_the_site_from_outside_does_so_once() -> None:
    domain = present(WARM.domain).model_copy(update={"health_check": HealthCheckSettings()})
    second = there(WARM.model_copy(update={"domain": domain}))
    assert second.domain == domain.model_copy(update={"health_check": None})


@pytest.mark.parametrize("mode", ["none", "backup"])
def test_without_a_standby_there_is_none(mode: str) -> None:
    assert standby_environment(parsed(text())) is None
    assert standby_environment(with_recovery(WARM, mode=mode)) is None


def test_copies_become_an_environment_when_they_serve() -> None:
    assert there(with_recovery(WARM, mode="backup", fail_over=FailOverSettings())).region == "us-west-2"


@pytest.mark.parametrize(
    ("mode", "fails_over", "running"),
    [
        ("pilot_light", False, set()),
        ("warm", False, {"frontend"}),
        ("active", False, {"frontend"}),
        ("backup", True, {"frontend", "backend"}),
        ("pilot_light", True, {"frontend", "backend"}),
        ("warm", True, {"frontend", "backend"}),
    ],
)
def test_a_mode_says_which_services_run(*, mode: str, fails_over: bool, running: set[str]) -> None:
    fail_over = FailOverSettings() if fails_over else None
    services = there(with_recovery(WARM, mode=mode, fail_over=fail_over)).services
    assert {name for name, service in services.items() if service.max_count} == running
    for name, service in services.items():
        assert service.initial_count == (WARM.services[name].initial_count if name in running else 0)


@pytest.mark.parametrize(("own", "second"), [(True, True), (True, False), (False, True)])
def test_its_protection_can_be_lifted_alone(*, own: bool, second: bool) -> None:
    """After a fail back what has served there is destroyed, and nothing at home."""
    standby_there = present(present(WARM.recovery).standby).model_copy(update={"protect_data": second})
    environment = with_recovery(WARM, standby=standby_there).model_copy(update={"protect_data": own})
    assert there(environment).protect_data == (own and second)
    assert environment.protect_data == own


def test_a_service_without_tasks_cannot_be_scaled() -> None:
    """Another lower bound alone would leave the tasks that run after a fail-over."""
    backend = there().services["backend"]
    assert (backend.min_count, backend.max_count, backend.desired_count) == (0, 0, None)


def test_no_pipeline_deploys_there() -> None:
    deployment = there().deployment
    assert WARM.deployment.strategy == "blue_green"
    assert deployment.strategy == "rolling"
    assert not deployment.model_fields_set & {"traffic", "test_port", "keep_old_minutes"}
    assert deployment.placeholder_image == WARM.deployment.placeholder_image


def test_each_check_of_a_place_is_one_of_the_environment() -> None:
    assert set(PLACE_CHECKS) <= set(CHECKS)


SERVICES = st.fixed_dictionaries(
    {
        "min_count": st.integers(0, 3),
        "max_count": st.integers(3, 6),
        "desired_count": st.none() | st.just(3),
        "spot_percent": st.sampled_from([0, 50, 100]),
        "on_demand_count": st.integers(1, 3),
        "writes_backups": st.booleans(),
        "tracing": st.booleans(),
        "calls_internet": st.booleans(),
    }
)


@given(
    mode=st.sampled_from(["pilot_light", "warm", "active", "backup"]),
    fails_over=st.booleans(),
    services=st.tuples(SERVICES, SERVICES),
    replicas=st.integers(0, 14),
)
def test_it_is_valid_whenever_the_environment_is(
    *, mode: RecoveryMode, fails_over: bool, services: tuple[dict[str, object], dict[str, object]], replicas: int
) -> None:
    fail_over = FailOverSettings() if fails_over or mode == "backup" else None
    changed = {
        name: ServiceSettings.model_validate({**dict(service), **changes})
        for (name, service), changes in zip(WARM.services.items(), services, strict=True)
    }
    postgres = present(WARM.postgres).model_copy(update={"replicas": replicas})
    environment = with_recovery(WARM, mode=mode, fail_over=fail_over).model_copy(
        update={"services": changed, "postgres": postgres}
    )
    own = [*environment.problems_among(dict(environment), SECOND_REGION_CHECKS)]
    second = there(environment)
    assert [one for one in second.problems_among(dict(second), SECOND_REGION_CHECKS) if one not in own] == []
    assert [*second.deployment.problems()] == []
    for service in second.services.values():
        assert [*service.problems()] == []
