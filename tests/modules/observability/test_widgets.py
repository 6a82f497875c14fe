"""A widget's part of the dashboard's JSON, as CloudWatch documents it."""

from __future__ import annotations

from dataclasses import replace

from modules.metric import MetricExpression
from modules.observability.widgets import AlarmStates, Graph, Line, Search, Text
from tests.modules.metrics import CPU


def test_a_metric_is_namespace_name_dimensions_and_options() -> None:
    found = Graph(title="CPU", series={"one": CPU}).properties()
    assert found["metrics"] == [
        [
            "AWS/RDS",
            "CPUUtilization",
            "DBInstanceIdentifier",
            "one",
            {"stat": "Average", "period": 60, "label": "one"},
        ]
    ]
    assert (found["title"], found["view"], found["region"]) == ("CPU", "timeSeries", "us-east-1")


def test_the_ids_of_two_expressions_differ() -> None:
    share = MetricExpression(
        expression="100 * FILL(part, 0) / all", metrics={"part": CPU, "all": CPU}, label="share", late_value=0
    )
    rows = Graph(title="shares", series={"a": share, "b": share}).properties()["metrics"]
    assert [row[-1]["id"] for row in rows] == ["s1_part", "s1_all", "s1", "s2_part", "s2_all", "s2"]
    assert [row[0]["expression"] for row in rows if isinstance(row[0], dict)] == [
        "100 * FILL(s1_part, 0) / s1_all",
        "100 * FILL(s2_part, 0) / s2_all",
    ]
    assert [row[-1].get("visible", True) for row in rows] == [False, False, True, False, False, True]


def test_an_expression_has_the_period_of_its_metrics() -> None:
    hourly = MetricExpression(expression="2 * cpu", metrics={"cpu": replace(CPU, period_seconds=3600)}, label="twice")
    assert Graph(title="CPU", series={"twice": hourly}).properties()["metrics"][-1] == [
        {"expression": "2 * s1_cpu", "id": "s1", "label": "twice", "period": 3600}
    ]


def test_a_threshold_is_a_line() -> None:
    found = Graph(title="CPU", series={"one": CPU}, lines=[Line(value=80, label="alarm")], unit="percent").properties()
    assert found["annotations"] == {"horizontal": [{"value": 80, "label": "alarm"}]}
    assert found["yAxis"] == {"left": {"min": 0, "showUnits": False, "label": "percent"}}


def test_numbers_have_no_axis() -> None:
    found = Graph(title="CPU", series={"one": CPU}, view="singleValue").properties()
    assert (found["view"], "yAxis" in found) == ("singleValue", False)


def test_a_text_is_markdown() -> None:
    assert Text(markdown="# Services").properties() == {"markdown": "# Services"}


def test_a_widget_can_go_back_further_than_the_dashboard() -> None:
    assert Graph(title="CPU", series={"one": CPU}, start="-P30D").properties()["start"] == "-P30D"
    assert "start" not in Graph(title="CPU", series={"one": CPU}).properties()


def test_a_search_finds_the_metrics_with_these_dimensions() -> None:
    search = Search(
        title="charges",
        namespace="AWS/Billing",
        name="EstimatedCharges",
        dimensions=("Currency", "ServiceName"),
        statistic="Maximum",
        region="us-east-1",
        period_seconds=21_600,
    )
    ((found,),) = search.properties()["metrics"]
    assert found["expression"] == (
        "SEARCH('{AWS/Billing,Currency,ServiceName} MetricName=\"EstimatedCharges\"', 'Maximum', 21600)"
    )


def test_the_alarms_that_changed_last_are_first() -> None:
    found = AlarmStates(title="Alarms", alarm_arns=["arn:aws:cloudwatch:us-east-1:444444444444:alarm:a"]).properties()
    assert found["sortBy"] == "stateUpdatedTimestamp"
    assert found["alarms"] == ["arn:aws:cloudwatch:us-east-1:444444444444:alarm:a"]
