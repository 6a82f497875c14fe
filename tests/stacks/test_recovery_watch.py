"""Layer `recovery`: what is measured is what the other stacks make, by names alone, and each age has its alarm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from config.load import load_environment
from main import synthesize
from synthesis.manifest import read_stacks
from tests.config.examples import present
from tests.fixtures import FOLDER, fixture_environment
from tests.template import Template, statements

if TYPE_CHECKING:
    from pathlib import Path

COPIES, HOME = "prod-recovery-us-west-2", "prod-recovery"
PATH = "/user-management/prod/"


def function(template: Template, name: str) -> dict[str, Any]:
    """A function by the end of its name."""
    (found,) = (
        one for one in template.all("aws_lambda_function").values() if one["function_name"].endswith(f"-{name}")
    )
    return found


def variables(template: Template, name: str) -> dict[str, str]:
    return dict(function(template, name)["environment"]["variables"])


@pytest.fixture(scope="module")
def stores(stacks: dict[str, Template]) -> dict[str, dict[str, str]]:
    """What the function in the second region measures."""
    found: dict[str, dict[str, str]] = json.loads(variables(stacks[COPIES], "copy-ages")["STORES"])
    return found


def test_every_store_is_measured_and_has_an_alarm_and_a_line_of_the_dashboard(
    stacks: dict[str, Template], stores: dict[str, dict[str, str]]
) -> None:
    alarms = [
        one["dimensions"]["Store"]
        for one in stacks[COPIES].all("aws_cloudwatch_metric_alarm").values()
        if one.get("metric_name") == "CopyAgeMinutes"
    ]
    (body,) = (
        json.loads(one["dashboard_body"])
        for one in stacks["prod-observability"].all("aws_cloudwatch_dashboard").values()
        if one["dashboard_name"].endswith("-data")
    )
    lines = [
        row[3]
        for one in body["widgets"]
        for row in one["properties"].get("metrics", ())
        if row[:2] == ["user-management-prod/recovery", "CopyAgeMinutes"]
    ]
    expected = sorted(store.name for store in fixture_environment("prod").copied_stores)
    assert sorted(stores) == sorted(alarms) == sorted(lines) == expected


def test_the_databases_are_those_of_the_layer_data(
    stacks: dict[str, Template], stores: dict[str, dict[str, str]]
) -> None:
    data = stacks["prod-data"]
    postgres = {one["identifier"] for one in data.all("aws_db_instance").values()}
    cluster = data.only("aws_docdb_cluster")["cluster_identifier"]
    assert stores["postgres"]["instance"].rpartition(":")[2] in postgres
    assert stores["postgres-backups"]["resource"] == stores["postgres"]["instance"]
    assert stores["documentdb"]["resource"].endswith(f":us-east-1:333333333333:cluster:{cluster}")
    replicated = stacks[COPIES].only("aws_db_instance_automated_backups_replication")
    assert replicated["source_db_instance_arn"] == stores["postgres"]["instance"]


def test_vault_and_buckets_are_those_of_the_second_region(
    stacks: dict[str, Template], stores: dict[str, dict[str, str]]
) -> None:
    vault = stacks[COPIES].only("aws_backup_vault")["name"]
    assert {store["vault"] for store in stores.values() if "vault" in store} == {vault}
    buckets = {one["bucket"] for one in stacks[COPIES].all("aws_s3_bucket").values()}
    assert {store["bucket"] for store in stores.values() if "bucket" in store} == buckets


def test_each_secret_of_the_services_has_a_copy_that_the_mirror_writes(stacks: dict[str, Template]) -> None:
    copies = {one["name"] for one in stacks[COPIES].all("aws_ssm_parameter").values()}
    mirrored = variables(stacks[HOME], "parameter-mirror")
    names = set(mirrored["PARAMETERS"].split())
    assert names == {f"{PATH}{name}" for name in ("api-keys/email", "jwt/current", "jwt/previous")}
    assert copies == {*names, mirrored["MARKER_PARAMETER"]}
    assert mirrored["KEY_ID"] == stacks[COPIES].only("aws_kms_alias")["name"]
    assert mirrored["COPIES_REGION"] == "us-west-2"


def test_the_marker_that_the_mirror_writes_is_measured(
    stacks: dict[str, Template], stores: dict[str, dict[str, str]]
) -> None:
    assert stores["parameters"]["name"] == variables(stacks[HOME], "parameter-mirror")["MARKER_PARAMETER"]


def test_the_object_that_is_written_is_the_one_that_is_measured(
    stacks: dict[str, Template], stores: dict[str, dict[str, str]]
) -> None:
    written = variables(stacks[HOME], "copy-heartbeats")
    assert set(json.loads(written["BUCKETS"]).values()) == {"us-east-1"}
    assert len(json.loads(written["BUCKETS"])) == 2
    assert {stores[name]["prefix"] for name in ("assets", "backups")} == {written["OBJECT_KEY"]}


def test_functions_of_the_second_region_have_names_of_their_own_where_they_are_global(
    stacks: dict[str, Template],
) -> None:
    roles = {id_: {one["name"] for one in stacks[id_].all("aws_iam_role").values()} for id_ in (COPIES, HOME)}
    names = ("backup", "copy-ages", "copy-ages-schedule")
    assert roles[COPIES] == {f"user-management-prod-{name}-us-west-2" for name in names}
    assert not roles[COPIES] & roles[HOME]
    limits = {name: one["permissions_boundary"] for name, one in stacks[COPIES].all("aws_iam_role").items()}
    assert {limit.rpartition("/")[2] for name, limit in limits.items() if not name.startswith("backup-role")} == {
        "user-management-prod-workload-boundary"
    }


def test_the_boundary_lets_the_functions_do_what_their_roles_allow(stacks: dict[str, Template]) -> None:
    (policy,) = (
        one["policy"]
        for one in stacks["prod-state"].all("aws_iam_policy").values()
        if one["name"].endswith("-workload-boundary")
    )
    allowed = {
        action
        for one in statements(policy)
        if one["Effect"] == "Allow"
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    assert {"backup:List*", "rds:DescribeDB*", "s3:List*", "s3:PutObject*", "ssm:PutParameter"} <= allowed


def synthesized(folder: Path, environment: Any) -> dict[str, Template]:
    out = folder / "cdktf.out"
    synthesize([environment], out)
    return {id_: Template(dict(stack.document)) for id_, stack in read_stacks(out).items()}


def test_what_is_not_there_is_neither_copied_nor_measured(tmp_path: Path) -> None:
    prod = fixture_environment("prod")
    services = {
        name: service.model_copy(
            update={
                "parameters": {},
                "secrets": {variable: end for variable, end in service.secrets.items() if end.endswith("/url")},
                "writes_backups": False,
            }
        )
        for name, service in prod.services.items()
    }
    security = present(prod.security).model_copy(update={"trail": None, "cis_alarms": False})
    smaller = prod.model_copy(update={"secrets": None, "backups": None, "security": security, "services": services})
    made = synthesized(tmp_path, smaller)
    assert set(json.loads(variables(made[COPIES], "copy-ages")["STORES"])) == {
        "assets",
        "documentdb",
        "postgres",
        "postgres-backups",
    }
    assert not made[COPIES].all("aws_ssm_parameter")
    assert [one["function_name"] for one in made[HOME].all("aws_lambda_function").values()] == [
        "user-management-prod-copy-heartbeats"
    ]


def test_static_files_of_another_region_are_written_through_that_region(tmp_path: Path) -> None:
    europe = load_environment("elsewhere", folder=FOLDER / "renamed")
    recovery = present(fixture_environment("prod").recovery).model_copy(update={"region": "eu-north-1"})
    made = synthesized(tmp_path, europe.model_copy(update={"recovery": recovery}))
    (home,) = (one for id_, one in made.items() if id_ == f"{europe.name}-recovery")
    regions = set(json.loads(variables(home, "copy-heartbeats")["BUCKETS"]).values())
    assert regions == {europe.region, "us-east-1"}


def test_every_dependency_is_a_whole_object_of_the_same_stack(stacks: dict[str, Template]) -> None:
    """Terraform refuses others: https://developer.hashicorp.com/terraform/language/meta-arguments/depends_on."""
    for name in (COPIES, HOME):
        document = stacks[name].document
        made = document["resource"]
        own = {f"{kind}.{id_}" for kind, found in made.items() for id_ in found}
        own |= {f"data.{kind}.{id_}" for kind, found in document.get("data", {}).items() for id_ in found}
        needed = {
            one for found in made.values() for resource in found.values() for one in resource.get("depends_on", ())
        }
        assert needed <= own, name
    assert stacks[HOME].only("aws_lambda_invocation")["depends_on"]
