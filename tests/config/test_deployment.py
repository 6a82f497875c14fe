"""Deployments: how long a shift may take, and settings that the strategy does not use."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config import provider
from config.deployment import DeploymentSettings, shift_minutes
from config.toml import problems_from


def settings(**values: Any) -> DeploymentSettings:
    return DeploymentSettings.model_validate({"strategy": "blue_green"} | values)


def refusals(**values: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        settings(**values)
    return [str(problem) for problem in problems_from(caught.value, DeploymentSettings)]


def test_a_canary_has_one_wait_and_linear_has_one_less_than_steps() -> None:
    assert settings(traffic="canary", step_percent=10, step_minutes=7).shift_minutes == 7
    assert settings(traffic="linear", step_percent=10, step_minutes=3).shift_minutes == 27
    assert settings(traffic="linear", step_percent=30, step_minutes=1).shift_minutes == 3  # 30, 60, 90, 100
    assert settings(traffic="linear", step_percent=99, step_minutes=1).shift_minutes == 1
    assert settings(traffic="all_at_once").shift_minutes == 0


@given(percent=st.integers(1, 99), minutes=st.integers(1, 3000))
def test_linear_steps_reach_all_requests_with_the_last_one_and_not_before(percent: int, minutes: int) -> None:
    steps = shift_minutes("linear", percent, minutes) // minutes + 1
    assert (steps - 1) * percent < 100 <= steps * percent


def test_the_longest_release_has_the_start_the_smoke_test_the_shift_and_the_old_tasks() -> None:
    release = settings(traffic="linear", step_percent=50, step_minutes=10, keep_old_minutes=30)
    assert release.longest_release_minutes == 60 + 60 + 10 + 30
    assert DeploymentSettings().longest_release_minutes is None


def test_a_shift_of_more_than_two_days_is_refused() -> None:
    assert settings(step_minutes=2880).shift_minutes == 2880
    assert refusals(step_minutes=2881) == [
        (
            'step_minutes = 2881: makes the shift last 2881 minutes with traffic = "canary" and step_percent = 10; '
            "CodeDeploy allows 2880 (two days); use fewer minutes"
        )
    ]
    assert refusals(traffic="linear", step_percent=1, step_minutes=30) == [
        (
            'step_minutes = 30: makes the shift last 2970 minutes with traffic = "linear" and step_percent = 1; '
            "CodeDeploy allows 2880 (two days); use fewer minutes, or a higher step_percent"
        )
    ]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("step_percent", 0),
        ("step_percent", 100),
        ("step_minutes", 0),
        ("keep_old_minutes", 0),
        ("keep_old_minutes", 2881),
    ],
)
def test_what_codedeploy_does_not_take_is_refused(setting: str, value: int) -> None:
    (refusal,) = refusals(**{setting: value})
    assert refusal.startswith(f"{setting} = {value}: must be ")


def test_a_canary_of_150_percent_is_refused_with_what_is_allowed() -> None:
    assert refusals(step_percent=150) == ["step_percent = 150: must be 99 or less"]


@pytest.mark.parametrize(
    ("setting", "value", "shown"),
    [
        ("traffic", "linear", '"linear"'),
        ("step_percent", 20, "20"),
        ("step_minutes", 5, "5"),
        ("keep_old_minutes", 30, "30"),
        ("test_port", 9443, "9443"),
    ],
)
def test_a_setting_of_blue_green_is_refused_where_services_roll(setting: str, value: object, shown: str) -> None:
    assert refusals(strategy="rolling", **{setting: value}) == [
        (
            f'{setting} = {shown}: has no effect with strategy = "rolling"; set strategy = "blue_green", or remove '
            "the line"
        )
    ]


def test_steps_are_refused_where_all_requests_go_at_once() -> None:
    assert refusals(traffic="all_at_once", step_percent=10) == [
        ('step_percent = 10: has no effect with traffic = "all_at_once"; use "canary" or "linear", or remove the line')
    ]


def test_native_blue_green_is_refused_with_bindings_that_do_not_have_it() -> None:
    assert refusals(strategy="native_blue_green") == [
        (
            'strategy = "native_blue_green": needs hashicorp/aws 6.4.0 or newer, and this program uses hashicorp/aws '
            '5.100.0, which does not have its arguments; use "blue_green" or "rolling" (docs/leaving-cdktf.md has a '
            "way to newer versions)"
        )
    ]


def test_what_the_message_says_of_the_bindings_in_use_is_true() -> None:
    """Their own file says which provider they bind."""
    found = importlib.util.find_spec("cdktf_cdktf_provider_aws.provider")
    assert found is not None
    assert found.origin is not None
    name, version = provider.PROVIDER.split()
    assert f"{name.removeprefix('hashicorp/')}/{version}/docs" in Path(found.origin).read_text(encoding="utf-8")


@pytest.fixture
def newer_bindings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Bindings that have the class, as far as the settings look."""
    module = tmp_path / "newer_bindings" / "ecs_service" / "__init__.py"
    module.parent.mkdir(parents=True)
    (module.parents[1] / "__init__.py").touch()
    module.write_text("class EcsServiceLoadBalancerAdvancedConfiguration:\n    pass\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(provider, "_BINDINGS", "newer_bindings")
    provider.has_native_blue_green.cache_clear()
    yield
    provider.has_native_blue_green.cache_clear()


@pytest.mark.usefixtures("newer_bindings")
def test_native_blue_green_is_accepted_with_bindings_that_have_it_and_within_the_limits_of_ecs() -> None:
    assert settings(strategy="native_blue_green").longest_release_minutes is None
    assert settings(strategy="native_blue_green", step_minutes=1440, keep_old_minutes=1440).shift_minutes == 1440
    steps = settings(strategy="native_blue_green", traffic="linear", step_percent=3, step_minutes=87)
    assert steps.shift_minutes == 33 * 87
    for values, key in (
        ({"step_minutes": 1441}, "step_minutes"),
        ({"keep_old_minutes": 1441}, "keep_old_minutes"),
        ({"traffic": "linear", "step_percent": 2}, "step_percent"),
        ({"traffic": "linear", "step_percent": 3, "step_minutes": 88}, "step_minutes"),
        ({"test_port": 9000}, "test_port"),
        ({"traffic": "all_at_once", "step_percent": 5}, "step_percent"),
    ):
        (line,) = refusals(strategy="native_blue_green", **values)
        assert line.startswith(f"{key} = "), line
        assert "CodeDeploy" not in line
