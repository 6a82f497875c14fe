"""What keeps files and images from the second region loses their markers."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from acceptance.region_loss.files import Files
from acceptance.region_loss.images import ImageTags
from acceptance.region_loss.markers import missing
from acceptance.region_loss.tasks import TaskError
from config.containers import backups_prefix
from tests.acceptance.region_loss.copies import limit_service, replicate_files
from tests.acceptance.region_loss.serving import SERVICE
from tests.acceptance.region_loss.world import HOME, SECOND, TwoRegions

if TYPE_CHECKING:
    from config.environment import Environment
    from emulator import Emulator

TEXT = "before the loss"


@pytest.fixture
def regions(environments: dict[str, Environment], emulator: Emulator, account_id: str) -> TwoRegions:
    found = TwoRegions(environments["prod"], emulator, account_id)
    for region in (HOME, SECOND):
        found.prepare(region)
    return found


@pytest.fixture
def file(regions: TwoRegions) -> Files:
    return Files(regions.world, SERVICE)


@pytest.fixture
def image(regions: TwoRegions) -> ImageTags:
    found = ImageTags(regions.world, SERVICE)
    for region in (HOME, SECOND):
        regions.client("ecr", region).create_repository(repositoryName=_repository(regions))
    return found


def test_a_file_is_found_in_the_copy_of_its_bucket(regions: TwoRegions, file: Files) -> None:
    replicate_files(regions)
    file.write(HOME, TEXT)
    assert missing(file, SECOND, {TEXT}) == ""


def test_a_rule_that_is_off_loses_a_file(regions: TwoRegions, file: Files) -> None:
    replicate_files(regions, status="Disabled")
    file.write(HOME, TEXT)
    assert "found [], and not" in missing(file, SECOND, {TEXT})


@pytest.mark.parametrize("region", [HOME, SECOND])
def test_without_a_right_for_either_key_a_file_is_lost(regions: TwoRegions, file: Files, region: str) -> None:
    replicate_files(regions, without=region)
    file.write(HOME, TEXT)
    assert "found [], and not" in missing(file, SECOND, {TEXT})


@pytest.mark.parametrize(("folders", "said"), [([SERVICE], ""), (["another"], "may not write")])
def test_a_service_of_the_second_region_writes_within_the_limits_of_its_role(
    regions: TwoRegions, file: Files, folders: list[str], said: str
) -> None:
    replicate_files(regions)
    limit_service(regions, SECOND, backup_writers=folders)
    with pytest.raises(TaskError, match=said) if said else nullcontext():
        file.write(SECOND, TEXT)
    assert missing(file, SECOND, set() if said else {TEXT}) == ""


def test_a_service_at_home_does_not_write_into_the_copy(regions: TwoRegions) -> None:
    replicate_files(regions)
    limit_service(regions, HOME, backup_writers=[SERVICE])
    task, folder = regions.world.task(SERVICE, HOME), backups_prefix(SERVICE)
    with pytest.raises(TaskError, match="may not write"):
        task.require_write(regions.bucket(SECOND), f"{folder}a")


def test_an_image_is_found_in_the_registry_of_the_second_region(regions: TwoRegions, image: ImageTags) -> None:
    _replicate_images(regions, _repository(regions))
    image.write(HOME, TEXT)
    assert missing(image, SECOND, {TEXT}) == ""


@pytest.mark.parametrize("prefix", ["", "another"])
def test_a_registry_that_does_not_copy_a_repository_loses_its_image(
    regions: TwoRegions, image: ImageTags, prefix: str
) -> None:
    if prefix:
        _replicate_images(regions, prefix)
    image.write(HOME, TEXT)
    assert missing(image, SECOND, {TEXT}) == (f"an image of {SERVICE} in {SECOND}: found [], and not ['{TEXT}']")


def _repository(regions: TwoRegions) -> str:
    return f"{regions.world.environment.repository_prefix}-{SERVICE}"


def _replicate_images(regions: TwoRegions, prefix: str) -> None:
    place = {"region": SECOND, "registryId": regions.world.account.id}
    rule = {"destinations": [place], "repositoryFilters": [{"filter": prefix, "filterType": "PREFIX_MATCH"}]}
    regions.client("ecr", HOME).put_replication_configuration(replicationConfiguration={"rules": [rule]})
