import pytest

from config.images import is_in_ecr
from tests.config.examples import changed, parsed, refusal

STRATEGY = 'strategy = "blue_green"'


def with_placeholder(image: str) -> str:
    return changed((STRATEGY, f'{STRATEGY}\nplaceholder_image = "{image}"'))


@pytest.mark.parametrize(
    "image",
    [
        "public.ecr.aws/docker/library/python:3.13-slim",
        "111111111111.dkr.ecr.us-east-1.amazonaws.com/python:3.13-slim",
        f"public.ecr.aws/docker/library/python@sha256:{'a' * 64}",
    ],
)
def test_images_with_registry_and_version_are_accepted(image: str) -> None:
    assert parsed(with_placeholder(image)).deployment.placeholder_image == image


@pytest.mark.parametrize(
    "image", ["python", "python:3.13", "public.ecr.aws/python", "http://ghcr.io/a:1", "ghcr.io/a@sha256:1"]
)
def test_an_image_without_registry_or_version_is_refused(image: str) -> None:
    (line,) = refusal(with_placeholder(image))
    assert "is not a valid image with its registry and its tag or digest; use one like" in line


def test_latest_is_refused() -> None:
    (line,) = refusal(with_placeholder("public.ecr.aws/docker/library/python:latest"))
    assert 'must not have the tag "latest", because its image changes; use a version' in line


def test_only_a_private_registry_is_reached_without_the_internet() -> None:
    assert is_in_ecr("111111111111.dkr.ecr.eu-west-1.amazonaws.com/a/b:1")
    assert not is_in_ecr("public.ecr.aws/a/b:1")
