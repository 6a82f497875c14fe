"""Two environments in one account have prefixes of which none starts the other."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.load import load_environment
from tests.config.examples import PROJECT, text, without, without_account_settings, without_places


def write(folder: Path, name: str, content: str = text()) -> None:
    """Write the file of an environment, with names of its own in DNS and ECR, and without what an account has once."""
    content = content and without_account_settings(without("cost", "recovery", toml=content))
    content = content.replace("users.example.com", f"{name}.example.org")
    content = content.replace("keep_builds", f'repository_prefix = "{name}"\nkeep_builds')
    (folder / f"{name}.toml").write_text(content, encoding="utf-8")


def loading(name: str, folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_environment(name, folder=folder, project=PROJECT)
    return without_places(str(caught.value))


@pytest.mark.parametrize(("name", "other"), [("prod", "prod-eu"), ("prod-eu", "prod")])
def test_a_name_that_starts_another_in_the_same_account_is_refused(name: str, other: str, tmp_path: Path) -> None:
    for environment in (name, other):
        write(tmp_path, environment)
    assert loading(name, tmp_path) == (
        f'{tmp_path}/{name}.toml: account_id = "333333333333": is also the account of "{other}", and the roles of '
        '"prod" may change all that is named "user-management-prod-..", so also what belongs to "prod-eu"; '
        'use another account, or rename the environment that is not applied yet, like "eu"'
    )


@pytest.mark.parametrize("other", [text().replace("3" * 12, "4" * 12), "account_id = ", 'account_id = ["3"]', ""])
def test_a_name_that_starts_another_in_another_account_is_accepted(other: str, tmp_path: Path) -> None:
    write(tmp_path, "prod")
    write(tmp_path, "prod-eu", other)
    assert load_environment("prod", folder=tmp_path, project=PROJECT).name == "prod"


def test_names_in_one_account_may_start_alike(tmp_path: Path) -> None:
    for name in ("prod", "prod2", "eu-prod"):
        write(tmp_path, name)
    assert load_environment("prod", folder=tmp_path, project=PROJECT).name == "prod"
