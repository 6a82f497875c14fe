"""With `protect_data`, no apply destroys what cannot come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from synthesis.stateful import IRREPLACEABLE
from tests.upgrade import baseline

if TYPE_CHECKING:
    from tests.runner.conftest import Project

ADDRESS = "aws_kms_key.Backups_Key"


def plan_deletes(
    project: Project, *addresses: str, protected: bool = True, values: dict[str, str] | None = None
) -> None:
    """Add a stack whose plan deletes these resources; `values` are what each of them has now."""
    project.stack("prod-data", environment="prod", protected=protected)
    deletes = dict.fromkeys(addresses, values or {})
    project.script("prod-data", resources=["aws_vpc.main"], plan={"deletes": deletes, "add": 1})


def test_an_apply_that_would_destroy_data_is_refused_before_it_changes_anything(project: Project) -> None:
    plan_deletes(project, ADDRESS, "aws_iam_role.Other")
    code, _, err = project.run("apply", "--yes", env="prod")
    assert code == 1
    assert f"prod-data is not applied: the plan would destroy {ADDRESS}.\n" in err
    assert "undo the change in environments/prod.toml" in err
    assert "set `protect_data = false`, run `make apply ENV=prod`; then make the change again" in err
    assert project.calls(" apply") == []


@pytest.mark.parametrize("address", [ADDRESS, "aws_lb.Default", "aws_subnet.vpc_public-a", "aws_vpc.vpc"])
def test_a_plan_shows_it_and_fails(project: Project, address: str) -> None:
    plan_deletes(project, address)
    code, out, err = project.run("plan", env="prod")
    assert code == 1
    assert "Plan of prod-data" in out
    assert f"the plan would destroy {address}." in err


def test_at_most_five_addresses_are_named(project: Project) -> None:
    plan_deletes(project, *(f"aws_s3_bucket.b{number}" for number in range(7)))
    _, _, err = project.run("apply", "--yes", env="prod")
    assert "aws_s3_bucket.b4 and 2 more." in err
    assert "aws_s3_bucket.b5" not in err


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("aws_db_instance.Replica", {"replicate_source_db": "primary"}),
        ("aws_docdb_cluster_instance.Two", {}),
        ("aws_acm_certificate.Viewers", {}),
    ],
)
def test_copies_and_what_can_be_made_again_may_go(project: Project, address: str, values: dict[str, str]) -> None:
    plan_deletes(project, address, values=values)
    assert project.run("apply", "--yes", env="prod")[0] == 0
    assert project.calls(" apply") == ["prod-data apply"]


@pytest.mark.parametrize("source", ["arn:aws:rds:us-west-2:1:db:primary", ""])
@pytest.mark.parametrize("action", [("plan",), ("apply", "--yes")])
def test_a_replica_abroad_stays_also_when_it_is_promoted(
    project: Project, action: tuple[str, ...], source: str
) -> None:
    """It is what is left when the region of its source is lost."""
    plan_deletes(project, "aws_db_instance.postgres", values={"replicate_source_db": source})
    code, _, err = project.run(*action, env="prod")
    assert code == 1
    assert "the plan would destroy aws_db_instance.postgres." in err
    assert project.calls(" apply") == []


def test_a_replica_that_names_its_source_in_the_same_region_by_its_arn_may_go(project: Project) -> None:
    plan_deletes(
        project, "aws_db_instance.Replica", values={"replicate_source_db": "arn:aws:rds:us-east-1:1:db:primary"}
    )
    assert project.run("apply", "--yes", env="prod")[0] == 0


def test_without_protection_everything_may_go(project: Project) -> None:
    plan_deletes(project, ADDRESS, protected=False)
    assert project.run("apply", "--yes", env="prod")[0] == 0
    assert project.calls(" apply") == ["prod-data apply"]


def test_whatever_terraform_may_not_destroy_is_in_the_list() -> None:
    assert baseline.protected_types() <= set(IRREPLACEABLE)
