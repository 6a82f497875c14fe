"""No network of a second region has addresses of another environment."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.load import address_notes, load_environment
from config.neighbor_networks import Networks, check_networks, read_networks, shared_blocks
from tests.config.examples import standby
from tests.fixtures import FOLDER


def networks(name: str, own: str | None, second: str | None = None) -> Networks:
    return Networks(
        environment=name, own=IPv4Network(own) if own else None, standby=IPv4Network(second) if second else None
    )


def found(own: Networks, *others: Networks) -> list[str]:
    return [str(problem) for problem in check_networks(own, others)]


def test_the_second_region_has_addresses_of_no_other_environment() -> None:
    own = networks("prod", "10.0.0.0/16", "10.3.0.0/16")
    assert not found(own, networks("dev", "10.2.0.0/16", "10.4.0.0/16"), networks("broken", None))
    assert found(own, networks("dev", "10.3.128.0/20", "10.0.0.0/8")) == [
        f'{key}.cidr = "{block}": overlaps [{there}] cidr = "{taken}" of dev.toml, so the two could not be connected; '
        "use another block in one of them"
        for key, block, there, taken in (
            ("network", "10.0.0.0/16", "recovery.standby.network", "10.0.0.0/8"),
            ("recovery.standby.network", "10.3.0.0/16", "network", "10.3.128.0/20"),
            ("recovery.standby.network", "10.3.0.0/16", "recovery.standby.network", "10.0.0.0/8"),
        )
    ]


def test_own_networks_may_be_the_same() -> None:
    assert not found(networks("prod", "10.0.0.0/16"), networks("dev", "10.0.0.0/16"))


def test_own_networks_that_overlap_are_told() -> None:
    every = [networks("dev", "10.2.0.0/16"), networks("prod", "10.0.0.0/16"), networks("twin", "10.2.128.0/20")]
    every.append(networks("broken", None))
    line = (
        '[network] cidr = "10.2.0.0/16" of dev.toml overlaps "10.2.128.0/20" of twin.toml: the two can never be '
        "connected, by a peering or a transit gateway. Use another block in one of them before its first apply."
    )
    assert [*shared_blocks(every, of=["dev", "prod", "twin"])] == [line]
    assert [*shared_blocks(every, of=["twin"])] == [line]
    assert [*shared_blocks(every, of=["prod", "broken"])] == []


def test_the_notes_are_about_the_files_of_all_environments(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text((FOLDER / "project.toml").read_text())
    for name in ("dev", "staging"):
        (tmp_path / f"{name}.toml").write_text((FOLDER / f"{name}.toml").read_text())
    dev = load_environment("dev", folder=tmp_path)
    assert address_notes([dev], folder=tmp_path) == []
    own = 'cidr = "10.1.0.0/16"'
    assert own in (tmp_path / "staging.toml").read_text()
    staging = (tmp_path / "staging.toml").read_text().replace(own, 'cidr = "10.2.0.0/16"')
    (tmp_path / "staging.toml").write_text(staging)
    (line,) = address_notes([dev], folder=tmp_path)
    assert line.startswith('[network] cidr = "10.2.0.0/16" of dev.toml overlaps "10.2.0.0/16" of staging.toml: ')


@pytest.mark.parametrize("table", [{}, {"network": 1}, {"network": {"cidr": "x"}}, {"network": {"cidr": 7}}])
def test_what_is_not_valid_is_reported_with_its_own_file(table: dict[str, object]) -> None:
    assert read_networks("dev", table) == networks("dev", None)


def test_the_files_of_all_environments_are_read(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text((FOLDER / "project.toml").read_text())
    (tmp_path / "prod.toml").write_text(standby().replace("10.3.", "10.2."))
    (tmp_path / "dev.toml").write_text((FOLDER / "dev.toml").read_text())
    with pytest.raises(ConfigError, match=r'recovery\.standby\.network\.cidr = "10\.2\.0\.0/16": overlaps \[network\]'):
        load_environment("prod", folder=tmp_path)
    with pytest.raises(ConfigError, match=r'network\.cidr = "10\.2\.0\.0/16": overlaps \[recovery\.standby\.network\]'):
        load_environment("dev", folder=tmp_path)
