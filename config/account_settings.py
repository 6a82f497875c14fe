"""What an account has once, whichever environment sets it: two environments in one account must not both own it.

Whoever of two owners is destroyed first takes such a setting from the other, and of some AWS refuses a second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from config.errors import Problem
from config.security import SecuritySettings

_SET_FALSE: Final = "set it to false in one of them"
_REMOVE: Final = "remove it from one of them"

_ENHANCED: Final = "enhanced"


@dataclass(frozen=True, kw_only=True)
class AccountSetting:
    """A setting of the whole account, or of one region of it."""

    key: str
    """The setting in the environment's file."""

    is_regional: bool
    """Whether each region of an account has its own."""

    what: str
    """Why two environments cannot both have it."""

    remedy: str
    """What to do about it."""


_ONE: Final = "AWS allows one"
_SWITCHED_OFF: Final = "the first of the two that is destroyed switches it off for both"

ACCOUNT_SETTINGS: Final = (
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/configuring-block-public-access-account.html
    AccountSetting(key="security.block_public_buckets", is_regional=False, what=_SWITCHED_OFF, remedy=_SET_FALSE),
    # https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
    AccountSetting(key="security.encrypt_volumes", is_regional=True, what=_SWITCHED_OFF, remedy=_SET_FALSE),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    AccountSetting(key="security.password_policy", is_regional=False, what=_SWITCHED_OFF, remedy=_SET_FALSE),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html
    AccountSetting(key="security.access_analyzer", is_regional=True, what=_ONE, remedy=_SET_FALSE),
    # https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html
    AccountSetting(key="security.threat_detection", is_regional=True, what=_ONE, remedy=_REMOVE),
    # https://docs.aws.amazon.com/config/latest/developerguide/configlimits.html
    AccountSetting(key="security.config_recorder", is_regional=True, what=_ONE, remedy=_REMOVE),
    # https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html
    AccountSetting(key="security.config_recorder.create_service_role", is_regional=False, what=_ONE, remedy=_SET_FALSE),
    # https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_EnableSecurityHub.html
    AccountSetting(key="security.security_hub", is_regional=True, what=_ONE, remedy=_REMOVE),
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
    AccountSetting(key="security.github.create_provider", is_regional=False, what=_ONE, remedy=_SET_FALSE),
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryScanningConfiguration.html
    AccountSetting(
        key="registry.scanning",
        is_regional=True,
        what="the last of the two that is applied replaces the other's rules",
        remedy='set "basic" in one of them',
    ),
)


@dataclass(frozen=True, kw_only=True)
class Owner:
    """What an environment sets of its account."""

    environment: str
    account_id: object
    region: object
    keys: frozenset[str]
    """The settings of `ACCOUNT_SETTINGS` that it has."""


def owned_keys(security: SecuritySettings | None, *, scanning: object) -> frozenset[str]:
    """The settings of the account that these tables switch on."""
    owned = {"registry.scanning": scanning == _ENHANCED}
    if security is not None:
        recorder, github = security.config_recorder, security.github
        owned |= {
            "security.block_public_buckets": security.block_public_buckets,
            "security.encrypt_volumes": security.encrypt_volumes,
            "security.password_policy": security.password_policy,
            "security.access_analyzer": security.access_analyzer,
            "security.threat_detection": security.threat_detection is not None,
            "security.config_recorder": recorder is not None,
            "security.config_recorder.create_service_role": recorder is not None and recorder.create_service_role,
            "security.security_hub": security.security_hub is not None,
            "security.github.create_provider": github is not None and github.create_provider,
        }
    return frozenset(key for key, is_on in owned.items() if is_on)


def read_owner(environment: str, table: Mapping[str, Any]) -> Owner:
    """What the file of another environment sets; a table that is not valid is reported with its own file."""
    try:
        security = SecuritySettings.model_validate(table["security"]) if "security" in table else None
    except ValidationError:
        security = None
    registry = table.get("registry")
    return Owner(
        environment=environment,
        account_id=table.get("account_id"),
        region=table.get("region"),
        keys=owned_keys(security, scanning=registry.get("scanning") if isinstance(registry, Mapping) else None),
    )


def check_account_settings(own: Owner, others: Iterable[Owner]) -> Iterator[Problem]:
    """Yield a problem for each setting of the account that another environment in it has, too."""
    for other in others:
        if other.account_id != own.account_id:
            continue
        for setting in ACCOUNT_SETTINGS:
            if setting.key not in own.keys & other.keys:
                continue
            if setting.is_regional and other.region != own.region:
                continue
            if setting.key == "security.config_recorder.create_service_role" and other.region == own.region:
                continue  # two recorders in one region: the problem is the recorder
            where = f"the region {own.region} of the account" if setting.is_regional else "the whole account"
            yield Problem(
                key=setting.key,
                allowed=f'is a setting of {where} {own.account_id}, and "{other.environment}" in that account has it, '
                f"too: {setting.what}; {setting.remedy}",
            )
