"""Roles, security groups, encryption, and what watches the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.compute import SERVICES, service, task
from conformance.checks.data import documentdb, no_public_database, postgres
from conformance.checks.edge import counted_rates, counting_rules, firewall_rules, rate_limits
from conformance.checks.network import flow_logs, private_application_and_databases
from conformance.checks.secrets import parameter_store
from conformance.clause import DEV, PROD, clause, instead
from conformance.expect import equals, grants_no_wildcard, is_set, mentions, one_of
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import View

_GROUPS: Final = "tests/modules/network/test_connections.py"
_RULES: Final = "tests/compliance/test_rules.py"
_BUCKET_ENCRYPTION: Final = "aws_s3_bucket_server_side_encryption_configuration"
_INGRESS: Final = "aws_vpc_security_group_ingress_rule"
_OLDEST_TLS: Final = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"


@clause("2.4/1", "tests/modules/test_role.py", "tests/modules/test_boundary.py")
def role_per_service(view: View) -> None:
    """Each service runs with a role of its own, and starts with another one, below a boundary."""
    for name in SERVICES:
        definition = task(view, name)
        for argument in ("task_role_arn", "execution_role_arn"):
            role = definition.follow_one(argument, to="aws_iam_role")
            role.require("name", mentions(f"-{name}-"))
            role.require("permissions_boundary", is_set())


@clause("6.2/4", "tests/compliance/test_actions.py", "tests/modules/test_policy.py", "tests/test_confused_deputy.py")
def minimal_permissions(view: View) -> None:
    """Every policy of every role names its actions, and every role has a boundary."""
    role_per_service(view)
    for policy in view.every("aws_iam_role_policy"):
        policy.require("policy", "Statement", grants_no_wildcard())
    for role in view.every("aws_iam_role"):
        role.require("permissions_boundary", is_set())


@clause("2.1/4", _GROUPS, _RULES)
@clause("2.4/2", _GROUPS, _RULES)
@clause("3.1/5", _GROUPS)
def security_groups(view: View) -> None:
    """Services, load balancer and databases have groups of their own, and rules for one group and port."""
    for name in SERVICES:
        group = service(view, name).follow_one("network_configuration", "security_groups", to="aws_security_group")
        rule = view.one(_INGRESS, {"security_group_id": view.refers_to(group)})
        rule.require("from_port", equals(8443))
        rule.require("to_port", equals(8443))
        rule.require("referenced_security_group_id", mentions("load-balancer"))
    view.one("aws_lb", layer="service").follow("security_groups", to="aws_security_group")
    no_public_database(view)


@clause("6.1/2", _GROUPS, _RULES, "tests/compliance/test_reachability.py")
def least_privilege_groups(view: View) -> None:
    """Of addresses, only dev's load balancer may be reached, at 80 and 443; every other rule names a group."""
    security_groups(view)
    for rule in view.every(_INGRESS):
        if view.environment == DEV and "from-internet" in rule.place.name:
            rule.require("security_group_id", mentions("load-balancer"))
            rule.require("to_port", one_of(80, 443))
            continue
        rule.require("cidr_ipv4", equals(None))
        rule.require("cidr_ipv6", equals(None))
        rule.require("ip_protocol", equals("tcp"))
        rule.require("from_port", equals(rule.require("to_port", is_set())))


@clause("6.2/1", _RULES, "tests/acceptance/test_checks_data.py")
def databases_encrypted_at_rest(view: View) -> None:
    """Both databases, with the platform's own key."""
    for database in (postgres(view), documentdb(view)):
        database.require("storage_encrypted", equals(value=True))
        database.follow("kms_key_id", to="aws_kms_key")


@clause("6.2/2", "tests/test_encryption_in_transit.py", _RULES)
def encrypted_in_transit(view: View) -> None:
    """TLS 1.2 or newer from users to CloudFront or load balancer, from there to the tasks, and to the databases."""
    for listener in view.some("aws_lb_listener", {"protocol": equals("HTTPS")}, layer="service"):
        listener.require("ssl_policy", equals(_OLDEST_TLS))
    for target in view.every("aws_lb_target_group", layer="service"):
        target.require("protocol", equals("HTTPS"))
    if view.environment != DEV:
        distribution = view.one("aws_cloudfront_distribution", layer="edge")
        distribution.require("viewer_certificate", "minimum_protocol_version", equals("TLSv1.2_2021"))
        origin = view.one("aws_cloudfront_vpc_origin", layer="service")
        origin.require("vpc_origin_endpoint_config", "origin_protocol_policy", equals("https-only"))
        view.one("aws_db_proxy", layer="data").require("require_tls", equals(value=True))
    group = postgres(view).follow_one("parameter_group_name", to="aws_db_parameter_group")
    group.require("parameter", item(name="rds.force_ssl"), "value", equals("1"))
    group.require("parameter", item(name="ssl_min_protocol_version"), "value", equals("TLSv1.2"))
    group = documentdb(view).follow_one("db_cluster_parameter_group_name", to="aws_docdb_cluster_parameter_group")
    group.require("parameter", item(name="tls"), "value", equals("tls1.2+"))


@clause("11.2/1", _RULES, "tests/test_encryption_in_transit.py")
def all_data_encrypted(view: View) -> None:
    """At rest: databases, buckets, images, logs, messages, queues. In transit: 6.2/2, and buckets by TLS only."""
    databases_encrypted_at_rest(view)
    encrypted_in_transit(view)
    view.every(_BUCKET_ENCRYPTION)
    view.every("aws_s3_bucket_policy")
    for bucket in view.every("aws_s3_bucket"):
        where = {"bucket": view.refers_to(bucket)}
        encryption = view.one(_BUCKET_ENCRYPTION, where)
        encryption.require(
            "rule", "apply_server_side_encryption_by_default", "sse_algorithm", one_of("aws:kms", "AES256")
        )
        policy = view.one("aws_s3_bucket_policy", where)
        policy.require("policy", "Statement", item(Sid="DenyInsecureTransport"), "Effect", equals("Deny"))
    for repository in view.every("aws_ecr_repository"):
        repository.require("encryption_configuration", "encryption_type", equals("KMS"))
    for kind, argument in (
        ("aws_cloudwatch_log_group", "kms_key_id"),
        ("aws_sns_topic", "kms_master_key_id"),
        ("aws_sqs_queue", "kms_master_key_id"),
    ):
        for resource in view.every(kind):
            resource.require(argument, is_set())


@clause(
    "6.3/1",
    "tests/modules/test_repository.py",
    "tests/build_steps/test_scan.py",
    note="in prod also by Inspector, which finds what becomes known later and costs money",
)
def image_scanning(view: View) -> None:
    """Each image is scanned when it is pushed; in prod it is scanned on, by Inspector."""
    for repository in view.every("aws_ecr_repository", layer="registry"):
        repository.require("image_scanning_configuration", "scan_on_push", equals(value=True))
        repository.require("image_tag_mutability", equals("IMMUTABLE"))
    if view.environment == PROD:
        registry = view.one("aws_ecr_registry_scanning_configuration", layer="registry")
        registry.require("scan_type", equals("ENHANCED"))
        registry.require("rule", "scan_frequency", equals("CONTINUOUS_SCAN"))


@clause(
    "11.2/4",
    "tests/compliance/test_main.py",
    "tests/modules/security/test_security_hub.py",
    note=(
        "the rules of `make compliance` pass in each environment; Security Hub compares prod with CIS and AWS's own "
        "list each day"
    ),
)
def best_practices(view: View) -> None:
    """Locks of the account; in prod also the two lists of Security Hub."""
    for kind, argument in (
        ("aws_s3_account_public_access_block", "block_public_policy"),
        ("aws_ebs_encryption_by_default", "enabled"),
    ):
        view.one(kind, layer="security").require(argument, equals(value=True))
    view.one("aws_accessanalyzer_analyzer", layer="security")
    passwords = view.one("aws_iam_account_password_policy", layer="security")
    passwords.require("minimum_password_length", equals(14))
    if view.environment == PROD:
        hub = view.one("aws_securityhub_account", layer="security")
        for name in ("cis-aws-foundations-benchmark", "aws-foundational-security-best-practices"):
            where = {"standards_arn": mentions(name), "depends_on": mentions(f"{hub.place.kind}.{hub.place.name}")}
            view.one("aws_securityhub_standards_subscription", where, layer="security")


def _closed_and_encrypted(view: View) -> None:
    private_application_and_databases(view)
    least_privilege_groups(view)
    databases_encrypted_at_rest(view)
    encrypted_in_transit(view)
    flow_logs(view)
    parameter_store(view)
    best_practices(view)


@instead(
    "10.2/3",
    environments=(DEV,),
    why="closed and encrypted alike; the firewall counts (6.1), and without GuardDuty and Config, as it has test data",
)
def hardening_of_dev(view: View) -> None:
    """Private networks, least privilege, encryption, a firewall that counts, the locks of the account."""
    _closed_and_encrypted(view)
    counting_rules(view)
    counted_rates(view)
    view.none("aws_guardduty_detector", layer="security")
    view.none("aws_config_configuration_recorder", layer="security")


@clause("10.2/3", "tests/stacks/test_security.py")
def hardening(view: View) -> None:
    """Private networks, least privilege, encryption, the firewall, and what watches the account."""
    _closed_and_encrypted(view)
    firewall_rules(view)
    rate_limits(view)
    view.one("aws_guardduty_detector", layer="security").require("enable", equals(value=True))
    view.one("aws_config_configuration_recorder_status", layer="security").require("is_enabled", equals(value=True))
