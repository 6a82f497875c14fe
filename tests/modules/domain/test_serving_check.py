"""The checks of both regions are about one alarm of the second one, and one is the inversion of the other."""

from __future__ import annotations

from modules.domain.serving_check import ServingCheck
from modules.key import Key
from modules.recovery.serving_region import ServingRegion
from tests.modules.recovery.regions import THERE
from tests.modules.topics import topics_in
from tests.template import LABEL, Resource, Template, new_stack


def check(*, of_second: bool) -> Resource:
    stack = new_stack()
    label = THERE if of_second else LABEL
    ServingCheck(stack, "check", label=label, second_region="us-west-2", of_second=of_second)
    return Template.of(stack).only("aws_route53_health_check")


def test_one_is_the_inversion_of_the_other() -> None:
    home, second = check(of_second=False), check(of_second=True)
    assert (home["invert_healthcheck"], second["invert_healthcheck"]) == (False, True)
    same = ("type", "cloudwatch_alarm_name", "cloudwatch_alarm_region", "insufficient_data_health_status", "triggers")
    assert [home[name] for name in same] == [second[name] for name in same]
    assert home["type"] == "CLOUDWATCH_METRIC"


def test_without_data_the_names_stay_where_they_lead() -> None:
    assert check(of_second=False)["insufficient_data_health_status"] == "LastKnownStatus"


def test_its_alarm_is_the_one_that_the_second_region_makes() -> None:
    stack = new_stack()
    key = Key(stack, "key", label=THERE, name="copies", description="Copies", protect=False)
    topics = topics_in(stack, label=THERE)
    made = ServingRegion(stack, "serving", label=THERE, key=key, log_retention_days=30, is_prepared=True, topics=topics)
    found = check(of_second=False)
    assert (found["cloudwatch_alarm_name"], found["cloudwatch_alarm_region"]) == (made.alarm.full_name, THERE.region)
