"""Web ACLs: moto drops the data protection, and cannot remove a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.wafv2.models import FakeWebACL, WAFV2Backend

from emulator.registry import Context, after, patch
from emulator.services.wafv2.scopes import backend_of

if TYPE_CHECKING:
    from emulator.store import Shape


@patch(FakeWebACL, "to_dict")
def show_data_protection(original: Any, acl: Any) -> dict[str, Any]:
    """Return the data protection with the other settings."""
    return {**original(acl), "DataProtectionConfig": getattr(acl, "data_protection_config", None)}


@patch(WAFV2Backend, "update_web_acl")
def replace_settings(original: Any, backend: Any, *given: Any) -> str:
    """Replace all settings by those of the call; moto keeps one that is missing or empty.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateWebACL.html
    """
    (name, identifier, _, rules, description, _, _, bodies, captcha, challenge, domains, association) = given
    token: str = original(backend, *given)
    acl = backend.get_web_acl(None, name, identifier)
    acl.rules = acl.rules if rules else []
    acl.description = description or ""
    acl.custom_response_bodies = bodies
    acl.captcha_config = captcha
    acl.challenge_config = challenge
    acl.token_domains = domains
    acl.association_config = association
    return token


@after("wafv2", "CreateWebACL", "UpdateWebACL")
def keep_data_protection(params: Shape, context: Context) -> None:
    """Store the data protection of the call."""
    acl = next(one for one in backend_of(params["Scope"], context).wacls.values() if one.name == params["Name"])
    acl.data_protection_config = params.get("DataProtectionConfig")
