"""A number with a unit is refused with the number that the setting takes."""

from __future__ import annotations

import pytest

from config.quantities import read_quantity
from tests.config.examples import changed, refusal


@pytest.mark.parametrize(
    ("setting", "text", "number"),
    [
        ("memory_mib", "2GB", 2048),
        ("memory_mib", "0.5 GB", 512),
        ("memory_mib", "512M", 512),
        ("memory_mib", "512", 512),
        ("memory_mib", " 1 TiB ", 1_048_576),
        ("cpu_units", "1 vCPU", 1024),
        ("cpu_units", ".25 vcpu", 256),
        ("cpu_units", "256", 256),
        ("drain_seconds", "2m", 120),
        ("drain_seconds", "30s", 30),
        ("rotation_days", "2 weeks", 14),
        ("idle_timeout_seconds", "1 hour", 3600),
        ("spot_percent", "70%", 70),
        ("port", "8443", 8443),
    ],
)
def test_a_quantity_is_read_in_the_unit_of_the_setting(setting: str, text: str, number: int) -> None:
    assert read_quantity(setting, text) == number


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        *(("memory_mib", text) for text in ("", "2 GB or so", "-1GB", "1.5", "0.1MB", "2 vCPU", "2s", "1e3", "\u0662")),
        *(("cpu_units", "2GB"), ("drain_seconds", "500ms"), ("rotation_days", "1h"), ("port", "8443 tcp")),
    ],
)
def test_what_means_no_number_of_the_setting_is_none(setting: str, text: str) -> None:
    assert read_quantity(setting, text) is None


@pytest.mark.parametrize(
    ("value", "end"),
    [
        ('"2GB"', "must be an integer without quotes, not text; write 2048"),
        ('"much"', "must be an integer without quotes, not text"),
        ("2048.0", "must be an integer without quotes, not a decimal number"),
    ],
)
def test_the_message_has_the_number(value: str, end: str) -> None:
    (line,) = refusal(changed(("memory_mib = 2048", f"memory_mib = {value}")))
    assert line.startswith("services.")
    assert line.endswith(f"memory_mib = {value}: {end}")
