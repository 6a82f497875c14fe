"""What keeps the value of a parameter from the second region loses its marker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from acceptance.region_loss.markers import missing
from acceptance.region_loss.parameters import ParameterValue
from tests.acceptance.region_loss.copies import mirror_parameters
from tests.acceptance.region_loss.serving import SERVICE
from tests.acceptance.region_loss.world import HOME, SECOND, TwoRegions

if TYPE_CHECKING:
    from config.environment import Environment
    from emulator import Emulator

TEXT = "before the loss"
EMAIL, JWT = "api-keys/email", "jwt/current"
MARKER = "recovery/parameters-equal"
NAMES = (EMAIL, JWT)


@pytest.fixture
def regions(environments: dict[str, Environment], emulator: Emulator, account_id: str) -> TwoRegions:
    """The parameters as Terraform makes them, the marker in the second region as well."""
    found = TwoRegions(environments["prod"], emulator, account_id)
    for region in (HOME, SECOND):
        found.prepare(region)
        for name in (*NAMES, MARKER):
            found.put_parameter(region, found.world.environment.names.path(name), "unset")
    found.put_parameter(HOME, found.world.environment.names.path(JWT), "signs tokens")
    return found


@pytest.fixture
def api_key(regions: TwoRegions) -> ParameterValue:
    return ParameterValue(regions.world, SERVICE, "EMAIL_API_KEY", EMAIL, is_secret=True)


@pytest.fixture
def jwt(regions: TwoRegions) -> ParameterValue:
    return ParameterValue(regions.world, SERVICE, "JWT_CURRENT_PARAMETER", JWT, is_secret=False)


def test_the_values_are_found_where_the_function_has_copied_them(
    regions: TwoRegions, api_key: ParameterValue, jwt: ParameterValue
) -> None:
    api_key.write(HOME, TEXT)
    assert sorted(mirror_parameters(regions, NAMES)["written"]) == sorted(
        regions.world.environment.names.path(name) for name in NAMES
    )
    assert missing(api_key, SECOND, {TEXT}) == ""
    assert missing(jwt, SECOND, {"signs tokens"}) == ""


def test_a_parameter_that_is_not_copied_is_lost(
    regions: TwoRegions, api_key: ParameterValue, jwt: ParameterValue
) -> None:
    api_key.write(HOME, TEXT)
    mirror_parameters(regions, [JWT])
    assert "found ['unset'], and not" in missing(api_key, SECOND, {TEXT})
    assert missing(jwt, SECOND, {"signs tokens"}) == ""


@pytest.mark.parametrize("right", ["EncryptCopies", "DecryptParameters"])
def test_without_a_right_for_either_key_a_parameter_is_lost(
    regions: TwoRegions, api_key: ParameterValue, right: str
) -> None:
    api_key.write(HOME, TEXT)
    answer = mirror_parameters(regions, NAMES, without=right)
    assert "failed with AccessDeniedException" in answer["errorMessage"]
    assert "found ['unset'], and not" in missing(api_key, SECOND, {TEXT})


def test_a_parameter_without_its_copy_keeps_the_task_from_starting(
    regions: TwoRegions, api_key: ParameterValue
) -> None:
    path = regions.world.environment.names.path(EMAIL)
    regions.client("ssm", SECOND).delete_parameter(Name=path)
    assert f"{path} is not there" in missing(api_key, SECOND, {TEXT})
