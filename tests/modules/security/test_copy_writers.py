"""Copies are written by what makes them, and by the services that add backups where they serve."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from compliance.evaluation import Request, is_allowed
from config.names import MAX_ENVIRONMENT_LENGTH, MAX_PROJECT_LENGTH
from modules.boundary import Boundary, boundary_name
from modules.policy import render_statements
from modules.security.copy_writers import deny_copy_changes_of_workloads
from modules.security.permissions_boundaries import PermissionsBoundaries
from tests.template import LABEL, Template, new_stack

ACCOUNT = "444444444444"
PREFIX = "user-management-test"
HOME, THERE = "us-east-1", "us-west-2"
BOTH = replace(LABEL, recovery_region=THERE)
FOLDER = f"arn:aws:s3:::{PREFIX}-backups-copy-{THERE}-{ACCOUNT}/api/"


def may(role: str, action: str, resource: str, *, writers: tuple[str, ...] = ("api",)) -> bool:
    """Whether a role that allows everything may make a call within these limits."""
    denials = json.loads(render_statements(*deny_copy_changes_of_workloads(BOTH, backup_writers=writers)))["Statement"]
    context = {"aws:principalarn": [f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-{role}"]}
    request = Request(action=action, resource=resource, context=context)
    return is_allowed(request, identity=[{"Effect": "Allow", "Action": "*", "Resource": "*"}, *denials])


def parameter(name: str, region: str = THERE) -> str:
    return f"arn:aws:ssm:{region}:{ACCOUNT}:parameter/user-management/test/{name}"


def test_a_service_of_the_second_region_adds_backups_below_its_name() -> None:
    role = f"api-task-{THERE}"
    assert may(role, "s3:PutObject", f"{FOLDER}a")
    for action in ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectAcl", "s3:PutObjectRetention"):
        assert not may(role, action, f"{FOLDER}a"), action
    for other in (FOLDER.replace("/api/", "/web/"), FOLDER.replace("backups", "audit")):
        assert not may(role, "s3:PutObject", f"{other}a"), other


def test_no_role_of_the_first_region_adds_a_backup_to_the_copies() -> None:
    assert not may("api-task", "s3:PutObject", f"{FOLDER}a")
    assert not may("api-task", "s3:PutObject", f"{FOLDER.replace('backups', 'assets')}a")
    assert may("api-task", "s3:PutObject", f"arn:aws:s3:::{PREFIX}-backups-{ACCOUNT}/api/a")
    assert may("backups-replication", "s3:ReplicateObject", f"{FOLDER}a")


def test_without_a_service_that_adds_backups_nobody_does() -> None:
    for role in ("api-task", f"api-task-{THERE}"):
        assert not may(role, "s3:PutObject", f"{FOLDER}a", writers=())


@pytest.mark.parametrize("name", ["api-keys/email", "jwt/current", "recovery/parameters-equal"])
def test_only_the_mirror_writes_the_copies_of_parameters(name: str) -> None:
    assert may("parameter-mirror", "ssm:PutParameter", parameter(name))
    assert may("jwt-rotation", "ssm:PutParameter", parameter(name, HOME))
    for role in ("jwt-rotation", f"parameter-mirror-{THERE}", f"postgres-roles-{THERE}"):
        assert not may(role, "ssm:PutParameter", parameter(name)), role


def test_only_its_function_switches_between_the_regions() -> None:
    switch = parameter("recovery/serving-region")
    assert may(f"serving-region-{THERE}", "ssm:PutParameter", switch)
    for role in ("serving-region", f"serving-region-schedule-{THERE}", "api-task"):
        assert not may(role, "ssm:PutParameter", switch), role


@pytest.mark.parametrize("database", ["documentdb", "postgres"])
def test_what_makes_the_roles_of_a_database_writes_their_urls(database: str) -> None:
    assert may(f"{database}-roles-{THERE}", "ssm:PutParameter", parameter(f"{database}/api/url"))


def test_two_services_can_add_backups_with_the_longest_names() -> None:
    longest = replace(
        LABEL,
        project="p" * MAX_PROJECT_LENGTH,
        environment="e" * MAX_ENVIRONMENT_LENGTH,
        recovery_region="ap-southeast-4",
    )
    stack = new_stack()
    PermissionsBoundaries(stack, "boundaries", label=longest, backup_writers=("s" * 20, "t" * 20))
    policy = Template.of(stack).only("aws_iam_policy", name=boundary_name(longest, Boundary.WORKLOAD))["policy"]
    assert len(policy) <= 6_144
