"""How requests are shifted: the settings as a configuration of CodeDeploy."""

from __future__ import annotations

import pytest

from tests.modules.service.releases import release_template

CONFIGURATION = "aws_codedeploy_deployment_config"
GROUP = "aws_codedeploy_deployment_group"


@pytest.mark.parametrize(
    ("traffic", "kind", "block"),
    [("canary", "TimeBasedCanary", "time_based_canary"), ("linear", "TimeBasedLinear", "time_based_linear")],
)
def test_steps_are_a_configuration_of_the_own(traffic: str, kind: str, block: str) -> None:
    made = release_template(traffic=traffic, step_percent=20, step_minutes=3)
    configuration = made.only(CONFIGURATION)
    assert configuration["compute_platform"] == "ECS"
    assert configuration["traffic_routing_config"] == {"type": kind, block: {"percentage": 20, "interval": 3}}
    assert made.only(GROUP)["deployment_config_name"] == f"${{{CONFIGURATION}.shift.deployment_config_name}}"


def test_other_steps_have_another_name_which_is_there_before_the_old_one_goes() -> None:
    names = set()
    for changes in ({}, {"step_percent": 20}, {"step_minutes": 6}, {"traffic": "linear"}):
        configuration = release_template(**changes).only(CONFIGURATION)
        assert configuration["lifecycle"] == {"create_before_destroy": True}
        names.add(configuration["deployment_config_name"])
    assert len(names) == 4


def test_all_at_once_is_the_configuration_of_aws() -> None:
    made = release_template(traffic="all_at_once")
    assert not made.all(CONFIGURATION)
    assert made.only(GROUP)["deployment_config_name"] == "CodeDeployDefault.ECSAllAtOnce"
