import pytest

from config.load import load_environment
from config.logs import LogSettings
from tests.config.examples import changed, refusal
from tests.fixtures import FOLDER

LOGS = "retention_days = 365"
# The setting that overrides retention_days, and the property with the effective value.
OVERRIDES = {
    "flow_logs_days": "flow_log_retention_days",
    "postgres_days": "postgres_retention_days",
    "documentdb_days": "documentdb_retention_days",
    "functions_days": "function_retention_days",
    "services_days": "service_retention_days",
    "firewall_days": "firewall_retention_days",
    "trail_days": "trail_retention_days",
    "dns_days": "dns_retention_days",
    "load_balancer_days": "load_balancer_retention_days",
    "cloudfront_days": "cloudfront_retention_days",
    "bucket_access_days": "bucket_access_retention_days",
}
IN_BUCKETS = ("load_balancer_days", "cloudfront_days", "bucket_access_days")


def effective(logs: LogSettings) -> dict[str, int]:
    return {setting: getattr(logs, name) for setting, name in OVERRIDES.items()}


def test_every_setting_but_the_first_overrides_it() -> None:
    assert set(OVERRIDES) == set(LogSettings.model_fields) - {"retention_days", "forward_to"}


def test_one_number_applies_to_all_logs() -> None:
    assert effective(LogSettings(retention_days=30)) == dict.fromkeys(OVERRIDES, 30)


@pytest.mark.parametrize("setting", OVERRIDES)
def test_a_log_with_its_own_setting_is_kept_for_that_number_of_days(setting: str) -> None:
    logs = LogSettings.model_validate({"retention_days": 30, setting: 400})
    assert effective(logs) == dict.fromkeys(OVERRIDES, 30) | {setting: 400}


@pytest.mark.parametrize(
    ("environment", "days"),
    [
        ("dev", dict.fromkeys(OVERRIDES, 7) | {"load_balancer_days": 14, "bucket_access_days": 14}),
        (
            "staging",
            dict.fromkeys(OVERRIDES, 30) | dict.fromkeys(("flow_logs_days", "services_days", *IN_BUCKETS), 90),
        ),
        ("prod", dict.fromkeys(OVERRIDES, 365)),
    ],
)
def test_the_committed_environments_keep_their_logs_as_designed(environment: str, days: dict[str, int]) -> None:
    assert effective(load_environment(environment, folder=FOLDER).logs) == days


@pytest.mark.parametrize("setting", sorted(set(OVERRIDES).difference(IN_BUCKETS)))
def test_a_retention_that_cloudwatch_does_not_have_is_refused_with_the_nearest(setting: str) -> None:
    (line,) = refusal(changed((LOGS, f"{LOGS}\n{setting} = 360")))
    assert line.startswith(f"logs.{setting} = 360: is not a valid retention of CloudWatch Logs; the nearest is 365 ")


@pytest.mark.parametrize("setting", IN_BUCKETS)
def test_logs_in_a_bucket_can_be_kept_for_any_number_of_days(setting: str) -> None:
    assert effective(LogSettings.model_validate({"retention_days": 30, setting: 45}))[setting] == 45
    assert refusal(changed((LOGS, f"{LOGS}\n{setting} = 0"))) == [f"logs.{setting} = 0: must be 1 or more"]
