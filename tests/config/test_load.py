import os
import shutil
from pathlib import Path

import pytest

from config.environment import Environment
from config.errors import ConfigError
from config.load import environment_names, load_environment, load_environments, parse_environment
from config.services import ServiceSettings
from tests.config.examples import PROJECT, changed, loading, parsed, refusal, text
from tests.fixtures import FOLDER


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_the_committed_environments_load(name: str) -> None:
    assert load_environment(name, folder=FOLDER).name == name


def test_the_committed_environments_have_different_addresses() -> None:
    vpcs = [load_environment(name, folder=FOLDER).network.cidr for name in ("dev", "staging", "prod")]
    assert [a.overlaps(b) for a in vpcs for b in vpcs].count(True) == len(vpcs)


def test_dev_staging_and_prod_come_first(tmp_path: Path) -> None:
    for name in ("prod", "zoo", "dev", "alpha", ".hidden", "project"):
        (tmp_path / f"{name}.toml").touch()
    (tmp_path / "schema.json").touch()
    assert environment_names(tmp_path) == ("dev", "prod", "alpha", "zoo")


def test_a_missing_folder_has_no_environments(tmp_path: Path) -> None:
    assert environment_names(tmp_path / "nowhere") == ()


def test_a_missing_environment_is_reported_with_the_existing_ones() -> None:
    assert loading("prd", FOLDER) == (
        f'no environment "prd" in {FOLDER}/: did you mean prod? there are dev, staging, prod; '
        "`make new-environment NAME=..` adds one"
    )


def test_the_message_says_how_to_create_the_first_environment(tmp_path: Path) -> None:
    assert loading("dev", tmp_path) == (
        f'no environment "dev" in {tmp_path}/: there is none yet; `make new-environment NAME=..` adds one'
    )


@pytest.mark.parametrize("name", ["", "../dev", "environments/dev", "dev.toml", "a\x00b", "dev\n"])
def test_a_name_that_is_a_path_is_refused(name: str) -> None:
    assert loading(name, FOLDER).startswith("no environment ")


def of_file(content: bytes, folder: Path) -> str:
    file = folder / "prod.toml"
    file.write_bytes(content)
    return loading("prod", folder).replace(str(file), "prod.toml")


@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_an_empty_file_is_refused(content: bytes, tmp_path: Path) -> None:
    expected = "prod.toml: is empty; copy the settings of another environment to it"
    assert of_file(content, tmp_path) == expected


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    expected = r"prod.toml: is not UTF-8 text, after `\u007fELF`; save it as UTF-8"
    assert of_file(b"\x7fELF\xff\x00", tmp_path) == expected


def test_a_file_in_utf_16_is_refused(tmp_path: Path) -> None:
    assert of_file(text().encode("utf-16"), tmp_path) == "prod.toml: is UTF-16 text; save it as UTF-8"


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "prod.toml").write_bytes(b"\xef\xbb\xbf" + text().replace("\n", "\r\n").encode())
    assert load_environment("prod", folder=tmp_path, project=PROJECT) == parsed(text())


def test_a_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prod.toml").mkdir()
    assert loading("prod", tmp_path).endswith("prod.toml: is a directory; it must be a file")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prod.toml").symlink_to("prod.toml")
    assert "prod.toml: cannot be read: " in loading("prod", tmp_path)


def test_broken_toml_is_reported_with_its_line() -> None:
    assert refusal("a = 1\nb = = 2\n") == ["is not valid TOML: Invalid value: `b = = 2`"]
    assert refusal("a = 1\nb = [") == ["is not valid TOML: Invalid value at the end of the file: `b = [`"]


def test_a_table_twice_is_refused() -> None:
    assert refusal("[a.b]\n[a.b]\n") == ["is not valid TOML: Cannot declare a.b twice: `[a.b]`"]
    assert refusal("[a]\n[a]\n") == ["is not valid TOML: Cannot declare a twice: `[a]`"]


def test_a_setting_twice_is_refused() -> None:
    assert refusal("a = 1\na = 2\n") == ["is not valid TOML: Cannot overwrite a value: `a = 2`"]


@pytest.mark.parametrize("toml", [f"a = {'[' * 5000}{']' * 5000}", f"{'.'.join('a' * 1500)} = 1"])
def test_endless_nesting_is_refused(toml: str) -> None:
    assert refusal(toml) == ["is not valid TOML: its lists or tables are nested too deeply"]


def test_an_endless_number_is_refused() -> None:
    assert refusal(f"a = {'9' * 5000}") == ["is not valid TOML: it contains a number that is too long"]
    assert any(line.startswith("region = 0xfff") for line in refusal(f"region = 0x{'f' * 5000}"))


def test_an_unknown_setting_is_reported_with_the_nearest_and_the_allowed_ones() -> None:
    assert refusal(changed(("[tags]", '[tags]\nownr = "x"'))) == [
        'tags.ownr = "x": unknown setting; did you mean owner? Allowed: owner, cost_center'
    ]


def test_an_unknown_table_is_reported_with_the_allowed_ones() -> None:
    others = {"account_id", "region", "deploy_role_arn", "protect_data", *Environment.not_in_file}
    allowed = [name for name in Environment.model_fields if name not in others]
    assert {"tags", "network", "services"} <= set(allowed)
    assert refusal(changed() + "\n[database]\n") == [
        (
            "database = {}: unknown setting; allowed: account_id, region, deploy_role_arn, protect_data, "
            f"{', '.join(allowed)}"
        )
    ]


def test_unknown_settings_are_found_in_zones_and_services() -> None:
    in_a_zone = ('id = "use1-az2"', 'id = "use1-az2"\nipv6 = 1')
    in_a_service = ("[services.backend]", "[services.backend]\nx = 1")
    lines = refusal(changed(in_a_zone, in_a_service))
    allowed = ", ".join(ServiceSettings.model_fields)
    assert lines == [
        "network.zones[1].ipv6 = 1: unknown setting; allowed: id, formerly, public_cidr, private_cidr, database_cidr",
        f"services.backend.x = 1: unknown setting; allowed: {allowed}",
    ]


def test_a_mistyped_setting_is_one_problem_not_two() -> None:
    (line,) = refusal(changed(("protect_data", "protect_date")))
    assert "did you mean protect_data?" in line


def test_a_missing_setting_is_reported_with_its_description() -> None:
    toml = changed(('account_id = "333333333333" # replace with yours\n', ""))
    assert refusal(toml) == ["account_id: is missing; the AWS account, 12 digits in quotes"]
    (line,) = refusal(changed(("cpu_units = 1024", "")))
    assert line == (
        "services.frontend.cpu_units: is missing; CPU of one task; 1024 units are one vCPU, which costs about 24 USD a "
        "month with ARM64"
    )


def test_the_name_in_the_file_is_refused() -> None:
    assert refusal('name = "prod"\n' + text()) == [
        "name = \"prod\": the file's name is the environment's name; remove this line"
    ]


def test_a_project_in_the_file_is_refused_with_where_it_belongs() -> None:
    assert refusal('project = "acme"\n' + text()) == [
        'project = "acme": is the same for all environments: set it as `name` in project.toml and remove this line'
    ]


def test_the_name_of_the_projects_file_is_not_an_environment(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    assert "project" not in environment_names(tmp_path)
    assert loading("project", tmp_path).startswith('no environment "project" in ')
    with pytest.raises(ConfigError, match="is not a valid environment name, because the project's own file has it"):
        parse_environment(text(), name="project", project="acme", file=tmp_path / "project.toml")


def test_an_environment_without_a_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prod.toml").write_text(text(), encoding="utf-8")
    assert loading("prod", tmp_path, project=None) == (
        f'{tmp_path}/project.toml: is missing; create it with one line, like name = "acme-shop": the start of all names'
    )


def test_the_problems_of_each_of_several_environments_are_reported(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "staging.toml").write_text("", encoding="utf-8")
    environments, wrong = load_environments(["dev", "staging", "dev", "qa"], folder=tmp_path)
    assert [environment.name for environment in environments] == ["dev"]
    assert [str(error).partition("; ")[0] for error in wrong] == [
        f"{tmp_path}/staging.toml: is empty",
        f'no environment "qa" in {tmp_path}/: there are dev, staging, prod',
    ]


def test_a_wrong_project_is_reported_once_and_not_for_each_environment(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "project.toml").write_text('name = "My Project"\n', encoding="utf-8")
    environments, wrong = load_environments(["dev", "prod"], folder=tmp_path)
    assert environments == []
    assert [str(error).partition(";")[0] for error in wrong] == [
        f'{tmp_path}/project.toml:1:1: name = "My Project": is not a valid project name'
    ]


def test_a_file_with_an_invalid_environment_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "My_Env.toml").write_text(text(), encoding="utf-8")
    assert loading("My_Env", tmp_path).endswith(
        'the file\'s name "My_Env" is not a valid environment name; '
        "use lowercase letters, digits and single hyphens, and start with a letter"
    )


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"333333333333"', "3", "account_id = 3: must be text in quotes, not a number"),
        ("= true", '= "yes"', 'protect_data = "yes": must be true or false without quotes, not text'),
        ("= true", "= 1", "protect_data = 1: must be true or false without quotes, not a number"),
        (
            "_version_days = 90",
            "_version_days = 9.5",
            "must be an integer without quotes, not a decimal number",
        ),
        (
            "_version_days = 90",
            "_version_days = true",
            "must be an integer without quotes, not true or false",
        ),
        (
            "_version_days = 90",
            "_version_days = 1979-05-27",
            "must be an integer without quotes, not a date or time",
        ),
        ('owner = "platform"', "owner = []", "tags.owner = []: must be text in quotes, not a list"),
        ('owner = "platform"', "owner = {}", "tags.owner = {}: must be text in quotes, not a table"),
        (
            'cidr = "10.0.0.0/16"',
            "cidr = 10",
            'network.cidr = 10: must be text in quotes, like "10.0.0.0/16"',
        ),
        ("[tags]", "[[tags]]", "tags = [{owner = "),
        ("[services.backend]", "[[services.backend]]", "must be a table, not a list"),
        ("endpoints = []", "endpoints = [1]", "network.interface_endpoints[0] = 1: allowed: "),
    ],
)
def test_a_wrong_type_is_reported_in_plain_words(old: str, new: str, line: str) -> None:
    (reported,) = refusal(changed((old, new)))
    assert line in reported


def test_a_list_is_expected_for_a_list_setting() -> None:
    start = text().index("[[network.zones]]")
    toml = text()[:start] + "zones = 2\n" + text()[text().index("[postgres]") :]
    assert refusal(toml) == ["network.zones = 2: must be a list in [ ], not a number"]


def test_all_problems_are_reported_at_once() -> None:
    """Including those between settings, also if other settings in the table are invalid."""
    lines = refusal(
        changed(
            ('"333333333333"', '"3"'),
            ('"us-east-1"', '"us-east-2"'),
            ("10.0.1.0/24", "10.9.1.0/24"),
            ("retention_days = 365", "retention_days = 364"),
            ("interface_endpoints = []", 'interface_endpoints = "none"'),
            (
                "min_count = 2\nmax_count = 6\ncpu_units = 1024",
                "min_count = 7\nmax_count = 6\ncpu_units = 1025",
            ),
            ("max_count = 10", 'max_count = "10"'),
            ("[services.backend]", "[services.backend]\nextra = 1"),
        )
    )
    assert [line.split(":")[0] for line in lines] == [
        'account_id = "3"',
        "logs.retention_days = 364",
        'network.interface_endpoints = "none"',
        "services.frontend.cpu_units = 1025",
        "services.frontend.min_count = 7",
        'services.backend.max_count = "10"',
        "services.backend.extra = 1",
        'network.zones[0].public_cidr = "10.9.1.0/24"',
        'network.zones[0].id = "use1-az1"',
        'network.zones[1].id = "use1-az2"',
    ]


def test_what_is_loaded_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        parsed(text()).region = "eu-west-1"  # type: ignore[misc] # that it is refused is the point


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "zz.toml")
    assert loading("zz", tmp_path).endswith("zz.toml: is a pipe or a device; it must be a file")


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ('[services.backend.environment]\nA = "a\\u0000b"', "services.backend.environment.A"),
        ('command = ["node", "a\\u0000b"]', "services.backend.command[1]"),
        ('health_command = ["node", "a\\u0000b"]', "services.backend.health_command[1]"),
    ],
)
def test_a_text_that_no_program_can_get_is_refused(setting: str, key: str) -> None:
    table = "[services.backend.environment]"
    after = setting if setting.startswith(table) else f"{setting}\n{table}"
    lines = refusal(changed((table, after)))
    (line,) = [line for line in lines if "U+0000" in line]
    assert line.startswith(f"{key} = ")
    assert "\0" not in line
