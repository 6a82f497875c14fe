"""CloudFront's origin access controls: moto accepts any version, any name twice, and deletes one in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudfront.models import CloudFrontBackend, cloudfront_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard, patch
from emulator.services.cloudfront.etag import new_id, require_match
from emulator.services.cloudfront.usage import GLOBAL, users_by_origin

if TYPE_CHECKING:
    from emulator.store import Shape


@guard("cloudfront", "CreateOriginAccessControl", "UpdateOriginAccessControl")
def refuse_name_of_another(params: Shape, context: Context) -> None:
    """Refuse a name that another access control of the account has.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateOriginAccessControl.html
    """
    name = params["OriginAccessControlConfig"]["Name"]
    controls = context.backend(cloudfront_backends, GLOBAL).origin_access_controls
    if any(one.name == name and one.id != params.get("Id") for one in controls.values()):
        raise AwsError(
            code="OriginAccessControlAlreadyExists",
            message="An origin access control with the same name already exists.",
        )


@guard("cloudfront", "UpdateOriginAccessControl", "DeleteOriginAccessControl")
def require_current_version(params: Shape, context: Context) -> None:
    """Refuse a change that is not based on the current version, and one of a missing access control."""
    require_match(params, context.backend(cloudfront_backends, GLOBAL).get_origin_access_control(params["Id"]).etag)


@guard("cloudfront", "DeleteOriginAccessControl")
def refuse_used_access_control(params: Shape, context: Context) -> None:
    """Refuse to delete an access control that an origin has.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteOriginAccessControl.html
    """
    if users_by_origin(context, lambda origin: origin.origin_access_control_id == params["Id"]):
        raise AwsError(
            code="OriginAccessControlInUse",
            message="Cannot delete the origin access control because it's in use by one or more distributions.",
        )


@patch(CloudFrontBackend, "update_origin_access_control")
def renew_etag(original: Any, backend: Any, control_id: str, config: dict[str, str]) -> Any:
    """Give a changed access control a new version; moto keeps the first one."""
    control = original(backend, control_id, config)
    control.etag = new_id()
    return control
