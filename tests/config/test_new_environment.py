import errno
import json
import re
import shutil
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import ConfigError
from config.load import load_environment
from config.new_environment import find_free_block, main, new_environment
from tests.config.examples import present, without
from tests.fixtures import FOLDER

ENDPOINTS = ("ecr.api", "ecr.dkr", "logs", "ssm", "ssmmessages", "kms", "secretsmanager", "ecs", "rds")
BLOCKS = st.builds(
    lambda address, prefix: IPv4Network((0x0A000000 + address, prefix), strict=False),
    st.integers(0, 2**20 - 1),
    st.integers(12, 24),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "environments")
    return tmp_path / "environments"


def test_a_new_environment_loads_and_is_like_dev_with_other_addresses(folder: Path) -> None:
    new_environment("preview-1", folder=folder)
    made, dev = load_environment("preview-1", folder=folder), load_environment("dev", folder=folder)
    assert str(made.network.cidr) == "10.3.0.0/16"
    assert [list(map(str, zone.cidrs.values())) for zone in made.network.zones] == [
        ["10.3.1.0/24", "10.3.10.0/24", "10.3.100.0/24"],
        ["10.3.2.0/24", "10.3.200.0/24"],
    ]
    assert present(made.domain).name == "preview-1.users.example.com"
    # It starts in dev's account, which already has the account-wide settings.
    assert made.security is None
    assert made.cost is None or (made.cost.budget, made.cost.anomaly_detection) == (None, None)
    assert present(made.domain).zone_name == "preview-1.users.example.com"
    assert made.repository_prefix == "user-management-preview-1"
    same = {"name", "cost", "network", "security", "domain", "registry"}
    assert made.model_dump(exclude=same) == dev.model_dump(exclude=same)


def test_each_new_environment_gets_a_find_free_block(folder: Path) -> None:
    names = ("one", "two", "three")
    for name in names:
        new_environment(name, folder=folder)
    blocks = [str(load_environment(name, folder=folder).network.cidr) for name in names]
    assert blocks == ["10.3.0.0/16", "10.4.0.0/16", "10.5.0.0/16"]


def test_all_settings_of_dev_are_carried_over(folder: Path) -> None:
    dev = folder / "dev.toml"
    text = without("delivery", toml=dev.read_text(encoding="utf-8"))  # its builds need a gateway
    text = text.replace(
        'nat_gateways = "single"',
        f'nat_gateways = "none"\ninterface_endpoints = {json.dumps(ENDPOINTS)}',
    )
    image = f"111111111111.dkr.ecr.us-east-1.amazonaws.com/python@sha256:{'a' * 64}"
    text += f'\n[deployment]\nplaceholder_image = "{image}"\n'
    dev.write_text(text.replace('owner = "platform"', 'owner = "Équipe \U00010400"'), encoding="utf-8")
    new_environment("fresh", folder=folder)
    made = load_environment("fresh", folder=folder)
    assert made.network.interface_endpoints == ENDPOINTS
    assert made.deployment.placeholder_image == image
    assert made.services["backend"].secrets == load_environment("dev", folder=folder).services["backend"].secrets
    assert made.tags.owner == "Équipe \U00010400"


def test_the_file_is_devs_with_its_comments_and_another_heading(folder: Path) -> None:
    dev = folder / "dev.toml"
    heading = "# Development: as small and cheap as possible.\n"
    text = dev.read_text(encoding="utf-8")
    assert heading in text
    dev.write_text(text.replace(heading, f"{heading}# A second line.\n"), encoding="utf-8")
    made = new_environment("fresh", folder=folder).read_text(encoding="utf-8")
    assert made.startswith(
        "#:schema ../../environments/schema.json\n# fresh: created from the settings of dev.\n"
        "# No [security]: dev has the account-wide settings of this account.\n"
        "# Of [cost], what dev has for the whole account is left out.\n\naccount_id = "
    )
    after_security = text[text.index("[network]") :]
    kept = [line for line in after_security.splitlines() if " # " in line]
    assert kept
    assert [line for line in kept if line.partition(" # ")[2] not in made] == []


def test_a_new_table_of_dev_is_copied_without_a_change_of_the_program(folder: Path) -> None:
    dev = folder / "dev.toml"
    table = "[postgres.proxy]\nmax_connections_percent = 60 # most\nidle_client_seconds = 60\n"
    dev.write_text(dev.read_text(encoding="utf-8").replace("[documentdb]", f"{table}\n[documentdb]"), encoding="utf-8")
    assert table in new_environment("fresh", folder=folder).read_text(encoding="utf-8")
    proxy = present(load_environment("fresh", folder=folder).postgres).proxy
    assert present(proxy).max_connections_percent == 60


def test_an_existing_zone_and_further_names_are_not_copied(folder: Path) -> None:
    dev = folder / "dev.toml"
    existing = 'create_zone = false\nzone_id = "Z0123456789"\nalternative_names = ["www.dev.users.example.com"]\n'
    servers = '["ns-1.example.net", "ns-2.example.net"]'
    existing += f'[domain.delegations]\n"shop.dev.users.example.com" = {servers}\n'
    created = "create_zone = true\ndelegated = true\n"
    dev.write_text(dev.read_text(encoding="utf-8").replace(created, existing), encoding="utf-8")
    new_environment("fresh", folder=folder)
    domain = present(load_environment("fresh", folder=folder).domain)
    assert (domain.name, domain.zone_name, domain.create_zone) == (*["fresh.users.example.com"] * 2, True)
    assert (domain.zone_id, domain.alternative_names, domain.delegations) == (None, (), {})


def test_a_new_zone_is_not_delegated_yet(folder: Path) -> None:
    text = new_environment("fresh", folder=folder).read_text(encoding="utf-8")
    assert "delegated = false # true once the parent domain has the zone's name servers" in text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("users-dev.example.com", "users-fresh.example.com"),
        ("dev.users.example.com", "fresh.users.example.com"),
        ("users.example.org", "users-fresh.example.org"),
        ("example.org", "fresh.example.org"),
    ],
)
def test_its_name_is_on_the_level_of_devs(folder: Path, name: str, expected: str) -> None:
    for file in (folder / "dev.toml", folder / "prod.toml"):
        text = file.read_text(encoding="utf-8").replace("dev.users.example.com", name)
        if not name.endswith(".users.example.com"):
            text = re.sub(f'"{name}" = .*\n', "", text)  # the delegation in prod's zone
        file.write_text(text, encoding="utf-8")
    new_environment("fresh", folder=folder)
    assert present(load_environment("fresh", folder=folder).domain).zone_name == expected


def test_account_wide_scanning_is_not_copied(folder: Path) -> None:
    dev = folder / "dev.toml"
    dev.write_text(dev.read_text(encoding="utf-8").replace('"basic"', '"enhanced"'), encoding="utf-8")
    text = new_environment("fresh", folder=folder).read_text(encoding="utf-8")
    assert 'scanning = "basic" # enhanced is a setting of the whole account\n' in text


def test_an_environment_can_be_created_from_a_minimal_one(folder: Path) -> None:
    shutil.copy(FOLDER / "minimal" / "minimal.toml", folder / "dev.toml")
    new_environment("fresh", folder=folder)
    made = load_environment("fresh", folder=folder)
    assert (made.domain, made.security, list(made.services)) == (None, None, ["worker"])
    assert str(made.network.zones[0].private_cidr) == "10.2.10.0/24"


def test_the_command_says_what_to_edit_next(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fresh"], folder=folder) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        f"{folder}/fresh.toml is created from dev.",
        "Next, edit account_id, the tags, and the names in [domain]; its address range is already unique.",
        "Then: make synth ENV=fresh",
    ]


def test_without_dev_it_is_like_the_next_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "dev.toml").unlink()
    assert main(["preview"], folder=folder) == 0
    assert capsys.readouterr().out.startswith(f"{folder / 'preview.toml'} is created from staging.\n")
    made, staging = (load_environment(name, folder=folder) for name in ("preview", "staging"))
    assert made.services == staging.services


def test_with_prod_alone_it_has_no_second_region_beside_prods(folder: Path) -> None:
    for name in ("dev", "staging"):
        (folder / f"{name}.toml").unlink()
    prod = folder / "prod.toml"
    text = without("delivery", toml=prod.read_text(encoding="utf-8"))  # it would release from staging
    prod.write_text(re.sub(r'"(dev|staging)\.users\.example\.com" = .*\n', "", text), encoding="utf-8")
    made = new_environment("preview", folder=folder)
    assert load_environment("preview", folder=folder).recovery is None
    assert "# No [recovery]: prod copies the images of this account to a second region.\n" in made.read_text("utf-8")


def test_tags_that_another_environment_activates_are_not_copied(folder: Path) -> None:
    dev = folder / "dev.toml"
    text = dev.read_text(encoding="utf-8")
    dev.write_text(
        text.replace("[cost.budget]", '[cost]\nallocation_tags = ["Owner"]\n\n[cost.budget]', 1), encoding="utf-8"
    )
    assert present(load_environment("dev", folder=folder).cost).allocation_tags == ("Owner",)
    new_environment("fresh", folder=folder)
    cost = load_environment("fresh", folder=folder).cost
    assert cost is None or cost.allocation_tags == ()


def test_without_any_environment_there_is_nothing_to_copy(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in folder.glob("*.toml"):
        if file.name != "project.toml":
            file.unlink()
    assert main(["preview"], folder=folder) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{folder}: has no environment that a new one could be like: restore dev.toml")


def test_an_existing_environment_is_not_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "prod.toml").read_bytes()
    assert main(["prod"], folder=folder) == 2
    assert capsys.readouterr().err == f"{folder}/prod.toml: exists already; edit it, or choose another name\n"
    assert (folder / "prod.toml").read_bytes() == before


@pytest.mark.parametrize("name", ["Fresh", "../fresh", "fresh.toml", "a b", "a" * 17, "a\nb", "fresh/"])
def test_a_wrong_name_is_refused_in_one_line(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = set(folder.parent.rglob("*"))
    assert main([name], folder=folder) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("NAME = ")
    assert err.count("\n") == 1
    assert set(folder.parent.rglob("*")) == files


@pytest.mark.parametrize("arguments", [[], [""], ["a", "b"]])
def test_a_missing_name_is_reported(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments, folder=folder) == 2
    assert capsys.readouterr().err == "NAME is missing. For example: make new-environment NAME=preview\n"


def test_another_environments_problem_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "staging.toml").write_text("", encoding="utf-8")
    assert main(["fresh"], folder=folder) == 2
    assert "staging.toml: is empty; " in capsys.readouterr().err
    assert not (folder / "fresh.toml").exists()


def test_a_file_that_cannot_be_written_is_reported(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("console.files.os.open", refuse)
    assert main(["fresh"], folder=folder) == 2
    assert capsys.readouterr().err == f"{folder}/fresh.toml: cannot be written: Permission denied\n"


def test_no_free_block_is_reported() -> None:
    with pytest.raises(ConfigError, match=r"no /16 of 10\.0\.0\.0/8 is free"):
        find_free_block([IPv4Network("10.0.0.0/8")])


@given(st.lists(BLOCKS))
def test_a_find_free_block_overlaps_no_other(used: list[IPv4Network]) -> None:
    try:
        free = find_free_block(used)
    except ConfigError:
        return
    assert free.prefixlen == 16
    assert not any(free.overlaps(block) for block in used)


def test_a_name_that_the_roles_of_dev_would_cover_is_refused_and_nothing_is_written(folder: Path) -> None:
    with pytest.raises(ConfigError, match='is also the account of "dev"'):
        new_environment("dev-eu", folder=folder)
    assert not (folder / "dev-eu.toml").exists()


def test_a_new_environment_has_nothing_of_an_earlier_version(folder: Path) -> None:
    dev = folder / "dev.toml"
    text = dev.read_text(encoding="utf-8").replace('id = "use1-az1"', 'id = "use1-az1"\nformerly = "us-east-1a"')
    dev.write_text(text, encoding="utf-8")
    new_environment("fresh", folder=folder)
    zones = load_environment("fresh", folder=folder, project="user-management").network.zones
    assert [(zone.id, zone.formerly) for zone in zones] == [("use1-az1", None), ("use1-az2", None)]
