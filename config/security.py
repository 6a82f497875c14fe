"""Settings of the layer `security`: who watches the account, and who may change it from GitHub."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from config.errors import Problem
from config.model import Check, Model

_MAX_DAYS: Final = 36_500
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html (100 years)"""

# https://docs.github.com/en/rest/repos/repos and what GitHub's own sign-up accepts
_OWNER: Final = r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}"
_REPOSITORY: Final = rf"{_OWNER}/(?!\.{{1,2}}$)[A-Za-z0-9._-]{{1,100}}"
_REF: Final = r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}"
_ENVIRONMENT: Final = r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}"


ThreatDetectionFeature = Literal["S3_DATA_EVENTS", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS"]
"""https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html"""


def _repository(value: str) -> str:
    if re.fullmatch(_REPOSITORY, value):
        return value
    message = 'is not a GitHub repository; use owner and name, like "acme/infrastructure", without address and wildcard'
    raise ValueError(message)


def _branch(value: str) -> str:
    if value.startswith("refs/"):
        message = 'is a ref; use the branch alone, like "main"'
        raise ValueError(message)
    if re.fullmatch(_REF, value) and ".." not in value and not value.endswith(("/", ".", ".lock")):
        return value
    message = 'is not a valid branch; use its whole name, like "main": a wildcard would let others in'
    raise ValueError(message)


def _environment(value: str) -> str:
    if re.fullmatch(_ENVIRONMENT, value):
        return value
    message = 'is not a valid GitHub environment; use its whole name, like "production": a wildcard would let others in'
    raise ValueError(message)


def _text(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


def _check_lock_days(retention_days: int, lock_days: int | None) -> Iterator[Problem]:
    if lock_days is not None and lock_days > retention_days:
        yield Problem(
            key="lock_days",
            value=lock_days,
            allowed=f"is more than retention_days = {retention_days}: nothing can be deleted while it is locked",
        )


def _check_subject(branch: str | None, environment: str | None) -> Iterator[Problem]:
    if branch is None and environment is None:
        yield Problem(
            key="branch",
            allowed='is missing; name the branch that may apply, like "main", or a GitHub environment',
        )
    if branch is not None and environment is not None:
        yield Problem(
            key="environment",
            value=environment,
            allowed="GitHub names one or the other in its token: a job with an environment has no branch; remove one",
        )


def _check_alarm_trail(trail: "TrailSettings | None", cis_alarms: bool) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if cis_alarms and trail is None:
        yield Problem(
            key="cis_alarms",
            value=cis_alarms,
            allowed="they read the trail, and there is none; add [security.trail] or set false",
        )


class TrailSettings(Model):
    """The record of every call to AWS, in all regions."""

    retention_days: int = Field(ge=1, le=_MAX_DAYS)
    """Days that the bucket keeps it."""

    lock_days: int | None = Field(default=None, ge=1, le=_MAX_DAYS)
    """Days that nobody, root included, can delete an entry; only for a bucket that is not yet made."""

    checks: ClassVar[tuple[Check, ...]] = (_check_lock_days,)


class ThreatDetectionSettings(Model):
    """GuardDuty: it reads the trail, the flow logs and the DNS queries, and more by feature."""

    features: tuple[ThreatDetectionFeature, ...]
    """What else it reads; each is charged by what it reads."""


class ConfigRecorderSettings(Model):
    """AWS Config: how each resource was configured at any time."""

    frequency: Literal["CONTINUOUS", "DAILY"]
    """Every change, or at most one a day; each record is charged."""

    retention_days: int = Field(ge=1, le=_MAX_DAYS)
    """Days that the bucket keeps them."""

    create_service_role: bool = True
    """False where the account has AWSServiceRoleForConfig already, from the console or from another environment."""


class GithubSettings(Model):
    """The roles that GitHub Actions assumes without a stored key: one plans, one applies."""

    repository: Annotated[str, AfterValidator(_repository), _text(_REPOSITORY)]
    """Owner and name as GitHub writes them, capital letters included."""

    branch: Annotated[str, AfterValidator(_branch), _text(_REF)] | None = None
    """The branch whose workflows may apply; without it, an environment."""

    environment: Annotated[str, AfterValidator(_environment), _text(_ENVIRONMENT)] | None = None
    """The GitHub environment whose jobs may apply: it can ask people for approval first."""

    plan_pull_requests: bool
    """Whether pull requests may plan; who can push a branch can then read what the plan reads."""

    create_provider: bool = True
    """False where the account trusts GitHub already: an account has one such provider."""

    checks: ClassVar[tuple[Check, ...]] = (_check_subject,)


class SecuritySettings(Model):
    """What watches and closes the account; leave out what a central account does already."""

    block_public_buckets: bool
    """No bucket of the account can become public, whatever its own settings say."""

    encrypt_volumes: bool
    """New EBS volumes are encrypted, and snapshots cannot be shared with everybody."""

    password_policy: bool
    """Long passwords for the account's IAM users, should there ever be one."""

    access_analyzer: bool
    """Lists the resources that others can reach."""

    cis_alarms: bool
    """The alarms of the CIS benchmark on the trail: root use, sign-in without MFA, changes of policies."""

    trail: TrailSettings | None = None
    """CloudTrail; without the table there is none."""

    threat_detection: ThreatDetectionSettings | None = None
    """GuardDuty; without the table there is none."""

    config_recorder: ConfigRecorderSettings | None = None
    """AWS Config; without the table there is none."""

    github: GithubSettings | None = None
    """Roles for GitHub Actions; without the table there are none."""

    checks: ClassVar[tuple[Check, ...]] = (_check_alarm_trail,)

    def problems(self) -> Iterator[Problem]:
        """The checks, and that the table is there for something: without a resource there is no layer."""
        yield from super().problems()
        if all(value in (None, False) for _, value in self):
            yield Problem(key="", allowed="switches nothing on; remove the table")
