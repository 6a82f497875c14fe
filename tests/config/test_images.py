import pytest

from config.images import image_reference, is_public, registry_host, repository_path
from tests.config.examples import changed, parsed, refusal

STRATEGY = 'strategy = "blue_green"'
OWN = "333333333333.dkr.ecr.us-east-1.amazonaws.com"
DIGEST = f"sha256:{'a' * 64}"


def with_placeholder(image: str) -> str:
    return changed((STRATEGY, f'{STRATEGY}\nplaceholder_image = "{image}"'))


@pytest.mark.parametrize(
    "image",
    [
        "public.ecr.aws/docker/library/python:3.13-slim",
        f"public.ecr.aws/docker/library/python@{DIGEST}",
        f"{OWN}/python@{DIGEST}",
    ],
)
def test_public_images_and_own_ones_by_digest_are_accepted(image: str) -> None:
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


@pytest.mark.parametrize(
    "image",
    [
        f"ghcr.io/acme/python@{DIGEST}",
        f"111111111111.dkr.ecr.us-east-1.amazonaws.com/python@{DIGEST}",
        f"333333333333.dkr.ecr.eu-west-1.amazonaws.com/python@{DIGEST}",
    ],
)
def test_an_image_of_another_registry_account_or_region_is_refused(image: str) -> None:
    (line,) = refusal(with_placeholder(image))
    assert "must be in public.ecr.aws, from which ECR copies it, or in the account's own registry" in line
    assert f'like "{OWN}/copies/name@sha256:..."' in line


def test_an_own_image_by_tag_is_refused_with_the_command_that_prints_its_digest() -> None:
    (line,) = refusal(with_placeholder(f"{OWN}/tools/python:3.13-slim"))
    assert "must have a digest, because the tags of that repository may be moved" in line
    assert "`aws ecr describe-images --repository-name tools/python --image-ids imageTag=3.13-slim` prints it" in line


@pytest.mark.parametrize("reference", [":1.2-slim", f"@{DIGEST}"])
def test_an_image_has_a_repository_and_a_reference(reference: str) -> None:
    image = f"public.ecr.aws/docker/library/python{reference}"
    assert (repository_path(image), image_reference(image)) == ("docker/library/python", reference)
    assert is_public(image)
    assert not is_public(f"{OWN}/python{reference}")
    assert registry_host("333333333333", "us-east-1") == OWN
