"""What an account or a region has only once: AWS refuses a second one, whoever made the first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from preflight.account import unless_missing
from preflight.check import Check
from preflight.line import Line, ok, problem
from preflight.platform import tags_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from preflight.account import Account
    from preflight.platform import Platform

    Find = Callable[[Platform, Account, str], Iterator[Line]]

_CONFIG_SERVICE: Final = "config.amazonaws.com"
_CONFIG_ROLE: Final = "AWSServiceRoleForConfig"
"""https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html"""

_MONITOR: Final = "anomaly monitor of AWS services"

_NO_ENTITY: Final = "NoSuchEntity"
_OIDC: Final = "oidc-provider/"


def checks(platform: Platform, account: Account) -> Iterator[Check]:
    """A check for each singleton that the environment creates, or that it expects to be there."""
    for kind, title, find in (
        ("aws_config_configuration_recorder", "AWS Config recorder", _recorder),
        ("aws_config_delivery_channel", "AWS Config delivery channel", _channel),
        ("aws_guardduty_detector", "GuardDuty detector", _detector),
        ("aws_accessanalyzer_analyzer", "account analyzer", _analyzer),
    ):
        for region in platform.regions_with(kind):
            subject = f"{title}, {region}"
            yield Check(
                subject,
                partial(find, subject, platform, account, region),
            )
    if platform.regions_with("aws_ce_anomaly_monitor"):
        yield Check(_MONITOR, partial(_monitor, platform, account))
    if platform.regions_with("aws_config_configuration_recorder"):
        yield Check(_CONFIG_ROLE, partial(_config_role, platform, account))
    for arn, is_created in sorted(_identity_providers(platform).items()):
        yield Check(
            "GitHub's identity provider",
            partial(_identity_provider, platform, account, arn, is_created=is_created),
        )


def _recorder(subject: str, platform: Platform, account: Account, region: str) -> Iterator[Line]:
    # A recorder that an AWS service made for itself does not count: it has the service's principal.
    # https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html
    found = account.client("config", region).describe_configuration_recorders()["ConfigurationRecorders"]
    names = [item["name"] for item in found if not item.get("servicePrincipal")]
    own = platform.names("aws_config_configuration_recorder", "name", region=region)
    yield _config_line(subject, platform, names, own)


def _channel(subject: str, platform: Platform, account: Account, region: str) -> Iterator[Line]:
    found = account.client("config", region).describe_delivery_channels()["DeliveryChannels"]
    own = platform.names("aws_config_delivery_channel", "name", region=region)
    yield _config_line(subject, platform, [item["name"] for item in found], own)


def _config_line(subject: str, platform: Platform, names: list[str], own: set[str]) -> Line:
    foreign = [name for name in names if name not in own]
    if foreign:
        fix = (
            f"The account is recorded already: leave [security.config_recorder] out of {platform.file}. "
            "Or delete what records now."
        )
        return problem(subject, f"{', '.join(foreign)} exists, and AWS allows one", fix)
    return ok(subject, "this environment's" if names else "there is none")


def _detector(subject: str, platform: Platform, account: Account, region: str) -> Iterator[Line]:
    client = account.client("guardduty", region)
    for detector in account.items("guardduty", region, "list_detectors", "DetectorIds"):
        if not platform.owns(client.get_detector(DetectorId=detector).get("Tags") or {}):
            fix = (
                f"GuardDuty is on already: leave [security.threat_detection] out of {platform.file}. "
                "Or take it over: `terraform import`."
            )
            yield problem(subject, f"{detector} exists, and AWS allows one", fix)
            return
        yield ok(subject, "this environment's")
        return
    yield ok(subject, "there is none")


def _analyzer(subject: str, platform: Platform, account: Account, region: str) -> Iterator[Line]:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html: one for the account in each region
    own = platform.names("aws_accessanalyzer_analyzer", "analyzer_name", region=region)
    found = account.items("accessanalyzer", region, "list_analyzers", "analyzers", type="ACCOUNT")
    foreign = [item["name"] for item in found if item["name"] not in own]
    if foreign:
        fix = f"Set access_analyzer = false in {platform.file}, [security]; or delete the analyzer that exists."
        yield problem(subject, f"{', '.join(foreign)} exists, and AWS allows one", fix)
    else:
        yield ok(subject, "this environment's" if found else "there is none")


def _monitor(platform: Platform, account: Account) -> Iterator[Line]:
    # AWS creates one when Cost Explorer is opened for the first time, and allows one for each dimension:
    # https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html
    own = platform.names("aws_ce_anomaly_monitor", "name")
    found = [
        item
        for item in account.items("ce", None, "get_anomaly_monitors", "AnomalyMonitors")
        if (item["MonitorType"], item.get("MonitorDimension")) == ("DIMENSIONAL", "SERVICE")
    ]
    foreign = [item for item in found if item["MonitorName"] not in own]
    if foreign:
        fix = f'Set monitor_arn = "{foreign[0]["MonitorArn"]}" in {platform.file}, [cost.anomaly_detection].'
        yield problem(_MONITOR, f"{foreign[0]['MonitorName']} exists, and AWS allows one", fix)
    else:
        yield ok(_MONITOR, "this environment's" if found else "there is none")


def _config_role(platform: Platform, account: Account) -> Iterator[Line]:
    is_created = any(
        resource.get("aws_service_name") == _CONFIG_SERVICE
        for _, resource in platform.all("aws_iam_service_linked_role")
    )
    role = unless_missing(lambda: account.client("iam").get_role(RoleName=_CONFIG_ROLE)["Role"], _NO_ENTITY)
    table = f"in {platform.file}, [security.config_recorder]"
    if is_created and role and not platform.owns(tags_from(role.get("Tags"))):
        yield problem(_CONFIG_ROLE, "exists, and AWS allows one", f"Set create_service_role = false {table}.")
    elif not is_created and not role:
        yield problem(
            _CONFIG_ROLE, "does not exist, and nothing creates it", f"Set create_service_role = true {table}."
        )
    else:
        yield ok(_CONFIG_ROLE, _presence(role, is_created=is_created))


def _identity_providers(platform: Platform) -> Mapping[str, bool]:
    """The ARN of each provider that a role trusts or that is created, and whether it is created."""
    created = {
        f"arn:aws:iam::{platform.account_id}:{_OIDC}{url.removeprefix('https://')}": True
        for url in platform.names("aws_iam_openid_connect_provider", "url")
    }
    trusted = {
        text.strip('"'): False
        for _, role in platform.all("aws_iam_role")
        for text in str(role.get("assume_role_policy") or "").split('"')
        if f":{_OIDC}" in text and "${" not in text
    }
    return {**trusted, **created}


def _identity_provider(platform: Platform, account: Account, arn: str, *, is_created: bool) -> Iterator[Line]:
    subject, table = "GitHub's identity provider", f"in {platform.file}, [security.github]"
    client = account.client("iam")
    provider = unless_missing(lambda: client.get_open_id_connect_provider(OpenIDConnectProviderArn=arn), _NO_ENTITY)
    if is_created and provider is not None and not platform.owns(tags_from(provider.get("Tags"))):
        found = f"{arn.partition(_OIDC)[2]} exists, and AWS allows one"
        yield problem(subject, found, f"Set create_provider = false {table}.")
    elif not is_created and provider is None:
        yield problem(subject, "does not exist, and nothing creates it", f"Set create_provider = true {table}.")
    else:
        yield ok(subject, _presence(provider, is_created=is_created))


def _presence(found: Any, *, is_created: bool) -> str:  # noqa: ANN401 - an answer of boto3
    if not found:
        return "there is none"
    return "this environment's" if is_created else "exists, as expected"
