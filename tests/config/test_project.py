from pathlib import Path

import pytest

from config.errors import ConfigError
from config.project import load_project
from tests.config.examples import PROJECT, without_places
from tests.fixtures import FOLDER


def loaded(text: str, folder: Path) -> str:
    (folder / "project.toml").write_text(text, encoding="utf-8")
    return load_project(folder)


def refusal(text: str, folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loaded(text, folder)
    return without_places(str(caught.value)).replace(f"{folder}/", "").splitlines()


def test_the_committed_project_loads() -> None:
    assert load_project(FOLDER) == PROJECT


@pytest.mark.parametrize("name", ["a", "shop2", "customer-portal", "p" * 26, "sgx", "internals", "adminer", "tables"])
def test_names_that_no_service_refuses_are_accepted(name: str, tmp_path: Path) -> None:
    assert loaded(f'name = "{name}"\n', tmp_path) == name


@pytest.mark.parametrize("name", ["Shop", "my_shop", "2shop", "shop-", "my--shop", "my shop", "xn--shop", ""])
def test_a_name_of_other_characters_is_refused(name: str, tmp_path: Path) -> None:
    assert refusal(f'name = "{name}"\n', tmp_path) == [
        (
            f'project.toml: name = "{name}": is not a valid project name; '
            "use lowercase letters, digits and single hyphens, and start with a letter"
        )
    ]


def test_a_name_that_leaves_no_room_for_the_rest_is_refused(tmp_path: Path) -> None:
    (line,) = refusal(f'name = "{"p" * 27}"\n', tmp_path)
    assert line.endswith("has 27 characters; it must have 26 or fewer, because of AWS's limits on names")


@pytest.mark.parametrize(
    ("name", "beginning", "service"),
    [
        ("aws-tools", "aws", "Parameter Store"),
        ("awsome", "aws", "Parameter Store"),
        ("ssm", "ssm", "Parameter Store"),
        ("sthree", "sthree-", "S3"),
        ("amzn-s3-demo-shop", "amzn-s3-demo-", "S3"),
        ("sg", "sg-", "EC2, for security groups,"),
        ("sg-shop", "sg-", "EC2, for security groups,"),
        ("internal-shop", "internal-", "Elastic Load Balancing"),
    ],
)
def test_a_prefix_that_a_service_refuses_is_refused(name: str, beginning: str, service: str, tmp_path: Path) -> None:
    assert refusal(f'name = "{name}"\n', tmp_path) == [
        (
            f'project.toml: name = "{name}": must not start with "{beginning}", because {service} refuses such '
            "names; use another name"
        )
    ]


@pytest.mark.parametrize(
    "name", ["admin", "serviceadmin", "rdsadmin", "rds-superuser", "pg-shop", "user", "table", "current-user", "public"]
)
def test_a_name_that_makes_a_reserved_master_user_is_refused(name: str, tmp_path: Path) -> None:
    user = name.replace("-", "_")
    assert refusal(f'name = "{name}"\n', tmp_path) == [
        (
            f'project.toml: name = "{name}": makes "{user}" the master user of the databases, which is a reserved '
            "name; use another name"
        )
    ]


def test_a_missing_file_is_refused_with_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'project.toml: is missing; create it with one line, like name = "acme-shop'):
        load_project(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "name: is missing; the start of all resource names; "),
        ('name = "shop"\nregion = "us-east-1"\n', 'region = "us-east-1": unknown setting; allowed: name'),
        ("name = 1\n", "name = 1: must be text in quotes, not a number"),
        ("name =\n", "is not valid TOML: "),
    ],
)
def test_a_wrong_file_is_refused_in_plain_words(text: str, says: str, tmp_path: Path) -> None:
    (line,) = refusal(text, tmp_path)
    assert line.startswith(f"project.toml: {says}")


@pytest.mark.parametrize(
    ("name", "user"),
    [
        ("owner", "owner"),
        ("owner-a", "owner_a"),
        ("owner-b", "owner_b"),
        ("owner-iam", "owner_iam"),
        ("audit-owner", "audit_owner"),
    ],
)
def test_a_name_that_every_database_has_as_another_user_is_refused(name: str, user: str, tmp_path: Path) -> None:
    assert refusal(f'name = "{name}"\n', tmp_path) == [
        (
            f'project.toml: name = "{name}": makes "{user}" the master user of the databases, which have another '
            f'"{user}"; use another name'
        )
    ]
    assert loaded('name = "owner-c"\n', tmp_path) == "owner-c"
