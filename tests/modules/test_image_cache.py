"""Images of others are copies in the account's own registry, which a role can pull and, once, copy."""

from __future__ import annotations

from typing import Any

from modules.image_cache import ImageCache
from modules.key import Key
from modules.role import Role, ServicePrincipal
from tests.template import LABEL, Template, new_stack, statements

HOST = "444444444444.dkr.ecr.us-east-1.amazonaws.com"
PREFIX = "user-management-test-public"
OWN = f"{HOST}/tools/collector@sha256:{'a' * 64}"


def made(*, protect: bool = False, kept: tuple[str, ...] = (), **images: str) -> tuple[ImageCache, Template]:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="registry", description="Images", protect=protect)
    cache = ImageCache(stack, "cache", label=LABEL, key=key, images=images, kept=kept, protect=protect)
    for name, image in cache.images.items():
        image.grant_pull(Role(stack, name, label=LABEL, service=ServicePrincipal.ECS_TASKS, description=name))
    return cache, Template.of(stack)


def test_a_public_image_is_named_as_the_copy_that_ecr_makes_of_it() -> None:
    cache, template = made(placeholder="public.ecr.aws/docker/library/python:3.13-slim")
    assert cache.images["placeholder"].uri == f"{HOST}/{PREFIX}/docker/library/python:3.13-slim"
    rule = template.only("aws_ecr_pull_through_cache_rule")
    assert (rule["ecr_repository_prefix"], rule["upstream_registry_url"]) == (PREFIX, "public.ecr.aws")
    assert len(rule["ecr_repository_prefix"]) <= 30


def test_the_copy_is_immutable_encrypted_and_never_expires() -> None:
    _, template = made(placeholder="public.ecr.aws/docker/library/python:3.13-slim")
    repository = template.only("aws_ecr_repository")
    assert repository["name"] == f"{PREFIX}/docker/library/python"
    assert repository["image_tag_mutability"] == "IMMUTABLE"
    assert repository["encryption_configuration"][0]["encryption_type"] == "KMS"
    assert not template.all("aws_ecr_lifecycle_policy")


def test_a_role_may_copy_only_into_the_repository_of_its_image() -> None:
    _, template = made(placeholder="public.ecr.aws/docker/library/python:3.13-slim", collector=OWN)
    _, copy = statements(template.named("aws_iam_role_policy.placeholder_permissions")["policy"])
    assert "ecr:BatchImportUpstreamImage" in copy["Action"]
    assert "ecr:CreateRepository" not in copy["Action"]
    assert copy["Resource"] == f"arn:aws:ecr:us-east-1:444444444444:repository/{PREFIX}/docker/library/python"
    _, pull = statements(template.named("aws_iam_role_policy.collector_permissions")["policy"])
    assert "ecr:BatchImportUpstreamImage" not in pull["Action"]
    assert pull["Resource"] == "arn:aws:ecr:us-east-1:444444444444:repository/tools/collector"


def test_an_image_of_the_own_registry_is_used_as_it_is() -> None:
    cache, template = made(collector=OWN)
    assert cache.images["collector"].uri == OWN
    assert not template.all("aws_ecr_pull_through_cache_rule")
    assert not template.all("aws_ecr_repository")


def test_two_images_of_one_repository_share_its_copy() -> None:
    cache, template = made(a="public.ecr.aws/x/y:1", b="public.ecr.aws/x/y:2")
    assert template.only("aws_ecr_repository")["name"] == f"{PREFIX}/x/y"
    assert [cache.images[name].uri[-2:] for name in "ab"] == [":1", ":2"]


def addresses(**images: Any) -> dict[str, str]:
    _, template = made(**images)
    return {name: repository["name"] for name, repository in template.all("aws_ecr_repository").items()}


def test_another_image_adds_a_repository_and_the_kept_one_stays_as_it_is() -> None:
    before = addresses(placeholder="public.ecr.aws/x/y:1")
    for image in ("public.ecr.aws/x/z:1", OWN):
        after = addresses(placeholder=image, kept=("x/y",))
        assert after.items() >= before.items()
    assert not addresses(placeholder="public.ecr.aws/x/z:1").keys() & before.keys()
    assert addresses(placeholder="public.ecr.aws/x/y:2", kept=("x/y",)) == before


def test_a_role_may_pull_kept_copies_but_not_make_them() -> None:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="registry", description="Images", protect=False)
    for kept in ((), ("x/y", "x/z")):
        cache = ImageCache(stack, f"cache{len(kept)}", label=LABEL, key=key, images={}, kept=kept, protect=False)
        role = Role(stack, f"role{len(kept)}", label=LABEL, service=ServicePrincipal.ECS_TASKS, description="Pulls")
        cache.grant_pull_kept(role)
    template = Template.of(stack)
    (policy,) = template.all("aws_iam_role_policy").values()
    _, pull = statements(policy["policy"])
    assert "ecr:BatchImportUpstreamImage" not in pull["Action"]
    assert pull["Resource"] == [
        f"arn:aws:ecr:us-east-1:444444444444:repository/{PREFIX}/x/{name}" for name in ("y", "z")
    ]


def test_a_kept_copy_is_there_without_the_rule_that_makes_new_ones() -> None:
    _, template = made(placeholder=OWN, kept=("x/y",))
    assert template.only("aws_ecr_repository")["name"] == f"{PREFIX}/x/y"
    assert not template.all("aws_ecr_pull_through_cache_rule")


def test_what_an_image_is_for_is_not_part_of_an_address() -> None:
    assert addresses(placeholder="public.ecr.aws/x/y:1") == addresses(collector="public.ecr.aws/x/y:1")


def test_repositories_of_similar_names_have_different_addresses() -> None:
    assert len(addresses(a="public.ecr.aws/x/y-z:1", b="public.ecr.aws/x-y/z:1", c="public.ecr.aws/x/y/z:1")) == 3


def test_a_protected_copy_cannot_be_destroyed() -> None:
    _, template = made(protect=True, placeholder="public.ecr.aws/x/y:1")
    assert template.only("aws_ecr_repository")["lifecycle"] == {"prevent_destroy": True}
