"""What the text of a setting says that it costs is what the price list says, at the prices of us-east-1."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from config.descriptions import descriptions
from config.environment import Environment
from config.model import Model, item_model, table_model
from pricing.prices import HOURS_PER_MONTH, SPOT_SHARE, format_usd, monthly_usd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

AMOUNT = re.compile(r"([0-9][0-9.,]*) USD")
TOLERANCE = 0.01
MOST_ROUNDING = 0.05
"""What a text may differ by, as a share of the amount: in any case, and if it is rounded to its last digit."""
NOT_PRICES = {"monthly_usd", "impact_usd"}
"""Settings that are an amount, so that their texts may name one that the price list does not have."""


def usd(name: str, quantity: float = 1) -> float:
    return monthly_usd(name, region="us-east-1", quantity=quantity)


def task(vcpus: float, memory_gib: float) -> float:
    return usd("fargate_arm_vcpu", vcpus) + usd("fargate_arm_memory", memory_gib)


STORED = usd("s3_storage")
CANARY = usd("canary_run", 12 * HOURS_PER_MONTH)
"""A canary that runs every five minutes."""
T3 = usd("postgres/db.t3.medium")
AMOUNTS: Mapping[str, tuple[float, ...]] = {
    "TracingSettings.insights": (usd("trace_insights"),),
    "TracingSettings.sampling_percent": (usd("traces"),),
    "Environment.firewall": (usd("waf_web_acl"), usd("waf_rule"), usd("waf_requests")),
    "Environment.load_balancer": (usd("load_balancer"), usd("load_balancer_capacity"), usd("public_ipv4")),
    "BackupsSettings.noncurrent_version_days": (STORED,),
    "BackupsSettings.intelligent_tiering_after_days": (
        usd("s3_tiering_infrequent"),
        STORED,
        usd("s3_tiering_monitoring"),
    ),
    "BackupPlanSettings.daily_days": (usd("backup_rds_snapshot"), usd("backup_documentdb_snapshot")),
    "CanarySettings.interval_minutes": (usd("canary_run"), CANARY),
    "ClusterSettings.container_insights": (usd("metric"),),
    "ConfigRecorderSettings.frequency": (usd("config_item"),),
    "CopyTargets.files_minutes": (usd("s3_replication_time_control"),),
    "DocumentdbSettings.instance_class": (usd("documentdb/db.t3.medium"), usd("documentdb/db.r5.large")),
    "DocumentdbSettings.instances": (usd("documentdb/db.t3.medium"),),
    "DocumentdbSettings.backup_retention_days": (usd("documentdb_backup"),),
    "DomainSettings.dnssec": (usd("kms_key"),),
    "DomainSettings.query_logging": (usd("logs_ingested"),),
    "DomainSettings.health_check": (usd("route53_health_check") + usd("route53_health_check_option"),),
    "HealthCheckSettings.interval_seconds": (usd("route53_health_check_option"),),
    "DrillSettings.postgres_class": (usd("postgres/db.t4g.micro") / HOURS_PER_MONTH,),
    "DrillSettings.documentdb_class": (usd("documentdb/db.t3.medium") / HOURS_PER_MONTH,),
    "EdgeSettings.price_class": (usd("cloudfront_data"),),
    "EdgeSettings.monitoring": (usd("metric", 8),),
    "FirewallSettings.managed_rules": (usd("waf_rule"),),
    "LogSettings.retention_days": (usd("logs_stored"), STORED, usd("logs_ingested")),
    "NetworkSettings.nat_gateways": (usd("nat_gateway"), usd("public_ipv4"), usd("nat_gateway_data")),
    "NetworkSettings.interface_endpoints": (usd("interface_endpoint"), usd("interface_endpoint_data")),
    "PostgresSettings.instance_class": (T3, usd("postgres/db.t4g.micro"), usd("postgres/db.m7g.large")),
    "PostgresSettings.multi_az": (T3,),
    "PostgresSettings.replicas": (T3,),
    "PostgresSettings.storage_gib": (usd("postgres_storage"), usd("postgres_storage_multi_az")),
    "PostgresSettings.backup_retention_days": (usd("postgres_backup"),),
    "PostgresSettings.monitoring_interval_seconds": (usd("logs_ingested"),),
    "PostgresSettings.insights_retention_days": (usd("insights_retention_t3"),),
    "PostgresSettings.proxy": (usd("postgres_proxy", 2), usd("secrets_manager_secret", 2)),
    "RecoverySettings.region": (usd("inter_region_data"),),
    "RegistrySettings.keep_builds": (usd("ecr_storage"),),
    "RegistrySettings.scanning": (usd("inspector_image"), usd("inspector_image_again")),
    "SecuritySettings.security_hub": (usd("security_hub_check", 10_000),),
    "SecuritySettings.threat_detection": (usd("guardduty_events"), usd("guardduty_logs")),
    "ServiceSettings.cpu_units": (usd("fargate_arm_vcpu"),),
    "ServiceSettings.memory_mib": (usd("fargate_arm_memory"),),
    "ServiceSettings.architecture": (usd("fargate_arm_vcpu"), usd("fargate_x86_vcpu")),
    "ServiceSettings.spot_percent": (task(1, 2), task(1, 2) * SPOT_SHARE),
    "ServiceSettings.tracing": (usd("traces"),),
}
"""The amounts in the text of each setting that names one, in their order."""


def models(model: type[Model], seen: set[type[Model]]) -> Iterator[type[Model]]:
    """The model and all tables below it, each once."""
    if model in seen:
        return
    seen.add(model)
    yield model
    for field in model.model_fields.values():
        below = table_model(field) or item_model(field)
        if below is not None:
            yield from models(below, seen)


def texts() -> dict[str, str]:
    return {
        f"{model.__name__}.{setting}": text
        for model in models(Environment, set())
        for setting, text in descriptions(model).items()
        if setting not in NOT_PRICES
    }


def is_amount(text: str, amount: float) -> bool:
    """Whether a text like "33" or "7.30" is this amount."""
    digits = text.replace(",", "")
    rounding: float = 0.5 * 10.0 ** -len(digits.partition(".")[2])
    return abs(float(digits) - amount) <= max(amount * TOLERANCE, min(rounding, amount * MOST_ROUNDING))


@pytest.mark.parametrize("setting", AMOUNTS)
def test_the_text_of_a_setting_has_the_prices_of_the_list(setting: str) -> None:
    found, expected = AMOUNT.findall(texts()[setting]), AMOUNTS[setting]
    assert len(found) == len(expected), f"AMOUNTS has not every amount in the text of {setting}"
    for text, amount in zip(found, expected, strict=True):
        assert is_amount(text, amount), f"{setting} says {text} USD; by pricing/prices.toml it is {format_usd(amount)}"


@pytest.mark.parametrize(
    ("text", "amount", "fits"),
    [("33", 32.85, True), ("12", 11.68, True), ("36", 32.85, False), ("0.045", 0.046, False), ("1,618", 1617.68, True)],
)
def test_an_amount_may_be_rounded_and_not_wrong(text: str, amount: float, fits: bool) -> None:  # noqa: FBT001 (a case)
    assert is_amount(text, amount) is fits


def test_no_text_names_a_price_that_is_not_compared() -> None:
    named = {setting: amounts for setting, text in texts().items() if (amounts := AMOUNT.findall(text))}
    assert {setting: amounts for setting, amounts in named.items() if setting not in AMOUNTS} == {}, "add it to AMOUNTS"


def test_what_a_person_must_weigh_up_names_its_price() -> None:
    weighed: dict[str, Any] = {
        "NetworkSettings": ("nat_gateways", "interface_endpoints"),
        "PostgresSettings": ("instance_class", "multi_az", "replicas", "backup_retention_days", "proxy"),
        "DocumentdbSettings": ("instance_class", "instances", "backup_retention_days"),
        "ServiceSettings": ("cpu_units", "memory_mib", "architecture", "spot_percent"),
        "BackupsSettings": ("noncurrent_version_days", "intelligent_tiering_after_days"),
        "LogSettings": ("retention_days",),
        "RecoverySettings": ("region",),
        "BackupPlanSettings": ("daily_days",),
        "DomainSettings": ("dnssec", "query_logging", "health_check"),
    }
    missing = [
        f"{model}.{setting}"
        for model, settings in weighed.items()
        for setting in settings
        if not AMOUNT.search(texts()[f"{model}.{setting}"])
    ]
    assert missing == []


def test_twice_the_price_of_one_class_is_its_price_in_two_zones() -> None:
    """What the text of multi_az says; AWS's price for db.t4g.small is a bit higher."""
    in_two = usd("postgres_multi_az/db.t4g.small")
    assert in_two == pytest.approx(2 * usd("postgres/db.t4g.small"), rel=0.02)
    assert usd("postgres_storage_multi_az") == 2 * usd("postgres_storage")
