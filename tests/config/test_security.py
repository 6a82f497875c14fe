import pytest

from tests.config.examples import changed, parsed, present, refusal

GITHUB = """
[security.github]
repository = "acme/infrastructure"
branch = "main"
plan_pull_requests = true
"""
SECURITY_OFF = (
    ("block_public_buckets = true", "block_public_buckets = false"),
    ("encrypt_volumes = true", "encrypt_volumes = false"),
    ("password_policy = true", "password_policy = false"),
    ("access_analyzer = true", "access_analyzer = false"),
    ("cis_alarms = true", "cis_alarms = false"),
)


def with_github(old: str = "", new: str = "") -> str:
    assert old in GITHUB
    return changed() + GITHUB.replace(old, new)


def test_production_has_every_service_of_the_account_on() -> None:
    security = present(parsed(changed()).security)
    assert security.block_public_buckets
    assert security.encrypt_volumes
    assert security.password_policy
    assert security.access_analyzer
    assert security.cis_alarms
    assert security.trail
    assert security.threat_detection
    assert security.config_recorder


def test_a_table_without_effect_is_refused() -> None:
    prod = changed(*SECURITY_OFF)
    start, end = prod.index("[security.trail]"), prod.index("[network]")
    assert refusal(prod[:start] + prod[end:]) == [
        "security: has no effect; set one of its settings, or remove the table"
    ]
    assert parsed(prod[:start] + "[security.threat_detection]\nfeatures = []\n" + prod[end:]).security


def test_the_table_security_can_be_left_out() -> None:
    prod = changed()
    start, end = prod.index("[security]"), prod.index("[network]")
    assert parsed(prod[:start] + prod[end:]).security is None


def test_alarms_without_a_trail_are_refused() -> None:
    prod = changed()
    start, end = prod.index("[security.trail]"), prod.index("[security.threat_detection]")
    assert refusal(prod[:start] + prod[end:]) == [
        "security.cis_alarms = true: the alarms need the trail; add [security.trail], or set it to false"
    ]


def test_a_lock_longer_than_the_retention_is_refused() -> None:
    assert refusal(changed(("retention_days = 2557", "retention_days = 90"))) == [
        "security.trail.lock_days = 365: must be retention_days = 90 or less, because locked files cannot be deleted"
    ]


def test_a_lock_without_protected_data_is_refused() -> None:
    assert (
        "security.trail.lock_days = 365: must not be set where protect_data = false, because a locked trail cannot "
        "be destroyed; remove it, or set protect_data = true"
    ) in refusal(changed(("protect_data = true", "protect_data = false")))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("retention_days = 2557", "retention_days = 0", "security.trail.retention_days = 0: must be 1 or more"),
        (
            'features = ["S3_DATA_EVENTS"',
            'features = ["S3_DATA_EVENT"',
            (
                'security.threat_detection.features[0] = "S3_DATA_EVENT": did you mean "S3_DATA_EVENTS"? Allowed: '
                '"S3_DATA_EVENTS", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS", "EKS_AUDIT_LOGS", '
                '"EBS_MALWARE_PROTECTION"'
            ),
        ),
        (
            '"CONTINUOUS"',
            '"HOURLY"',
            'security.config_recorder.frequency = "HOURLY": allowed: "CONTINUOUS", "DAILY"',
        ),
        (
            "lock_days = 365 ",
            "lock_day = 365 ",
            (
                "security.trail.lock_day = 365: unknown setting; did you mean lock_days? "
                "Allowed: retention_days, lock_days"
            ),
        ),
        (
            "retention_days = 2557",
            "",
            "security.trail.retention_days: is missing; days that the bucket keeps its files",
        ),
    ],
)
def test_a_wrong_setting_in_a_table_that_may_be_left_out_is_reported(old: str, new: str, message: str) -> None:
    assert refusal(changed((old, new))) == [message]


def test_a_branch_of_a_repository_may_apply() -> None:
    github = present(parsed(with_github()).security).github
    assert github
    assert (github.repository, github.branch, github.create_provider) == ("acme/infrastructure", "main", True)


@pytest.mark.parametrize("name", ["a/b", "Acme-1/infra.live_2", "acme/" + "x" * 100])
def test_a_valid_repository_is_accepted(name: str) -> None:
    github = present(parsed(with_github("acme/infrastructure", name)).security).github
    assert github
    assert github.repository == name


@pytest.mark.parametrize(
    "name",
    [
        "infrastructure",
        "acme/*",
        "*/infrastructure",
        "acme/infra?",
        "https://github.com/acme/infrastructure",
        "acme/infrastructure/",
        "-acme/infrastructure",
        "acme--x/infrastructure",
        "a" * 40 + "/infrastructure",
        "acme/..",
        "acme/" + "x" * 101,
        "acme/infrastructure:ref",
        "",
    ],
)
def test_an_invalid_repository_is_refused(name: str) -> None:
    (line,) = refusal(with_github("acme/infrastructure", name))
    assert line.startswith("security.github.repository = ")
    assert line.endswith('is not a valid GitHub repository; use owner and name, like "acme/infrastructure", not a URL')


@pytest.mark.parametrize(
    ("branch", "message"),
    [
        ("refs/heads/main", 'is a ref; use the branch only, like "main"'),
        ("*", 'is not a valid branch; use its full name, like "main", without wildcards'),
        ("release/*", 'is not a valid branch; use its full name, like "main", without wildcards'),
        ("a..b", 'is not a valid branch; use its full name, like "main", without wildcards'),
    ],
)
def test_an_invalid_branch_is_refused(branch: str, message: str) -> None:
    assert refusal(with_github('"main"', f'"{branch}"')) == [f'security.github.branch = "{branch}": {message}']


def test_an_invalid_environment_is_refused() -> None:
    assert refusal(with_github('branch = "main"', 'environment = "prod*"')) == [
        (
            'security.github.environment = "prod*": is not a valid GitHub environment; '
            'use its full name, like "production", without wildcards'
        )
    ]


def test_neither_branch_nor_environment_is_refused() -> None:
    assert refusal(with_github('branch = "main"')) == [
        'security.github.branch: is missing; add the branch that may apply, like "main", or a GitHub environment'
    ]


def test_branch_and_environment_at_once_are_refused() -> None:
    assert refusal(with_github('branch = "main"', 'branch = "main"\nenvironment = "production"')) == [
        (
            'security.github.environment = "production": cannot be set with branch: the token of a job '
            "with an environment has no branch; remove one"
        )
    ]


HUB = 'security_hub = ["fsbp", "cis"] #'


def test_security_hub_can_be_left_out() -> None:
    assert present(parsed(changed((HUB, "#"))).security).security_hub is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[]", 'security.security_hub: must have at least one standard, "fsbp" or "cis"; add one, or remove the line'),
        ('["cis", "cis"]', 'security.security_hub[1]: "cis" is listed twice; remove one'),
    ],
)
def test_standards_that_make_no_sense_are_refused(line: str, message: str) -> None:
    assert refusal(changed((HUB, f"security_hub = {line} #"))) == [message]


def test_an_unknown_standard_is_refused() -> None:
    (message,) = refusal(changed((HUB, 'security_hub = ["pci"] #')))
    assert "security.security_hub[0]" in message
    assert "fsbp" in message


def test_security_hub_without_aws_config_is_refused() -> None:
    prod = changed()
    start = prod.index("[security.config_recorder]")
    end = prod.index("# The roles of GitHub Actions", start)
    (message,) = refusal(prod[:start] + prod[end:])
    assert message.startswith("security.security_hub: ")
    assert message.endswith(
        "its checks read what AWS Config records; add [security.config_recorder], or remove the line"
    )
