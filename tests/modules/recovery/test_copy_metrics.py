"""The metric of the ages of copies is in the second region, whoever uses it."""

from __future__ import annotations

from config.copies import CopiedStore
from modules.recovery.copy_metrics import copy_age_minutes
from tests.modules.recovery.regions import THERE
from tests.template import LABEL

STORE = CopiedStore(name="postgres", what="PostgreSQL", most_minutes=60)


def test_it_is_the_same_for_both_regions() -> None:
    metric = copy_age_minutes(THERE, STORE, region="us-west-2")
    assert metric == copy_age_minutes(LABEL, STORE, region="us-west-2")
    assert (metric.namespace, metric.name, metric.region) == (
        "user-management-test/recovery",
        "CopyAgeMinutes",
        "us-west-2",
    )
    assert (metric.dimensions, metric.period_seconds) == ({"Store": "postgres"}, 900)
