from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runner.errors import RunnerError
from runner.provider_mirror import Installation, Wanted, prepare

if TYPE_CHECKING:
    from pathlib import Path

AWS = ("aws", "5.100.0")
WANTED = Wanted(frozenset({AWS}), "registry.terraform.io", "linux_amd64")


def mirror(
    folder: Path,
    *,
    version: str = "5.100.0",
    platform: str = "linux_amd64",
    host: str = "registry.terraform.io",
) -> Path:
    binary = folder / host / "hashicorp" / "aws" / version / platform / "terraform-provider-aws_x5"
    binary.parent.mkdir(parents=True)
    binary.touch()
    return folder


def prepared(tmp_path: Path, wanted: Wanted = WANTED, **environ: str) -> tuple[Installation, str]:
    above = tmp_path / "above"
    installation = prepare(
        wanted,
        environ,
        tmp_path / "work",
        home=tmp_path / "home",
        system=(tmp_path / "system",),
        above=(above,),
    )
    with open(installation.variables["TF_CLI_CONFIG_FILE"], encoding="utf-8") as config:  # noqa: PTH123
        return installation, config.read()


@pytest.mark.parametrize(
    "folder",
    ["home/.terraform.d/plugins", "home/.local/share/terraform/plugins", "system", "above/any-name"],
)
def test_a_mirror_in_a_usual_folder_is_found(tmp_path: Path, folder: str) -> None:
    found = mirror(tmp_path / folder)
    installation, config = prepared(tmp_path)
    assert f'path    = "{found}"' in config
    assert config.count('["registry.terraform.io/hashicorp/aws"]') == 2
    assert not installation.fetches


def test_xdg_folders_are_searched(tmp_path: Path) -> None:
    mirror(tmp_path / "xdg" / "terraform" / "plugins")
    assert "xdg" in prepared(tmp_path, XDG_DATA_DIRS=f"/nowhere:{tmp_path / 'xdg'}")[1]
    assert "xdg" in prepared(tmp_path, XDG_DATA_HOME=str(tmp_path / "xdg"))[1]


def test_a_packed_mirror_counts_too(tmp_path: Path) -> None:
    folder = tmp_path / "above" / "m" / "registry.terraform.io" / "hashicorp" / "aws"
    folder.mkdir(parents=True)
    (folder / "terraform-provider-aws_5.100.0_linux_amd64.zip").touch()
    assert "filesystem_mirror" in prepared(tmp_path)[1]


@pytest.mark.parametrize(
    "other", [{"version": "6.0.0"}, {"platform": "darwin_arm64"}, {"host": "registry.opentofu.org"}]
)
def test_a_mirror_of_something_else_is_ignored(tmp_path: Path, other: dict[str, str]) -> None:
    mirror(tmp_path / "above" / "m", **other)
    installation, config = prepared(tmp_path)
    assert "filesystem_mirror" not in config
    assert installation.fetches


def test_opentofu_has_its_own_registry(tmp_path: Path) -> None:
    mirror(tmp_path / "above" / "m", host="registry.opentofu.org")
    wanted = Wanted(frozenset({AWS}), "registry.opentofu.org", "linux_amd64")
    assert '"registry.opentofu.org/hashicorp/aws"' in prepared(tmp_path, wanted)[1]


def test_what_the_mirror_lacks_comes_from_the_registry(tmp_path: Path) -> None:
    mirror(tmp_path / "above" / "m")
    wanted = Wanted(frozenset({AWS, ("hashicorp/random", "3.7.2")}), "registry.terraform.io", "linux_amd64")
    assert "random" not in prepared(tmp_path, wanted)[1]


def test_the_variable_comes_first(tmp_path: Path) -> None:
    mirror(tmp_path / "system")
    chosen = mirror(tmp_path / "chosen")
    assert f'"{chosen}"' in prepared(tmp_path, TF_PLUGIN_MIRROR=str(chosen))[1]


def test_a_variable_that_names_a_folder_without_providers_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RunnerError, match=r"holds none of: registry\.terraform\.io/hashicorp/aws 5\.100\.0"):
        prepared(tmp_path, TF_PLUGIN_MIRROR=str(tmp_path))


def test_a_configuration_that_says_how_to_install_is_left_alone(tmp_path: Path) -> None:
    mirror(tmp_path / "system")
    own = tmp_path / "own.rc"
    own.write_text("provider_installation {}\n")
    installation, _ = prepared(tmp_path, TF_CLI_CONFIG_FILE=str(own))
    assert installation.variables == {"TF_CLI_CONFIG_FILE": str(own)}


def test_another_configuration_is_kept_and_added_to(tmp_path: Path) -> None:
    mirror(tmp_path / "system")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".terraformrc").write_text('credentials "example.com" {}\n')
    _, config = prepared(tmp_path)
    assert config.startswith('credentials "example.com" {}')
    assert "filesystem_mirror" in config


def test_a_named_configuration_that_does_not_exist_is_ignored(tmp_path: Path) -> None:
    mirror(tmp_path / "system")
    assert "filesystem_mirror" in prepared(tmp_path, TF_CLI_CONFIG_FILE=str(tmp_path / "gone"))[1]


def test_without_a_mirror_each_version_is_fetched_once(tmp_path: Path) -> None:
    installation, _ = prepared(tmp_path)
    assert installation.variables["TF_PLUGIN_CACHE_DIR"] == str(tmp_path / "work" / "plugins")
    assert (tmp_path / "work" / "plugins").is_dir()


def test_a_cache_that_the_user_chose_is_kept(tmp_path: Path) -> None:
    assert "TF_PLUGIN_CACHE_DIR" not in prepared(tmp_path, TF_PLUGIN_CACHE_DIR="/mine")[0].variables


def test_a_configuration_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.rc"
    file.write_bytes("# für alle\n".encode("latin-1"))
    with pytest.raises(RunnerError, match=r"own\.rc is not UTF-8 text \(byte 4\)") as error:
        prepared(tmp_path, TF_CLI_CONFIG_FILE=str(file))
    assert "TF_CLI_CONFIG_FILE" in error.value.remedy
