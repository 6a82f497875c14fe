"""Layer `recovery`: files and images are copied, and no stack of one region reads the state of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.load import load_environment
from main import synthesize
from modules.bucket_replication import RULE
from synthesis.manifest import read_stacks
from tests.config.examples import parsed, without
from tests.fixtures import FOLDER
from tests.template import Template

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment

COPIES = "prod-recovery-us-west-2"
HOME = "prod-recovery"
BUCKETS = ("assets", "audit", "backups")


def name(component: str, place: str = "") -> str:
    return f"user-management-prod-{component}{place}-"


@pytest.mark.parametrize("component", BUCKETS)
def test_each_replication_leads_to_a_bucket_that_the_second_region_makes(
    stacks: dict[str, Template], component: str
) -> None:
    made = {one["bucket"] for one in stacks[COPIES].all("aws_s3_bucket").values()}
    targets = {
        rule["destination"]["bucket"].removeprefix("arn:aws:s3:::")
        for one in stacks[HOME].all("aws_s3_bucket_replication_configuration").values()
        for rule in one["rule"]
    }
    (found,) = [one for one in made if one.startswith(name(component, "-copy-us-west-2"))]
    assert found in targets
    assert len(made) == len(targets) == len(BUCKETS)


def test_the_alias_of_the_key_is_the_one_that_the_second_region_makes(stacks: dict[str, Template]) -> None:
    alias = stacks[COPIES].only("aws_kms_alias")["name"]
    for one in stacks[HOME].all("aws_s3_bucket_replication_configuration").values():
        (rule,) = one["rule"]
        key = rule["destination"]["encryption_configuration"]["replica_kms_key_id"]
        assert key.endswith(f":{alias}")
        assert key.startswith("arn:aws:kms:us-west-2:")


def test_neither_region_reads_the_state_of_the_other(stacks: dict[str, Template]) -> None:
    def read(id_: str) -> set[str]:
        states = stacks[id_].document.get("data", {}).get("terraform_remote_state", {})
        return {one["config"]["key"].partition("/")[0] for one in states.values()}

    assert read(COPIES) <= {"notifications-us-west-2"}
    assert not {one for one in read(HOME) if one.endswith("us-west-2")}


def test_every_replication_has_an_alarm_on_each_side(stacks: dict[str, Template]) -> None:
    def watched(id_: str, metric: str) -> set[str]:
        alarms = stacks[id_].all("aws_cloudwatch_metric_alarm").values()
        found = [one["dimensions"] for one in alarms if one.get("metric_name") == metric]
        assert {one["RuleId"] for one in found} == {RULE}
        return {one["SourceBucket"] for one in found}

    late, failed = watched(COPIES, "ReplicationLatency"), watched(HOME, "OperationsFailedReplication")
    assert late == failed
    assert {one.rpartition("-")[0] + "-" for one in late} == {name(one) for one in (*BUCKETS, "state")}


def test_the_images_of_each_service_are_copied(stacks: dict[str, Template]) -> None:
    def names(id_: str) -> set[str]:
        return {one["name"] for one in stacks[id_].all("aws_ecr_repository").values()}

    assert names(COPIES) == names("prod-registry")
    (rule,) = stacks[HOME].only("aws_ecr_replication_configuration")["replication_configuration"]["rule"]
    starts = {one["filter"] for one in rule["repository_filter"]}
    assert starts == {"user-management-backend", "user-management-frontend", "user-management-prod-public/"}
    assert all(one.startswith(tuple(starts)) for one in names(COPIES))


@pytest.fixture(scope="module")
def in_europe(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    """The stacks of an environment at home in Europe, whose static files are in us-east-1."""
    elsewhere: Environment = load_environment("elsewhere", folder=FOLDER / "renamed")
    prod = load_environment("prod", folder=FOLDER)
    assert prod.recovery
    assert prod.recovery.drills
    drills = prod.recovery.drills.model_copy(update={"zones": ("euc1-az1", "euc1-az2")})
    recovery = prod.recovery.model_copy(update={"region": "eu-central-1", "drills": drills})
    assert elsewhere.region not in {"us-east-1", "eu-central-1"}
    assert elsewhere.edge
    folder: Path = tmp_path_factory.mktemp("europe") / "cdktf.out"
    synthesize([elsewhere.model_copy(update={"recovery": recovery})], folder)
    return {one.id: Template(dict(one.document)) for one in read_stacks(folder).values() if one.layer == "recovery"}


def test_static_files_of_another_region_are_copied_by_a_stack_there(in_europe: dict[str, Template]) -> None:
    ids = sorted(in_europe)
    assert [id_.partition("-")[2] for id_ in ids] == [
        "recovery",
        "recovery-drills-eu-central-1",
        "recovery-eu-central-1",
        "recovery-us-east-1",
    ]
    home, _, _, viewer = (in_europe[id_] for id_ in ids)
    (rule,) = viewer.only("aws_s3_bucket_replication_configuration")["rule"]
    assert "-assets-copy-" in rule["destination"]["bucket"]
    targets = [
        one["rule"][0]["destination"]["bucket"] for one in home.all("aws_s3_bucket_replication_configuration").values()
    ]
    assert not any("-assets-" in one for one in targets)


def test_an_environment_without_data_has_copies_of_its_images(tmp_path: Path) -> None:
    tables = ("postgres", "documentdb", "secrets", "backups", "edge", "firewall", "security.trail", "security")
    toml = without(*tables, "recovery", "services.backend", "observability")
    environment = parsed(f'{toml}\n[recovery]\nmode = "backup"\nregion = "us-west-2"\n')
    synthesize([environment], tmp_path / "cdktf.out")
    found = {one.id: Template(dict(one.document)) for one in read_stacks(tmp_path / "cdktf.out").values()}
    assert "user-management-frontend" in {one["name"] for one in found[COPIES].all("aws_ecr_repository").values()}
    assert found[HOME].only("aws_ecr_replication_configuration")
    for stack in (COPIES, HOME):
        assert not any(found[stack].all(kind) for kind in ("aws_backup_vault", "aws_s3_bucket", "aws_lambda_function"))
