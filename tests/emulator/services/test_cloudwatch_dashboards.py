"""A dashboard's body is refused with every place that is wrong, as CloudWatch does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.services.cloudwatch.dashboard_body import body_problems

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ALARM = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors"
ROW = ["AWS/EC2", "CPUUtilization", "InstanceId", "i-1"]


def widget(kind: str = "metric", /, *, place: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    properties = {"region": "us-east-1", "metrics": [ROW], **properties} if kind == "metric" else properties
    return {"type": kind, "x": 0, "y": 0, "width": 12, "height": 6, "properties": properties, **(place or {})}


def problems(*widgets: Any, **more: Any) -> list[tuple[str, str]]:
    return list(body_problems({"widgets": list(widgets), **more}))


def test_a_dashboard_with_every_kind_of_widget_is_stored(client: Client) -> None:
    body = {
        "start": "-PT6H",
        "periodOverride": "inherit",
        "widgets": [
            widget(
                metrics=[
                    [*ROW, {"id": "m1", "stat": "p95", "period": 300, "visible": False, "color": "#ff7f0e"}],
                    ["...", "i-2", {"id": "m2"}],
                    [".", "NetworkIn", ".", "."],
                    [{"expression": "SUM([m1, FILL(m2, 0)])", "id": "e1", "label": "both", "yAxis": "right"}],
                    [{"expression": "SEARCH('{AWS/EC2,InstanceId} CPU', 'Sum')", "id": "e2"}],
                ],
                view="singleValue",
                start="-P30D",
                annotations={"horizontal": [{"value": 1, "label": "most"}, [{"value": 1}, {"value": 2}]]},
            ),
            widget("text", markdown="# Service"),
            widget("alarm", alarms=[ALARM], states=["ALARM"], sortBy="stateUpdatedTimestamp"),
            widget("log", query="SOURCE 'a' | fields @message", region="us-east-1"),
            widget("chart", data={}),
            widget(metrics=[], annotations={"alarms": [ALARM]}),
            {"type": "text", "properties": {"markdown": "no place"}},
        ],
    }
    cloudwatch = client("cloudwatch")
    cloudwatch.put_dashboard(DashboardName="service_1-a", DashboardBody=json.dumps(body))

    assert json.loads(cloudwatch.get_dashboard(DashboardName="service_1-a")["DashboardBody"]) == body


def test_a_body_that_is_not_valid_is_refused_with_all_places(client: Client) -> None:
    body = json.dumps({"widgets": [widget("text"), widget("alarm", alarms=[])]})
    with pytest.raises(ClientError) as caught:
        client("cloudwatch").put_dashboard(DashboardName="service", DashboardBody=body)
    error = caught.value.response["Error"]
    assert error["Code"] == "InvalidParameterInput"
    start, _, listed = error["Message"].partition("\n")
    assert start == "The dashboard body is invalid, there are 2 validation errors:"
    assert json.loads(listed) == [
        {"dataPath": "/widgets/0/properties", "message": "Should have required property 'markdown'"},
        {"dataPath": "/widgets/1/properties/alarms", "message": "Should NOT have less than 1 items"},
    ]


@pytest.mark.parametrize("name", ["a.b", "a b", "ä"])
def test_a_name_with_other_characters_is_refused(client: Client, name: str) -> None:
    with pytest.raises(ClientError, match="DashboardName contains invalid characters"):
        client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody='{"widgets": []}')


def test_a_body_that_is_not_json_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match="must be a valid JSON object"):
        client("cloudwatch").put_dashboard(DashboardName="service", DashboardBody="{")


@pytest.mark.parametrize(
    ("wrong", "path", "message"),
    [
        (widget(place={"width": 25}), "/width", "Should be <= 24"),
        (widget(place={"x": 24}), "/x", "Should be <= 23"),
        (widget(place={"y": -1}), "/y", "Should be >= 0"),
        (widget(place={"height": 0}), "/height", "Should be >= 1"),
        (widget(place={"height": 2.5}), "/height", "Should be integer"),
        (widget(place={"z": 1}), "", "Should NOT have additional properties: 'z'"),
        (widget("graph"), "/type", "Should be equal to one of the allowed values"),
        ({"type": "text", "properties": []}, "/properties", "Should be object"),
        ("text", "", "Should be object"),
        (widget(titel="CPU"), "/properties", "Should NOT have additional properties: 'titel'"),
        (widget(view="line"), "/properties/view", "Should be equal to one of the allowed values"),
        (widget(legend={"position": "left"}), "/properties/legend/position", "Should be equal to one of the allowed"),
        (widget(period=90), "/properties/period", "Should be a multiple of 60"),
        (widget(metrics=[[*ROW, {"period": 61}]]), "/properties/metrics/0/4/period", "Should be a multiple of 60"),
        (widget(metrics={}), "/properties/metrics", "Should be array"),
        (widget(metrics=["CPU"]), "/properties/metrics/0", "Should be array"),
        (widget(metrics=[["AWS/EC2"]]), "/properties/metrics/0", "Should be a namespace, a name, and a name and a"),
        (widget(metrics=[ROW[:3]]), "/properties/metrics/0", "Should be a namespace, a name, and a name and a"),
        (widget(metrics=[[*ROW[:3], 1]]), "/properties/metrics/0", "Should be string"),
        (widget(metrics=[["...", "i-2"]]), "/properties/metrics/0", "the first metric cannot repeat the one above"),
        (widget(metrics=[[{"id": "e1"}]]), "/properties/metrics/0", "Should have required property 'expression'"),
        (widget(metrics=[[*ROW, {"size": 1}]]), "/properties/metrics/0", "additional properties: 'size'"),
        (widget(metrics=[[*ROW, {"stat": "mean"}]]), "/properties/metrics/0/stat", "'mean' is not a valid statistic"),
        (widget(metrics=[[*ROW, {"color": "red"}]]), "/properties/metrics/0/color", "Should match pattern"),
        (widget(metrics=[[*ROW, {"yAxis": "top"}]]), "/properties/metrics/0/yAxis", "Should be equal to one of the"),
        (widget(metrics=[[*ROW, {"id": "M1"}]]), "/properties/metrics/0/id", "Should match pattern"),
        (widget(metrics=[[{"expression": "2 * m1"}]]), "/properties/metrics/0/expression", "'m1' is not the id of"),
        (widget(annotations={"horizontal": [{"label": "x"}]}), "/properties/annotations/horizontal/0", "'value'"),
        (widget("alarm", alarms=["errors"]), "/properties/alarms/0", "Should match pattern of an alarm ARN"),
        (widget("alarm", alarms=[ALARM] * 101), "/properties/alarms", "Should NOT have more than 100 items"),
        (widget("alarm", alarms=[ALARM], states=["RED"]), "/properties/states/0", "one of the allowed values"),
        (widget("log", region="us-east-1"), "/properties", "Should have required property 'query'"),
    ],
)
def test_a_widget_that_is_not_valid_is_refused(wrong: Any, path: str, message: str) -> None:
    ((where, what),) = problems(wrong)
    assert where == f"/widgets/0{path}"
    assert message in what


def test_an_id_is_there_once() -> None:
    found = problems(widget(metrics=[[*ROW, {"id": "m1"}], [*ROW, {"id": "m1"}]]))
    assert {what for _, what in found} == {"Id 'm1' should be unique"}


def test_a_metric_widget_without_anything_to_show_is_refused() -> None:
    empty = {"type": "metric", "properties": {"region": "us-east-1"}}
    assert [what for _, what in problems(empty)] == [
        "Should have required property 'metrics'",
        "The metric widget should have specified a region and a data source or an alarm annotation",
    ]


def test_the_limits_of_widgets_and_metrics_count_hidden_metrics_and_no_expressions() -> None:
    rows = [*[[*ROW, {"visible": False}]] * 500, [{"expression": "TIME_SERIES(1)"}]]
    full = widget(metrics=rows[:-1])
    assert problems(widget("text", markdown="x"), *[full] * 5) == []
    assert problems(*[full] * 5, widget()) == [("/widgets", "Should NOT have more than 2500 metrics, has 2501")]
    assert problems(widget(metrics=rows)) == [("/widgets/0/properties/metrics", "Should NOT have more than 500 items")]
    words = widget("text", markdown="x")
    assert problems(*[words] * 500) == []
    assert problems(*[words] * 501) == [("/widgets", "Should NOT have more than 500 items")]


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        ([], "", "Should be object"),
        ({}, "", "Should have required property 'widgets'"),
        ({"widgets": {}}, "/widgets", "Should be array"),
        ({"widgets": [], "periodOverride": "no"}, "/periodOverride", "Should be equal to one of the allowed values"),
        ({"widgets": [], "title": "x"}, "", "Should NOT have additional properties: 'title'"),
    ],
)
def test_a_body_of_another_shape_is_refused(body: object, path: str, message: str) -> None:
    assert list(body_problems(body)) == [(path, message)]
