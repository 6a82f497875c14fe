"""What sleep saves: hours asleep times the prices of what sleeps, and nothing of what does not."""

from __future__ import annotations

import pytest

from config.sleep import SleepSettings
from pricing.prices import HOURS_PER_MONTH
from pricing.sleep_saving import describe_saving, sleep_saving
from tests.config.examples import present
from tests.fixtures import fixture_environment

HALF = SleepSettings(time_zone="UTC", awake=("mon-sun 08:00-20:00",))


def test_it_is_the_price_of_tasks_and_instances_in_the_hours_asleep() -> None:
    found = sleep_saving(fixture_environment("dev"), HALF)
    # Two tasks of a quarter vCPU and half a GiB on ARM, on Spot at 30 % of the price on demand.
    tasks = 2 * (0.25 * 0.03238 + 0.5 * 0.00356) * 0.3
    assert found.awake_usd == {
        "tasks": pytest.approx(tasks * HOURS_PER_MONTH),
        "PostgreSQL": pytest.approx(0.016 * HOURS_PER_MONTH),
        "DocumentDB": pytest.approx(0.078 * HOURS_PER_MONTH),
    }
    assert found.share == 0.5
    assert found.usd == pytest.approx((tasks + 0.016 + 0.078) * HOURS_PER_MONTH / 2)


def test_a_standby_a_task_on_demand_and_more_instances_count() -> None:
    dev = fixture_environment("dev")
    changed = dev.model_copy(
        update={
            "postgres": present(dev.postgres).model_copy(update={"multi_az": True}),
            "documentdb": present(dev.documentdb).model_copy(update={"instances": 3}),
            "services": {"api": dev.services["backend"].model_copy(update={"min_count": 2, "on_demand_count": 1})},
        }
    )
    found = sleep_saving(changed, HALF)
    task = (0.25 * 0.03238 + 0.5 * 0.00356) * HOURS_PER_MONTH
    assert found.awake_usd["tasks"] == pytest.approx(task * 1.3)
    assert found.awake_usd["PostgreSQL"] == pytest.approx(2 * 0.016 * HOURS_PER_MONTH)
    assert found.awake_usd["DocumentDB"] == pytest.approx(3 * 0.078 * HOURS_PER_MONTH)


def test_it_is_described_for_people() -> None:
    dev = fixture_environment("dev")
    assert describe_saving(dev, present(present(dev.cost).sleep)).startswith(
        "saves about 45 USD a month, 61 %: tasks 2.65 USD, PostgreSQL 7.16 USD, DocumentDB 35 USD"
    )
    assert "50 %" in describe_saving(dev, HALF)


def test_a_price_that_is_not_in_the_list_is_named() -> None:
    abroad = fixture_environment("dev").model_copy(update={"region": "ap-south-1"})
    text = describe_saving(abroad, HALF)
    assert text.startswith("saves an unknown amount: ")
    assert "prices.fargate_arm_vcpu.ap-south-1: is missing; there is one for us-east-1" in text
