"""[delivery] and the other tables of an environment, and the environment whose releases it takes over."""

import shutil
from pathlib import Path

import boto3
import pytest

from config.aws import REGIONS
from config.delivery_checks import CONNECTION_REGIONS, MOST_SERVICES, WITHOUT_PIPELINES
from config.load import load_environment
from tests.config import examples
from tests.config.examples import loading, parsed, refusal
from tests.fixtures import FOLDER

CONNECTION = "arn:aws:codeconnections:{}:{}:connection/01234567-89ab-cdef-0123-456789abcdef"
TAKES_OVER = 'release_from = "staging" # what was tested there runs here'
BUILDS = 'repository = "acme/app"\nbranch = "main"'


def text(name: str = "prod") -> str:
    return examples.text(name, delivery=True)


def changed(*changes: tuple[str, str]) -> str:
    return examples.changed(*changes, delivery=True)


def without(*tables: str, toml: str = "") -> str:
    return examples.without(*tables, toml=toml or text())


def building(*changes: tuple[str, str]) -> str:
    return changed((TAKES_OVER, BUILDS), *changes)


def of_delivery(toml: str) -> list[str]:
    return [line for line in refusal(toml) if "delivery" in line]


def copied(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """The test environments, with a text replaced in some."""
    for name in ("project", "dev", "staging", "prod"):
        shutil.copy(FOLDER / f"{name}.toml", folder)
    for name, old, new in changes:
        file = folder / f"{name}.toml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new, 1))
    return folder


def test_an_approval_without_a_topic_is_refused() -> None:
    toml = without("notifications")
    assert of_delivery(toml) == [
        (
            "delivery.approval: needs topics for its messages; add [notifications.critical] and "
            "[notifications.warning], each with emails = [...], or set approval = false"
        )
    ]
    (line,) = of_delivery(toml.replace("approval = true", "approval = false"))
    assert line.startswith("delivery: needs topics for its messages; add [notifications.critical]")


def test_more_services_than_an_action_has_artifacts_are_refused() -> None:
    more = "".join(
        f"[services.worker-{n}]\nmin_count = 1\nmax_count = 1\ncpu_units = 256\nmemory_mib = 512\n\n"
        for n in range(MOST_SERVICES - 2)
    )
    table = "[services.frontend]"
    assert len(parsed(changed((table, more + table))).services) == MOST_SERVICES
    (line,) = of_delivery(building((table, more + table)))
    assert line == (
        "delivery: must have 4 or fewer services, because an action of CodePipeline takes 5 artifacts, one of them the "
        "source, and there are 5; remove services or the table"
    )


def test_a_service_for_the_other_processor_is_refused() -> None:
    (line,) = of_delivery(changed(("[services.frontend]\n", '[services.frontend]\narchitecture = "X86_64"\n')))
    assert line.startswith('services.frontend.architecture = "X86_64": must be "ARM64" with [delivery]')


@pytest.mark.parametrize("key", ["migrations", "assets"])
def test_a_service_that_is_not_there_is_refused(key: str) -> None:
    table = f"[delivery.{key}]\nservice = "
    service = {"migrations": "backend", "assets": "frontend"}[key]
    (line,) = of_delivery(changed((f'{table}"{service}"', f'{table}"{service[:-1]}"')))
    assert line == (
        f'delivery.{key}.service = "{service[:-1]}": is not a service; did you mean {service}? Allowed: backend, '
        "frontend"
    )


@pytest.mark.parametrize("table", ["delivery", "delivery.migrations"])
def test_checks_that_need_the_whole_table_leave_the_problem_of_an_invalid_one_to_it(table: str) -> None:
    (line,) = of_delivery(changed((f"[{table}]\n", f"[{table}]\ncomand = 1\n")))
    assert line.startswith(f"{table}.comand = 1: unknown setting")


def test_static_files_without_a_bucket_are_refused() -> None:
    assert "delivery.assets: has no bucket to copy to; add [edge], or remove the table" in refusal(without("edge"))


@pytest.mark.parametrize(("region", "account"), [("eu-west-1", "333333333333"), ("us-east-1", "444444444444")])
def test_a_connection_of_another_place_is_refused(region: str, account: str) -> None:
    own = CONNECTION.format("us-east-1", "333333333333")
    assert parsed(building((BUILDS, f'{BUILDS}\nconnection_arn = "{own}"'))).delivery
    (line,) = of_delivery(building((BUILDS, f'{BUILDS}\nconnection_arn = "{CONNECTION.format(region, account)}"')))
    assert "use a connection of that " in line
    assert line.startswith("delivery.connection_arn = ")


def test_a_build_without_nat_gateways_is_refused() -> None:
    lines = refusal(building(('"per_zone"', '"none"')))
    assert any(line.startswith('network.nat_gateways = "none": without NAT gateways a build cannot') for line in lines)


def test_a_promotion_without_nat_gateways_needs_endpoints() -> None:
    lines = refusal(changed(('"per_zone"', '"none"'), ("interface_endpoints = []", 'interface_endpoints = ["logs"]')))
    assert (
        'network.interface_endpoints = ["logs"]: without NAT gateways the builds of [delivery] cannot reach AWS; add '
        "ecr.api, ecr.dkr, ssm"
    ) in lines
    assert any("a build cannot reach CloudFront, which has no endpoint" in line for line in lines)


def test_account_and_region_of_the_other_environment_are_read_from_its_file(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    prod, staging = (load_environment(name, folder=folder) for name in ("prod", "staging"))
    assert prod.release_source
    assert (prod.release_source.account_id, prod.release_source.region) == (staging.account_id, staging.region)
    (target,) = staging.release_targets
    assert (target.name, target.account_id) == ("prod", prod.account_id)
    assert load_environment("dev", folder=folder).release_targets == ()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("stagin", "is not an environment; did you mean staging? Allowed: dev, staging"),
        ("prod", "is this environment itself; name another one, or set repository"),
    ],
)
def test_a_release_of_nowhere_is_refused(tmp_path: Path, name: str, says: str) -> None:
    folder = copied(tmp_path, ("prod", 'release_from = "staging"', f'release_from = "{name}"'))
    assert f'delivery.release_from = "{name}": {says}' in loading("prod", folder, project=None)


def test_a_release_that_waits_keeps_its_image() -> None:
    (line,) = of_delivery(building(("keep_builds = 30", "keep_builds = 29")))
    assert line == (
        "registry.keep_builds = 29: must be 30 or more: a release waits for its approval (delivery.approval), and the "
        "images of those pushed in the meantime would delete its own"
    )
    assert parsed(changed(("keep_builds = 30", "keep_builds = 29"))).delivery  # it builds nothing
    (line,) = refusal(text("dev").replace("keep_builds = 20", "keep_builds = 19"))
    assert line.endswith(
        "a release waits for the hours in which the environment is awake ([cost.sleep]), and the "
        "images of those pushed in the meantime would delete its own"
    )


def test_a_freeze_of_all_hours_awake_is_refused() -> None:
    table = (
        '[delivery.freeze]\ntime_zone = "America/New_York"\nwindows = ["mon-sun 07:00-20:00"]\n\n[delivery.migrations]'
    )
    lines = refusal(text("dev").replace("[delivery.migrations]", table))
    assert any(line.startswith("delivery.freeze.windows = ") for line in lines)


def test_a_release_of_another_region_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path, ("staging", 'region = "us-east-1"', 'region = "us-west-2"'))
    assert loading("prod", folder, project=None).endswith(
        'delivery.release_from = "staging": is in the region "us-west-2", and this environment is in "us-east-1": '
        "CodePipeline reads a source in its own region only; name an environment of the same region, or set repository"
    )


def test_a_repository_where_aws_has_no_connections_is_refused() -> None:
    (line,) = of_delivery(building(('region = "us-east-1"', 'region = "ap-southeast-4"')))
    assert line == (
        'delivery.repository = "acme/app": cannot be read in the region "ap-southeast-4", in which AWS has no '
        "CodeConnections; move the environment to a region that has it, like ap-northeast-1, ap-northeast-2, "
        "ap-south-1, ap-southeast-1, ap-southeast-2, or remove [delivery] and deploy with another tool"
    )
    assert of_delivery(building(('region = "us-east-1"', 'region = "me-central-1"')))


def test_a_release_can_be_taken_over_where_aws_has_no_connections() -> None:
    assert not [
        line
        for line in refusal(changed(('region = "us-east-1"', 'region = "ap-southeast-4"')))
        if "CodeConnections" in line
    ]


def test_the_regions_with_connections_are_those_of_botocore() -> None:
    regions = boto3.session.Session().get_available_regions("codestar-connections")
    assert sorted(regions) == sorted(CONNECTION_REGIONS)


@pytest.mark.parametrize("region", WITHOUT_PIPELINES)
def test_a_pipeline_is_refused_where_aws_has_none(region: str) -> None:
    (line,) = [
        one for one in refusal(changed(('region = "us-east-1"', f'region = "{region}"'))) if one.startswith("delivery:")
    ]
    assert line == (
        f'delivery: cannot be in the region "{region}", in which AWS does not have both CodePipeline and CodeBuild; '
        "move the environment to another region, or remove [delivery] and deploy with another tool"
    )


def test_the_regions_without_pipelines_are_those_of_botocore() -> None:
    session = boto3.session.Session()
    both = {*session.get_available_regions("codepipeline")} & {*session.get_available_regions("codebuild")}
    assert sorted({*REGIONS} - both) == sorted(WITHOUT_PIPELINES)


def test_a_release_of_an_environment_without_a_pipeline_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "staging.toml").write_text(without("delivery", toml=text("staging")))
    assert loading("prod", folder, project=None).endswith(
        'delivery.release_from = "staging": has no pipeline, so it finishes no releases; add [delivery] to '
        "staging.toml, or name another"
    )


def test_a_release_of_an_environment_that_builds_nothing_is_refused(tmp_path: Path) -> None:
    table = 'repository = "acme/application" # replace with yours\nbranch = "main"'
    folder = copied(tmp_path, ("staging", table, 'release_from = "dev"'))
    assert loading("prod", folder, project=None).endswith(
        'only takes over releases itself; name the one that builds them, "dev"'
    )


def test_both_environments_have_the_same_services(tmp_path: Path) -> None:
    more = "[services.worker]\nmin_count = 1\nmax_count = 1\ncpu_units = 256\nmemory_mib = 512\n\n[services.frontend]"
    for name, missing in (("prod", "staging"), ("staging", "prod")):
        folder = tmp_path / name
        folder.mkdir()
        copied(folder, (name, "[services.frontend]", more))
        assert loading("prod", folder, project=None).endswith(
            f'delivery.release_from = "staging": must have the same services, and {missing} has no worker; add the '
            f"service to {missing}.toml, or remove it from {name}.toml"
        )


def test_a_file_without_an_account_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path, ("staging", 'account_id = "222222222222"', 'account_id = "2"'))
    assert loading("prod", folder, project=None).endswith(
        "has mistakes in its file, from which its account and region are read; fix staging.toml first"
    )


@pytest.mark.parametrize("name", ["release_source", "release_targets"])
def test_what_the_files_of_others_say_cannot_be_set(name: str) -> None:
    (line,) = refusal(f"{name} = []\n{text()}")
    assert line.startswith(f"{name} = []: is read from the file")
