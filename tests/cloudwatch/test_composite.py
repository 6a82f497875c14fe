"""Composite alarms against AWS's documented examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.cloudwatch.alarm import State
from tests.cloudwatch.composite import CompositeAlarm, Suppressor, holds

if TYPE_CHECKING:
    from tests.cloudwatch.alarm import History

OK, ALARM, INSUFFICIENT = State.OK, State.ALARM, State.INSUFFICIENT_DATA

CPU, DISK, NETWORK = "CPUUtilizationTooHigh", "DiskReadOpsTooHigh", "NetworkOutTooHigh"


@pytest.mark.parametrize(
    ("rule", "cpu", "disk", "network", "fulfilled"),
    [
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
        (f"ALARM({CPU}) AND ALARM({DISK})", ALARM, ALARM, OK, True),
        (f"ALARM({CPU}) AND ALARM({DISK})", ALARM, OK, OK, False),
        (f'ALARM("{CPU}") AND NOT ALARM("{DISK}")', ALARM, OK, OK, True),
        (f'ALARM("{CPU}") AND NOT ALARM("{DISK}")', ALARM, ALARM, OK, False),
        (f'(ALARM("{CPU}") OR ALARM("{DISK}")) AND OK("{NETWORK}")', OK, ALARM, OK, True),
        (f'(ALARM("{CPU}") OR ALARM("{DISK}")) AND OK("{NETWORK}")', OK, ALARM, ALARM, False),
        (f'ALARM("{CPU}") OR ALARM("{DISK}") AND OK("{NETWORK}")', ALARM, OK, ALARM, True),
        (f"NOT (ALARM({CPU}) OR TRUE)", OK, OK, OK, False),
        (f"ALARM({CPU}) OR FALSE", ALARM, OK, OK, True),
        (f"INSUFFICIENT_DATA({CPU})", INSUFFICIENT, OK, OK, True),
        (f"INSUFFICIENT_DATA({CPU}) OR OK({DISK})", ALARM, ALARM, OK, False),
    ],
)
def test_a_rule_is_fulfilled_as_documented(
    rule: str, cpu: State, disk: State, network: State, *, fulfilled: bool
) -> None:
    assert holds(rule, {CPU: cpu, DISK: disk, NETWORK: network}) is fulfilled


@pytest.mark.parametrize(
    "rule", ["", "ALARM(a", "ALARM(a) ALARM(a)", "(ALARM(a)", "ALARM(a) AND", "NOT", "ALARM(a))", "alarm(a)"]
)
def test_an_invalid_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="not a valid rule of a composite alarm"):
        holds(rule, {"a": OK})


def test_a_rule_that_names_an_unknown_alarm_is_refused() -> None:
    with pytest.raises(KeyError, match="elsewhere"):
        CompositeAlarm(name="test", rule="ALARM(elsewhere)").history({})


def test_a_composite_alarm_changes_with_the_alarms_of_its_rule() -> None:
    composite = CompositeAlarm(name="test", rule='ALARM("long") AND ALARM("short")')
    histories: dict[str, History] = {
        "long": [(0, OK), (10, ALARM), (100, OK)],
        "short": [(0, INSUFFICIENT), (5, ALARM), (20, OK), (30, ALARM)],
    }
    assert composite.alarms == ("long", "short")
    history = composite.history(histories)
    assert history == [(0, OK), (10, ALARM), (20, OK), (30, ALARM), (100, OK)]
    assert composite.performed(history, histories, 200) == history[1:]


def test_a_composite_alarm_with_a_suppressor_collects_if_each_alarm_of_its_rule_is_enough() -> None:
    assert CompositeAlarm(name="test", rule="ALARM(a) OR ALARM(b)", suppressor=SUPPRESSED.suppressor).collects
    assert not CompositeAlarm(name="test", rule="ALARM(a) AND ALARM(b)", suppressor=SUPPRESSED.suppressor).collects
    assert not CompositeAlarm(name="test", rule="ALARM(a) OR ALARM(b)").collects


# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html: of the examples, the wait
# period is 2 units of time, the extension period 3.
SUPPRESSED: Final = CompositeAlarm(
    name="test",
    rule="ALARM(child)",
    suppressor=Suppressor(alarm="suppressor", wait_minutes=2, extension_minutes=3),
)


@pytest.mark.parametrize(
    ("child", "suppressor", "performed"),
    [
        # Example 1: the suppressor stays OK.
        ([(0, OK), (2, ALARM)], [(0, OK)], [(4, ALARM)]),
        # Example 2: it gets into ALARM while the composite alarm waits.
        ([(0, OK), (2, ALARM)], [(0, OK), (3, ALARM)], []),
        # Example 3: a state that changes while it waits begins another wait period.
        ([(0, OK), (2, ALARM), (3, OK)], [(0, OK)], [(5, OK)]),
        # Example 4: it is in ALARM already.
        ([(0, OK), (2, ALARM)], [(0, ALARM)], []),
        # Example 5: at the end of the extension period.
        ([(0, OK), (2, ALARM)], [(0, OK), (3, ALARM), (6, OK)], [(9, ALARM)]),
        # Example 6: the composite alarm is OK again before that, and waits.
        ([(0, OK), (2, ALARM), (7, OK)], [(0, OK), (3, ALARM), (6, OK)], [(9, OK)]),
        # Beyond the examples: at the end of each period the actions of the state of that time.
        ([(0, OK), (20, ALARM), (30, OK)], [(0, OK), (3, ALARM), (6, OK)], [(9, OK), (22, ALARM), (32, OK)]),
        ([(0, OK), (2, ALARM), (50, OK)], [(0, OK), (30, ALARM), (60, OK)], [(4, ALARM), (63, OK)]),
        ([(0, OK), (2, ALARM)], [(0, OK), (3, ALARM), (6, OK), (8, ALARM)], []),
        ([(0, OK), (2, ALARM), (4, OK)], [(0, OK)], [(6, OK)]),
        ([(0, OK), (2, ALARM)], [(0, OK), (4, ALARM)], []),
        ([(0, OK), (99, ALARM)], [(0, OK)], []),  # after the end
        ([(0, OK), (2, ALARM)], [(0, INSUFFICIENT), (3, OK)], [(4, ALARM)]),  # only ALARM suppresses
    ],
)
def test_a_suppressor_keeps_it_silent_as_documented(child: History, suppressor: History, performed: History) -> None:
    histories = {"child": child, "suppressor": suppressor}
    history = SUPPRESSED.history(histories)
    assert SUPPRESSED.performed(history, histories, 100) == performed
