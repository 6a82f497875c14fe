"""The running services are what the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.after_apply import service

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3

    from config.environment import Environment
    from tests.after_apply.conftest import Applied

pytestmark = [pytest.mark.emulator, pytest.mark.terraform]


@pytest.mark.parametrize("check", service.CHECKS, ids=lambda check: check.__name__)
def test_the_running_apis_agree_with_the_settings(
    applied: Applied, check: Callable[[boto3.Session, Environment], None]
) -> None:
    check(applied.session, applied.config)


def test_a_second_plan_finds_nothing_to_change(applied: Applied) -> None:
    assert applied.run("plan", "--detailed-exitcode") == 0
