from __future__ import annotations

from typing import TYPE_CHECKING

from report.boxes import Map, read_map
from report.deployment import deployment_flow

if TYPE_CHECKING:
    from report.flow import Flow
    from synthesis.manifest import Stack


def passages(flow: Flow) -> dict[tuple[str, str], str]:
    return {(flow.steps[one.start].title, flow.steps[one.end].title): one.text for one in flow.passages.values()}


def test_a_push_is_built_tested_and_shifted_by_a_canary(maps: dict[str, Map]) -> None:
    flow = deployment_flow(maps["staging"])
    found = passages(flow)
    assert found["Source", "Backend build"] == ""
    assert found["Backend build", "Integration tests"] == ""
    assert found["Backend build", "Backend images"] == "image"
    assert found["Backend deploy", "Backend service"].startswith("canary ")
    assert ("Backend deploy", "Frontend service") not in found
    assert flow.steps["action-Build-backend-build"].box


def test_prod_waits_for_a_person(maps: dict[str, Map]) -> None:
    found = passages(deployment_flow(maps["prod"]))
    assert ("Promote", "Approval") in found
    assert found["A tested release", "Source"] == ""


def test_without_codedeploy_a_build_rolls_the_service(maps: dict[str, Map]) -> None:
    found = passages(deployment_flow(maps["dev"]))
    assert found["Backend deploy", "Backend service"] == "rolling update"
    assert ("Backend deploy", "Frontend service") not in found


def test_without_a_pipeline_there_is_no_way(of_name: dict[str, list[Stack]]) -> None:
    assert deployment_flow(read_map([one for one in of_name["dev"] if one.layer != "delivery"])).steps == {}
