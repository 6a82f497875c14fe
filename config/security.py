"""Settings of the layer `security`: audit and protection of the account, and the roles of GitHub Actions."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from config.errors import Problem
from config.model import Check, Model

_MAX_DAYS: Final = 36_500
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html (100 years)"""

# https://docs.github.com/en/rest/repos/repos and what GitHub's sign-up accepts
_OWNER: Final = r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}"
_REPOSITORY: Final = rf"{_OWNER}/(?!\.{{1,2}}$)[A-Za-z0-9._-]{{1,100}}"
_REF: Final = r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}"
_ENVIRONMENT: Final = r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}"


ThreatDetectionFeature = Literal[
    "S3_DATA_EVENTS", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION"
]
"""https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html"""

SecurityStandard = Literal["fsbp", "cis"]
"""AWS Foundational Security Best Practices, and the CIS AWS Foundations Benchmark.

https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html
"""


def _repository(value: str) -> str:
    if re.fullmatch(_REPOSITORY, value):
        return value
    message = 'is not a valid GitHub repository; use owner and name, like "acme/infrastructure", not a URL'
    raise ValueError(message)


def _branch(value: str) -> str:
    if value.startswith("refs/"):
        message = 'is a ref; use the branch only, like "main"'
        raise ValueError(message)
    if re.fullmatch(_REF, value) and ".." not in value and not value.endswith(("/", ".", ".lock")):
        return value
    message = 'is not a valid branch; use its full name, like "main", without wildcards'
    raise ValueError(message)


def _environment(value: str) -> str:
    if re.fullmatch(_ENVIRONMENT, value):
        return value
    message = 'is not a valid GitHub environment; use its full name, like "production", without wildcards'
    raise ValueError(message)


def _text(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


def _check_lock_days(retention_days: int, lock_days: int | None) -> Iterator[Problem]:
    if lock_days is not None and lock_days > retention_days:
        yield Problem(
            key="lock_days",
            value=lock_days,
            allowed=f"must be retention_days = {retention_days} or less, because locked files cannot be deleted",
        )


def _check_subject(branch: str | None, environment: str | None) -> Iterator[Problem]:
    if branch is None and environment is None:
        yield Problem(
            key="branch",
            allowed='is missing; add the branch that may apply, like "main", or a GitHub environment',
        )
    if branch is not None and environment is not None:
        yield Problem(
            key="environment",
            value=environment,
            allowed="cannot be set with branch: the token of a job with an environment has no branch; remove one",
        )


def _check_alarm_trail(trail: "TrailSettings | None", cis_alarms: bool) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if cis_alarms and trail is None:
        yield Problem(
            key="cis_alarms",
            value=cis_alarms,
            allowed="the alarms need the trail; add [security.trail], or set it to false",
        )


def _check_security_hub(
    security_hub: tuple[str, ...] | None, config_recorder: "ConfigRecorderSettings | None"
) -> Iterator[Problem]:
    if security_hub is None:
        return
    if not security_hub:
        yield Problem(
            key="security_hub", allowed='must have at least one standard, "fsbp" or "cis"; add one, or remove the line'
        )
    for index, standard in enumerate(security_hub):
        if standard in security_hub[:index]:
            yield Problem(key=f"security_hub[{index}]", value=standard, allowed="is listed twice; remove one")
    # https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-setup-prereqs.html
    if config_recorder is None:
        yield Problem(
            key="security_hub",
            value=list(security_hub),
            allowed="its checks read what AWS Config records; add [security.config_recorder], or remove the line",
        )


class TrailSettings(Model):
    """The record of every call to AWS, in all regions."""

    retention_days: int = Field(ge=1, le=_MAX_DAYS)
    """Days that the bucket keeps its files."""

    lock_days: int | None = Field(default=None, ge=1, le=_MAX_DAYS)
    """Days during which a file cannot be deleted, not even by the root user; set it before the bucket is created."""

    checks: ClassVar[tuple[Check, ...]] = (_check_lock_days,)


class ThreatDetectionSettings(Model):
    """GuardDuty: it analyzes the trail, the flow logs and the DNS queries, and more with features."""

    features: tuple[ThreatDetectionFeature, ...] = Field(json_schema_extra={"uniqueItems": True})
    """Further data sources; each is charged by its volume. What is not listed is switched off."""


class ConfigRecorderSettings(Model):
    """AWS Config: the configuration history of each resource."""

    frequency: Literal["CONTINUOUS", "DAILY"]
    """Every change, or at most one per day; each record costs 0.003 USD."""

    retention_days: int = Field(ge=1, le=_MAX_DAYS)
    """Days that the bucket keeps the records."""

    create_service_role: bool = True
    """False if the account has AWSServiceRoleForConfig already, from the console or from another environment.

    An account has it once. With false Terraform forgets the role that it created, and does not delete it.
    """


class GithubSettings(Model):
    """The roles that GitHub Actions assumes without a stored access key: one plans, one applies."""

    repository: Annotated[str, AfterValidator(_repository), _text(_REPOSITORY)]
    """Owner and name exactly as on GitHub, including uppercase letters."""

    branch: Annotated[str, AfterValidator(_branch), _text(_REF)] | None = None
    """The branch whose workflows may apply, unless environment is set."""

    environment: Annotated[str, AfterValidator(_environment), _text(_ENVIRONMENT)] | None = None
    """The GitHub environment whose jobs may apply, unless branch is set; it can require an approval.

    Jobs of the environment with this name and `-plan` may plan, without one.
    """

    plan_pull_requests: bool
    """Whether pull requests may plan; everybody who can push a branch can then read what the plan reads."""

    create_provider: bool = True
    """False if the account has GitHub's identity provider already: it can only have one."""

    checks: ClassVar[tuple[Check, ...]] = (_check_subject,)


class SecuritySettings(Model):
    """Audit and protection of the account; leave out what a central account already does."""

    block_public_buckets: bool
    """No bucket of the account can become public, whatever its own settings are."""

    encrypt_volumes: bool
    """New EBS volumes are encrypted, and snapshots cannot be shared publicly."""

    password_policy: bool
    """Long passwords for the account's IAM users, if there are any."""

    access_analyzer: bool
    """IAM Access Analyzer: lists the resources that other accounts can access."""

    cis_alarms: bool
    """The alarms of the CIS benchmark on the trail: root user, sign-in without MFA, changed policies."""

    security_hub: Annotated[tuple[SecurityStandard, ...], Field(json_schema_extra={"uniqueItems": True})] | None = None
    """Security Hub's checks of the account by these standards; each check is charged, about 10 USD a month for both."""

    trail: TrailSettings | None = None
    """CloudTrail; without the table there is none."""

    threat_detection: ThreatDetectionSettings | None = None
    """GuardDuty; without the table there is none.

    It costs 4.00 USD for a million calls to AWS, and 1.00 USD per GB of network logs.
    """

    config_recorder: ConfigRecorderSettings | None = None
    """AWS Config; without the table there is none."""

    github: GithubSettings | None = None
    """Roles for GitHub Actions; without the table there are none."""

    checks: ClassVar[tuple[Check, ...]] = (_check_alarm_trail, _check_security_hub)

    def problems(self) -> Iterator[Problem]:
        """The checks, and that the table has an effect: a layer needs at least one resource."""
        yield from super().problems()
        if all(value in (None, False) for _, value in self):
            yield Problem(key="", allowed="has no effect; set one of its settings, or remove the table")
