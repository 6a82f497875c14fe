"""Addresses of receivers that cannot exist are refused before AWS is asked."""

import pytest
from pydantic import ValidationError

from config.notifications import Receivers
from tests.config.examples import refusal as config_refusal
from tests.config.examples import without


def refusal(**receivers: tuple[str, ...]) -> str:
    with pytest.raises(ValidationError) as caught:
        Receivers.model_validate(receivers)
    (detail,) = caught.value.errors()
    return str(detail["ctx"]["error"])


@pytest.mark.parametrize("value", ["on-call@example.com", "on.call+aws@mail.example.com", f"{'a' * 64}@example.com"])
def test_an_email_address_is_accepted(value: str) -> None:
    assert Receivers(emails=(value,)).emails == (value,)


@pytest.mark.parametrize("local_part", [".call", "call.", "on..call", "."])
def test_an_email_address_with_a_misplaced_dot_is_refused(local_part: str) -> None:
    assert refusal(emails=(f"{local_part}@example.com",)) == (
        'has a dot at the start or end of the part before "@", or two dots in a row there; remove it'
    )


@pytest.mark.parametrize("value", ["on-call", "@example.com", "a@b@example.com", "a@example", "a@-.com", "a@x..com"])
def test_what_is_not_an_email_address_is_refused(value: str) -> None:
    assert refusal(emails=(value,)).startswith("is not a valid email address; ")


def test_an_email_address_that_is_too_long_is_refused() -> None:
    assert refusal(emails=(f"{'a' * 65}@example.com",)).startswith('has 65 characters before "@"; it must have 64 ')
    host = ".".join(["a" * 63] * 4) + ".com"
    assert refusal(emails=(f"a@{host}",)).startswith(f"has a host name of {len(host)} characters; ")


@pytest.mark.parametrize(
    "value",
    ["https://events.example.com/sns", "https://example.com:65535/a?b=c", "https://localhost:1", "https://a-b.c"],
)
def test_an_endpoint_is_accepted(value: str) -> None:
    assert Receivers(https=(value,)).https == (value,)


@pytest.mark.parametrize(
    "host",
    ["-..", ".", "-", "a..b", ".example.com", "example.com.", "-a.com", "a-.com", f"{'a' * 64}.com", "u:p@a.com"],
)
def test_an_endpoint_without_a_valid_host_name_is_refused(host: str) -> None:
    assert refusal(https=(f"https://{host}/sns",)).startswith("is not a valid endpoint; ")


@pytest.mark.parametrize("port", ["0", "00000", "65536", "99999"])
def test_a_port_that_does_not_exist_is_refused(port: str) -> None:
    assert refusal(https=(f"https://example.com:{port}/sns",)) == (
        f"has the port {port}; a port must be from 1 to 65535: correct it, or remove it to use 443"
    )


def test_a_host_name_that_is_too_long_is_refused() -> None:
    host = ".".join(["a" * 63] * 4)
    assert refusal(https=(f"https://{host}",)).startswith(f"has a host name of {len(host)} characters; ")


def test_a_database_without_receivers_of_its_alarms_is_refused() -> None:
    lines = config_refusal(without("notifications"))
    (line,) = [line for line in lines if line.startswith("notifications: ")]
    assert ", postgres, documentdb, " in line
    assert line.endswith(
        "has alarms; add [notifications.critical] and [notifications.warning], each with emails = [...]"
    )


def test_the_address_of_an_on_call_service_may_have_a_key_but_no_password() -> None:
    address = "https://api.example.com/v1/json/cloudwatch?apiKey=0123456789abcdef"
    assert Receivers(https=(address,)).https == (address,)
    assert "is not a valid" in refusal(https=("https://user:p4ss@api.example.com/sns",))
