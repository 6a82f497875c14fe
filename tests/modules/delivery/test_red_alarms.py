"""Which alarms keep a release from changing the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from modules.delivery.red_alarms import alarm_rules
from modules.errors import WiringError
from tests.modules.delivery.parts import Parts


@dataclass
class Alarms:
    names: list[str] = field(default_factory=list)


@dataclass
class Service:
    alarms: Alarms | None


@dataclass
class LoadBalancer:
    error_alarm: Any


@dataclass
class Alarm:
    name: str


def watched(*services: Service, load_balancer: LoadBalancer | None = None) -> list[str]:
    rules = alarm_rules(Parts.make().stack, services, load_balancer)  # type: ignore[arg-type]
    return [rule.configuration["AlarmName"] for rule in rules]


def test_the_first_alarm_of_each_service_and_that_of_the_load_balancer() -> None:
    services = (Service(Alarms(["api-errors", "api-latency"])), Service(Alarms(["site-errors"])))
    found = watched(*services, load_balancer=LoadBalancer(Alarm("load-balancer-errors")))
    assert found == ["api-errors", "site-errors", "load-balancer-errors"]


def test_a_service_without_alarms_has_no_rule() -> None:
    assert watched(Service(None), Service(Alarms()), load_balancer=LoadBalancer(None)) == []


def test_five_are_taken_and_a_sixth_is_refused_by_name() -> None:
    services = [Service(Alarms([f"service-{number}"])) for number in range(5)]
    assert watched(*services) == [f"service-{number}" for number in range(5)]
    with pytest.raises(WiringError, match=r"takes 5 rules or fewer, and there are 6 alarms: service-0, .*, all; have"):
        watched(*services, load_balancer=LoadBalancer(Alarm("all")))
