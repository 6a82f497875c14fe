"""Which alarms keep a release out of the stage Deploy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from modules.delivery.red_alarms import alarm_rules


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
    rules = alarm_rules(services, load_balancer)  # type: ignore[arg-type]
    return [rule.configuration["AlarmName"] for rule in rules]


def test_the_first_alarm_of_each_service_and_that_of_the_load_balancer() -> None:
    services = (Service(Alarms(["api-errors", "api-latency"])), Service(Alarms(["site-errors"])))
    found = watched(*services, load_balancer=LoadBalancer(Alarm("load-balancer-errors")))
    assert found == ["api-errors", "site-errors", "load-balancer-errors"]


def test_a_service_without_alarms_has_no_rule() -> None:
    assert watched(Service(None), Service(Alarms()), load_balancer=LoadBalancer(None)) == []


def test_there_are_at_most_five() -> None:
    services = [Service(Alarms([f"service-{number}"])) for number in range(5)]
    assert watched(*services, load_balancer=LoadBalancer(Alarm("all"))) == [f"service-{n}" for n in range(5)]
