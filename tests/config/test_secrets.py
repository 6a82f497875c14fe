import pytest

from tests.config.examples import changed, parsed, present, refusal

KEYS = 'api_keys = ["email"]'


def test_an_api_key_is_one_more_name() -> None:
    assert present(parsed(changed((KEYS, 'api_keys = ["email", "maps"]'))).secrets).api_keys == ("email", "maps")


def test_no_api_keys_are_accepted() -> None:
    none = (KEYS, "api_keys = []"), ('EMAIL_API_KEY = "api-keys/email"\n', "")
    assert present(parsed(changed(*none)).secrets).api_keys == ()


def test_a_key_that_is_listed_twice_is_refused() -> None:
    assert refusal(changed((KEYS, 'api_keys = ["email", "email"]'))) == [
        'secrets.api_keys[1] = "email": is listed twice; remove one'
    ]


@pytest.mark.parametrize("name", ["E-Mail", "a/b", "2nd"])
def test_a_name_that_is_not_valid_in_a_path_is_refused(name: str) -> None:
    (line,) = refusal(changed((KEYS, f'api_keys = ["{name}"]')))
    assert line.startswith(f'secrets.api_keys[0] = "{name}": is not a valid API key name; use lowercase letters')


@pytest.mark.parametrize(("days", "says"), [(0, "must be 1 or more"), (366, "must be 365 or less")])
def test_a_rotation_period_out_of_range_is_refused(days: int, says: str) -> None:
    assert refusal(changed(("jwt_rotation_days = 30", f"jwt_rotation_days = {days}"))) == [
        f"secrets.jwt_rotation_days = {days}: {says}"
    ]
