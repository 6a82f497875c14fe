"""DNSSEC signing of Route 53, which moto lacks: key-signing keys, their states, and the KMS key behind them."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from typing import TYPE_CHECKING, Any, Final

from moto.kms.models import kms_backends
from moto.route53.models import route53_backends

from emulator.arns import parse_arn
from emulator.clock import now
from emulator.dns import canonical, is_published
from emulator.errors import AwsError
from emulator.policy import as_list, matches_pattern, statements
from emulator.registry import Context, guard, operation
from emulator.store import Kind, Scope, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYS: Kind[Shape] = Kind(
    "key-signing key",
    missing="NoSuchKeySigningKey",
    message="The key-signing key doesn't exist.",
    scope=Scope.ACCOUNT,
)
SIGNED: Kind[bool] = Kind("signed zone", missing="DNSSECNotFound", scope=Scope.ACCOUNT)

# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-cmk-requirements.html
_REGION: Final = "us-east-1"
_KEY_SPEC: Final = "ECC_NIST_P256"
_KEY_USAGE: Final = "SIGN_VERIFY"
_PRINCIPAL: Final = "dnssec-route53.amazonaws.com"
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html#KMS-key-policy-for-DNSSEC
_ACTIONS: Final = ("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign")
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-ksk.html
_MOST_KEYS: Final = 2
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_KeySigningKey.html
_NAME: Final = re.compile(r"[A-Za-z0-9_]{3,128}")
_ACTIVE, _INACTIVE = "ACTIVE", "INACTIVE"
# https://www.rfc-editor.org/rfc/rfc6605 (13: ECDSAP256SHA256) and https://www.rfc-editor.org/rfc/rfc4509 (2: SHA-256)
_FLAG, _PROTOCOL, _ALGORITHM, _DIGEST = 257, 3, 13, 2
_POINT_BYTES: Final = 64


@operation("route53", "CreateKeySigningKey")
def create_key(params: Shape, context: Context) -> Shape:
    """Create a key-signing key over a KMS key that Route 53 may use."""
    zone = _zone(params["HostedZoneId"], context)
    name, status, arn = params["Name"], params["Status"], params["KeyManagementServiceArn"]
    others = _keys(zone, context)
    if not _NAME.fullmatch(name):
        message = f'The name "{name}" must have 3 to 128 letters, digits and "_".'
        raise AwsError(code="InvalidKeySigningKeyName", message=message)
    if status not in {_ACTIVE, _INACTIVE}:
        raise AwsError(code="InvalidKeySigningKeyStatus", message=f"The status must be {_ACTIVE} or {_INACTIVE}.")
    if name in {other["Name"] for other in others}:
        message = "You've already created a key-signing key (KSK) with this name or with the same customer managed key."
        raise AwsError(code="KeySigningKeyAlreadyExists", message=message)
    if len(others) >= _MOST_KEYS:
        message = "You've reached the limit for the number of key-signing keys (KSKs)."
        raise AwsError(code="TooManyKeySigningKeys", message=message)
    if arn in {other["KmsArn"] for other in others}:
        raise _invalid_key(arn, "must not be used by another key-signing key of the zone")
    point = _usable_key(arn).private_key.public_key()[-_POINT_BYTES:]
    key = {
        **_records(canonical(zone.name), point),
        "Name": name,
        "KmsArn": arn,
        "Status": status,
        "CreatedDate": now(),
        "LastModifiedDate": now(),
    }
    context.table(KEYS)[_id(zone, name)] = key
    location = f"https://route53.amazonaws.com/2013-04-01/keysigningkey/{zone.id}/{name}"
    return {"ChangeInfo": _change(), "KeySigningKey": key, "Location": location}


@operation("route53", "ActivateKeySigningKey")
def activate_key(params: Shape, context: Context) -> Shape:
    """Use a key for signing."""
    key = context.table(KEYS).require(_id(_zone(params["HostedZoneId"], context), params["Name"]))
    _usable_key(key["KmsArn"])
    key.update(Status=_ACTIVE, LastModifiedDate=now())
    return {"ChangeInfo": _change()}


@operation("route53", "DeactivateKeySigningKey")
def deactivate_key(params: Shape, context: Context) -> Shape:
    """Stop to use a key, unless it is the last one of a signed zone.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeactivateKeySigningKey.html
    """
    zone = _zone(params["HostedZoneId"], context)
    key = context.table(KEYS).require(_id(zone, params["Name"]))
    active = [one for one in _keys(zone, context) if one["Status"] == _ACTIVE]
    if active == [key] and context.table(SIGNED).get(zone.id):
        message = (
            "The key-signing key (KSK) that you specified can't be deactivated because it's the only KSK for a "
            "currently-enabled DNSSEC. Disable DNSSEC signing, or add or enable another KSK."
        )
        raise AwsError(code="KeySigningKeyInUse", message=message)
    key.update(Status=_INACTIVE, LastModifiedDate=now())
    return {"ChangeInfo": _change()}


@operation("route53", "DeleteKeySigningKey")
def delete_key(params: Shape, context: Context) -> Shape:
    """Delete a key that is not used.

    https://github.com/hashicorp/terraform-provider-aws/issues/21368 has the message.
    """
    identifier = _id(_zone(params["HostedZoneId"], context), params["Name"])
    if context.table(KEYS).require(identifier)["Status"] != _INACTIVE:
        message = (
            f"Key Signing Key with name {params['Name']} cannot be deleted because current status is not {_INACTIVE}."
        )
        raise AwsError(code="InvalidKeySigningKeyStatus", message=message)
    context.table(KEYS).remove(identifier)
    return {"ChangeInfo": _change()}


@operation("route53", "GetDNSSEC")
def get_dnssec(params: Shape, context: Context) -> Shape:
    """Return whether a zone is signed, and its keys."""
    zone = _zone(params["HostedZoneId"], context)
    status = "SIGNING" if context.table(SIGNED).get(zone.id) else "NOT_SIGNING"
    return {"Status": {"ServeSignature": status}, "KeySigningKeys": _keys(zone, context)}


@operation("route53", "EnableHostedZoneDNSSEC")
def enable_dnssec(params: Shape, context: Context) -> Shape:
    """Sign a zone that has an active key.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_EnableHostedZoneDNSSEC.html
    """
    zone = _zone(params["HostedZoneId"], context)
    if not any(key["Status"] == _ACTIVE for key in _keys(zone, context)):
        message = "A key-signing key (KSK) with ACTIVE status wasn't found."
        raise AwsError(code="KeySigningKeyWithActiveStatusNotFound", message=message)
    context.table(SIGNED)[zone.id] = True
    return {"ChangeInfo": _change()}


@operation("route53", "DisableHostedZoneDNSSEC")
def disable_dnssec(params: Shape, context: Context) -> Shape:
    """Stop to sign a zone to which no DS record in another zone points.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_DisableHostedZoneDNSSEC.html
    """
    zone = _zone(params["HostedZoneId"], context)
    if not _keys(zone, context):
        raise AwsError(code="DNSSECNotFound", message="The hosted zone doesn't have any DNSSEC resources.")
    if is_published(zone.name, "DS"):
        message = (
            "The key-signing key (KSK) is specified in a parent DS record: remove the DS record from the parent zone, "
            "and wait for its TTL."
        )
        raise AwsError(code="KeySigningKeyInParentDSRecord", message=message)
    context.table(SIGNED).pop(zone.id, None)
    return {"ChangeInfo": _change()}


@guard("route53", "DeleteHostedZone")
def refuse_zone_with_keys(params: Shape, context: Context) -> None:
    """Refuse to delete a zone with key-signing keys.

    https://github.com/hashicorp/terraform-provider-aws/issues/21368
    """
    if _keys(_zone(params["Id"], context), context):
        message = "The specified hosted zone contains DNSSEC Key Signing Keys and so cannot be deleted."
        raise AwsError(code="HostedZoneNotEmpty", message=message)


def _zone(identifier: str, context: Context) -> Any:
    return context.backend(route53_backends, "aws").get_hosted_zone(identifier.removeprefix("/hostedzone/"))


def _id(zone: Any, name: str) -> str:
    return f"{zone.id}/{name}"


def _keys(zone: Any, context: Context) -> list[Shape]:
    return [key for identifier, key in context.table(KEYS).items() if identifier.startswith(f"{zone.id}/")]


def _usable_key(arn: str) -> Any:
    """Return moto's KMS key, or refuse one that Route 53 cannot use.

    https://github.com/hashicorp/terraform-provider-aws/issues/29778 has the message about the policy.
    """
    parsed = parse_arn(arn)
    if parsed is None or (parsed.service, parsed.region) != ("kms", _REGION):
        raise _invalid_key(arn, f"must be in {_REGION}")
    key = kms_backends[parsed.account][_REGION].keys.get(parsed.resource.removeprefix("key/"))
    if key is None or key.key_state != "Enabled":
        raise _invalid_key(arn, "must exist and must be enabled")
    if (key.key_spec, key.key_usage) != (_KEY_SPEC, _KEY_USAGE):
        raise _invalid_key(arn, f"must have the key spec {_KEY_SPEC} and the usage {_KEY_USAGE}")
    granted = [statement for statement in statements(key.policy) if _admits_route53(statement)]
    actions = [one for statement in granted for one in as_list(statement.get("Action", []))]
    if not all(any(matches_pattern(one.lower(), action.lower()) for one in actions) for action in _ACTIONS):
        message = (
            f"The CMK with ARN {arn} did not grant all required permissions for DNSSEC usage. Please review your "
            "key-policy, and verify that you and Route 53 have permissions to perform the following actions: "
            "DescribeKey, GetPublicKey, and Sign."
        )
        raise AwsError(code="InvalidKMSArn", message=message)
    return key


def _admits_route53(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    services = as_list(principal.get("Service")) if isinstance(principal, dict) else [principal]
    return statement["Effect"] == "Allow" and bool({_PRINCIPAL, "*"} & set(services))


def _invalid_key(arn: str, problem: str) -> AwsError:
    return AwsError(
        code="InvalidKMSArn",
        message=f"The KeyManagementServiceArn {arn} is not valid to use with DNSSEC signing: the key {problem}.",
    )


def _records(name: str, point: bytes) -> Shape:
    """Return what resolvers and the zone above get of a public key.

    https://www.rfc-editor.org/rfc/rfc4034#section-5.1.4 and #appendix-B
    """
    data = struct.pack("!HBB", _FLAG, _PROTOCOL, _ALGORITHM) + point
    total = sum(byte << 8 if index % 2 == 0 else byte for index, byte in enumerate(data))
    tag = (total + (total >> 16)) & 0xFFFF
    owner = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    digest = hashlib.sha256(owner + data).hexdigest().upper()
    public = base64.b64encode(point).decode()
    return {
        "Flag": _FLAG,
        "SigningAlgorithmMnemonic": "ECDSAP256SHA256",
        "SigningAlgorithmType": _ALGORITHM,
        "DigestAlgorithmMnemonic": "SHA-256",
        "DigestAlgorithmType": _DIGEST,
        "KeyTag": tag,
        "DigestValue": digest,
        "PublicKey": public,
        "DSRecord": f"{tag} {_ALGORITHM} {_DIGEST} {digest}",
        "DNSKEYRecord": f"{_FLAG} {_PROTOCOL} {_ALGORITHM} {public}",
    }


def _change() -> Shape:
    return {"Id": "/change/C2682N5HXP0BZ4", "Status": "INSYNC", "SubmittedAt": now()}
