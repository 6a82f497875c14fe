import pytest
from pydantic import ValidationError

from config.environment import Environment
from tests.config.examples import changed, parsed, refusal

REGION = 'region = "us-east-1"'


def test_the_state_is_kept_for_a_day_at_least() -> None:
    assert refusal(changed(("noncurrent_version_days = 90", "noncurrent_version_days = 0"))) == [
        "state.noncurrent_version_days = 0: must be 1 or more"
    ]


@pytest.mark.parametrize("tag", ['owner = "platform"', 'cost_center = "user-management"'])
def test_both_tags_are_required(tag: str) -> None:
    (line,) = refusal(changed((tag, "")))
    assert line.startswith(f"tags.{tag.split(' = ', maxsplit=1)[0]}: is missing; ")


def test_an_environment_created_in_python_is_checked_too() -> None:
    settings = dict(parsed(changed()))
    with pytest.raises(ValidationError, match='is not in the region "eu-west-1"'):
        Environment.model_validate({**settings, "region": "eu-west-1"})


@pytest.mark.parametrize("name", ["Prod", "1st", "a_b", "a--b", "a-", "", "a" * 17])
def test_a_name_that_aws_names_cannot_have_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=r"is not a valid environment name|must have 16 or fewer"):
        Environment.model_validate({**dict(parsed(changed())), "name": name})


def test_an_environment_can_be_written_out_again() -> None:
    environment = parsed(changed())
    assert Environment.model_validate(environment.model_dump()) == environment
