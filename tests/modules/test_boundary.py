"""The boundaries are found by their names, from every layer and region."""

from __future__ import annotations

from dataclasses import replace

from config.names import MAX_ENVIRONMENT_LENGTH, MAX_PROJECT_LENGTH
from modules.boundary import Boundary, boundary_arn, boundary_name
from tests.template import LABEL


def test_a_layer_in_another_region_has_the_same_boundaries() -> None:
    elsewhere = replace(LABEL, region="eu-west-1")
    arn = "arn:aws:iam::444444444444:policy/user-management-test-workload-boundary"
    assert boundary_arn(LABEL, Boundary.WORKLOAD) == boundary_arn(elsewhere, Boundary.WORKLOAD) == arn


def test_the_name_is_not_cut_with_the_longest_names() -> None:
    longest = replace(LABEL, project="p" * MAX_PROJECT_LENGTH, environment="e" * MAX_ENVIRONMENT_LENGTH)
    assert boundary_name(longest, Boundary.DEPLOYMENT).endswith("-deployment-boundary")
