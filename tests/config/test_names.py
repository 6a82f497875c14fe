"""Names of any project and environment: within AWS's limits, unique per component, with a known prefix."""

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config.aws import REGIONS
from config.environment_tables import validate_environment_name
from config.names import MAX_ENVIRONMENT_LENGTH, MAX_PROJECT_LENGTH, NameLimit, Names, database_user
from config.project import validate_project_name
from config.reserved_users import is_reserved

# Components of the layers, including the longest; service names have up to 20 characters.
COMPONENTS = (
    *("state", "access-logs", "audit", "config", "backups", "load-balancer-logs", "release-files", "web", "cluster"),
    *("postgres", "documentdb", "documentdb-1", "documentdb-global", "postgres-replica-15", "postgres-monitoring"),
    *("vpc-flow-logs", "jwt-rotation", "jwt-rotation-schedule", "github-plan", "github-apply", "data-logs"),
    *(f"{service}-{part}" for service in ("s" * 20, "s" * 19) for part in ("execution", "task", "blue-8443")),
)
RESTORED = "awsbackup-restore-test-"
NAME = r"[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,6}){0,3}"


@st.composite
def names(draw: st.DrawFn) -> Names:
    """Names of a valid project and environment, sometimes of the maximum length."""
    project = draw(st.from_regex(NAME, fullmatch=True) | st.just("p" * MAX_PROJECT_LENGTH))
    environment = draw(st.from_regex(NAME, fullmatch=True) | st.just("e" * MAX_ENVIRONMENT_LENGTH))
    try:
        validate_project_name(project)
        validate_environment_name(environment)
    except ValueError:
        assume(False)
    region, home_region = draw(st.sampled_from(REGIONS)), draw(st.sampled_from(REGIONS))
    return Names(project=project, environment=environment, account_id="1" * 12, region=region, home_region=home_region)


@given(names())
def test_no_name_is_longer_than_its_limit(names: Names) -> None:
    for component, limit in product(COMPONENTS, NameLimit):
        assert len(names.name(component, limit=limit)) <= limit
    for component in COMPONENTS:
        assert len(names.role_name(component)) <= NameLimit.IAM_ROLE
        assert len(names.bucket_name(component)) <= NameLimit.S3_BUCKET


@given(names())
def test_two_components_never_have_the_same_name(names: Names) -> None:
    for limit in NameLimit:
        assert len({names.name(component, limit=limit) for component in COMPONENTS}) == len(COMPONENTS)
    assert len({names.bucket_name(component) for component in COMPONENTS}) == len(COMPONENTS)


@given(names())
def test_what_a_restore_test_makes_has_the_name_of_no_database(names: Names) -> None:
    """`awsbackup-restore-test-` and a UUID: no project starts with "aws".

    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
    """
    assert len(f"{RESTORED}{uuid4()}") <= NameLimit.DATABASE
    for component in COMPONENTS:
        assert not names.name(component, limit=NameLimit.DATABASE).startswith(RESTORED[:3])


@given(names())
def test_roles_and_buckets_start_with_what_policies_match_them_by(names: Names) -> None:
    """`<project>-<environment>-*`, for roles in modules/security/github_roles.py, for buckets in modules/bucket.py."""
    for component in COMPONENTS:
        assert names.role_name(component).startswith(f"{names.prefix}-")
        assert names.bucket_name(component).startswith(f"{names.prefix}-")
    home = replace(names, region=names.home_region)
    for component in ("github-plan", "github-apply"):
        assert home.role_name(component).startswith(f"{names.prefix}-github-")


@given(names())
def test_policies_match_the_roles_of_another_region_by_its_name(names: Names) -> None:
    """`<project>-<environment>-*-<region>`, in modules/security/copy_protection.py."""
    assume(names.region != names.home_region)
    home = replace(names, region=names.home_region)
    for component in COMPONENTS:
        pattern = re.escape(f"{names.prefix}-*-{names.region}").replace(r"\*", ".*")
        assert re.fullmatch(pattern, names.role_name(component))
        assert not re.fullmatch(pattern, home.role_name(component))
    assert len({names.role_name(component) for component in COMPONENTS}) == len(COMPONENTS)


@given(names())
def test_names_have_only_characters_that_their_services_allow(names: Names) -> None:
    for component in COMPONENTS:
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", names.bucket_name(component))
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.Constraints
        assert re.fullmatch(r"[a-z]([a-z0-9]|-(?!-))*(?<!-)", names.name(component, limit=NameLimit.DATABASE))
    user = names.database_user
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,15}", user)
    assert not is_reserved(user)


def test_the_longest_project_is_as_long_as_the_shortest_cut_name_allows() -> None:
    longest = Names(
        project="p" * (MAX_PROJECT_LENGTH + 1),
        environment="e" * MAX_ENVIRONMENT_LENGTH,
        account_id="1" * 12,
        region="us-east-1",
        home_region="us-east-1",
    )
    assert not longest.bucket_name("load-balancer-logs").startswith(f"{longest.prefix}-")


@pytest.mark.parametrize(
    ("project", "user"),
    [
        ("user-management", "user_management"),
        ("user-management-platform", "user_management"),
        ("customer-relations", "customer_relatio"),
        ("a", "a"),
    ],
)
def test_the_database_user_is_the_project_with_underscores_cut_to_the_limit_of_rds(project: str, user: str) -> None:
    assert database_user(project) == user
    assert len(user) <= NameLimit.DATABASE_USER


@given(names(), st.sampled_from(("site", "c" * 20)))
def test_the_functions_of_canaries_match_their_pattern(found: Names, canary: str) -> None:
    function = found.canary_function(found.name(canary, limit=NameLimit.CANARY))
    assert fnmatchcase(f"{function}-{'0' * 36}", found.canary_functions)
    assert len(f"{function}-{'0' * 36}") <= NameLimit.LAMBDA_FUNCTION
