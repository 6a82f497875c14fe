"""The codes of a healthy task are those that a load balancer can wait for."""

import pytest

from config.health_codes import first_code, is_tested_code
from tests.config.examples import changed, parsed, refusal, without

HEALTH = 'health_path = "/api/health"'
FORM = (
    "is not a valid list of status codes; use codes from 200 to 499 with commas, and ranges with a hyphen, without "
    'spaces, like "200", "200,301" or "200-299"'
)


def codes(value: str) -> tuple[str, str]:
    return HEALTH, f'{HEALTH}\nsmoke_paths = ["/api/users"]\nhealth_codes = "{value}"'


@pytest.mark.parametrize(
    ("value", "first"),
    [
        ("200", 200),
        ("200,301", 200),
        ("301,200", 200),
        ("200-299", 200),
        ("204", 204),
        ("499", 499),
        ("401,404-410", 401),
    ],
)
def test_codes_and_ranges_are_accepted(value: str, first: int) -> None:
    assert parsed(changed(codes(value))).services["backend"].health_codes == value
    assert first_code(value) == first


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "0", "0-5", "12", "199", "500", "599", "600", "2xx", "200 301", "200, 301", "200,", ",200", "200-"),
        *("-299", "200--299", "200-250-299", "\u0662\u0660\u0660", "200;301"),
    ],
)
def test_what_is_no_list_of_codes_is_refused_with_examples(value: str) -> None:
    (line,) = refusal(changed(codes(value)))
    assert line == f'services.backend.health_codes = "{value}": {FORM}'


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("299-200", 'has the range 299-200, which ends before it begins; use "200-299"'),
        ("200,200", "has the code 200 twice; remove one"),
        ("200-299,204", "has the code 204 twice; remove one"),
    ],
)
def test_a_range_has_an_order_and_a_code_is_there_once(value: str, says: str) -> None:
    (line,) = refusal(changed(codes(value)))
    assert line.endswith(says)


def test_a_number_is_not_a_text() -> None:
    (line,) = refusal(changed((HEALTH, f"{HEALTH}\nhealth_codes = 200")))
    assert line.startswith("services.backend.health_codes = 200: must be text in quotes")


def test_the_smoke_test_needs_a_path_of_its_own_if_the_health_check_may_answer_otherwise() -> None:
    (line,) = refusal(changed((HEALTH, f'{HEALTH}\nhealth_codes = "200,401"')))
    assert line == (
        'services.backend.smoke_paths: is missing, and health_path = "/api/health" may answer with health_codes = '
        '"200,401"; add paths that the new version must answer with 2xx'
    )
    parsed(changed((HEALTH, f'{HEALTH}\nhealth_codes = "200-204"')))
    parsed(without("deployment", toml=changed((HEALTH, f'{HEALTH}\nhealth_codes = "200,401"'))))
    assert is_tested_code("200-299,204")
    assert not is_tested_code("200-300")


def test_a_service_without_requests_has_no_codes() -> None:
    worker = (
        '[services.worker]\nmin_count = 1\nmax_count = 2\ncpu_units = 256\nmemory_mib = 512\nhealth_codes = "204"\n'
    )
    (line,) = refusal(f"{changed()}\n{worker}")
    assert line.startswith('services.worker.health_codes = "204": has no effect: this service gets no requests from')
