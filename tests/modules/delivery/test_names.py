"""Names that two environments must make alike: one grants by them what the other one uses."""

from __future__ import annotations

from modules.delivery import names
from tests.modules.delivery.parts import OTHER


def test_the_names_of_another_environment_are_those_of_its_own_stack() -> None:
    other = OTHER.names
    assert names.releases_bucket(other) == "user-management-prod-releases-333333333333"
    assert names.key_alias(other) == "alias/user-management-prod-delivery"
    assert names.role_arn(other, names.PROMOTE_ROLE) == "arn:aws:iam::333333333333:role/user-management-prod-promote"


def test_releases_of_each_environment_have_their_own_prefix() -> None:
    assert names.release_prefix("staging") == "releases/staging"
