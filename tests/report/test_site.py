from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from report.site import read_site
from synthesis.manifest import OutputError
from tests.report.conftest import TODAY

if TYPE_CHECKING:
    from synthesis.manifest import Stack


def test_one_environment_can_be_shown_alone(emitted: dict[str, Stack]) -> None:
    site = read_site(emitted, TODAY, "dev")
    assert [one.name for one in site.environments] == [site.first] == ["dev"]
    (dev,) = site.environments
    assert dev.account == "111111111111"
    assert dev.regions == ["us-east-1"]
    assert dev.resources == sum(1 for stack in emitted.values() if stack.environment == "dev" for _ in stack.all())
    assert next(iter(dev.severities)) == "critical"
    assert sum(dev.severities.values()) == len(dev.alarms)


def test_an_unknown_environment_is_refused(emitted: dict[str, Stack]) -> None:
    with pytest.raises(OutputError, match="preview"):
        read_site(emitted, TODAY, "preview")
