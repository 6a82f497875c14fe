import pytest

from config.images import repository_path
from tests.config.examples import PROJECT, changed, parsed, refusal

KEEP = "keep_builds = 30"


def test_repositories_are_named_after_the_project_by_default() -> None:
    assert parsed(changed()).repository_prefix == PROJECT == "user-management"
    assert parsed(changed((KEEP, f'{KEEP}\nrepository_prefix = "team/users"'))).repository_prefix == "team/users"


@pytest.mark.parametrize("prefix", ["User", "-a", "a--b", "a/", "a" * 201])
def test_an_invalid_prefix_is_refused(prefix: str) -> None:
    (line,) = refusal(changed((KEEP, f'{KEEP}\nrepository_prefix = "{prefix}"')))
    assert "is not a valid start of a repository name; use lowercase letters" in line


def test_at_least_one_earlier_release_is_kept() -> None:
    assert refusal(changed((KEEP, "keep_builds = 1"))) == ["registry.keep_builds = 1: must be 2 or more"]


def test_the_copies_of_the_default_images_are_kept_by_default() -> None:
    environment = parsed(changed())
    images = (environment.deployment.placeholder_image, environment.cluster.collector_image)
    assert set(environment.registry.kept_copies) == {repository_path(image) for image in images}


@pytest.mark.parametrize("name", ["public.ecr.aws/x/y", "x/y:1", "x/y@sha256:1", "X/y", "x/", ""])
def test_a_kept_copy_is_the_name_of_a_repository(name: str) -> None:
    (line,) = refusal(changed((KEEP, f'{KEEP}\nkept_copies = ["{name}"]')))
    assert 'is not a valid name of a repository in public.ecr.aws; use one like "docker/library/python"' in line
