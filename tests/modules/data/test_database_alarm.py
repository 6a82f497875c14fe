"""An alarm on a database names it, and takes no data for nothing wrong unless it says otherwise."""

from __future__ import annotations

from modules.alarm import MissingData
from modules.data.database_alarm import add_alarm
from modules.runbook import Runbook
from modules.topic import Severity
from tests.modules.data.alarms import alarms_of, subject_in
from tests.modules.metrics import CPU
from tests.template import new_stack


def test_its_name_and_description_are_about_the_subject() -> None:
    stack = new_stack()
    subject = subject_in(stack)
    for id_, missing_data in (("busy", MissingData.NOT_BREACHING), ("gone", MissingData.BREACHING)):
        add_alarm(
            stack,
            id_,
            subject=subject,
            states="is busy",
            metric=CPU,
            threshold=80,
            severity=Severity.WARNING,
            runbook=Runbook.DATABASE_LOAD,
            periods=3,
            missing_data=missing_data,
        )
    alarms = alarms_of(stack)
    assert alarms["busy"]["alarm_description"] == "The database is busy. Runbook: docs/runbooks.md#database-load"
    assert (alarms["busy"]["evaluation_periods"], alarms["busy"]["threshold"]) == (3, 80)
    assert [alarms[name]["treat_missing_data"] for name in ("busy", "gone")] == ["notBreaching", "breaching"]
