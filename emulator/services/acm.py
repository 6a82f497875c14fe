"""AWS Certificate Manager: moto issues every certificate after a minute; AWS, when resolvers find its records."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from moto.acm.models import CertBundle
from moto.cloudfront.models import cloudfront_backends
from moto.core.utils import utcnow
from moto.elbv2.models import elbv2_backends

from emulator.dns import canonical, resolve
from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

_PENDING, _ISSUED, _FAILED, _TIMED_OUT = "PENDING_VALIDATION", "ISSUED", "FAILED", "VALIDATION_TIMED_OUT"
# https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-timed-out.html
_VALIDATION_TIME: Final = timedelta(hours=72)
# https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html
_AMAZON: Final = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")
_WILDCARD: Final = "*."


@patch(CertBundle, "check")
def issue_when_records_are_found(original: Any, bundle: Any) -> None:
    """Issue a certificate once resolvers find the validation records of all its names.

    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """
    if bundle.type != "AMAZON_ISSUED" or bundle.status != _PENDING:
        original(bundle)
    elif all(_is_validated(bundle, name) for name in _names(bundle)):
        bundle.status = _ISSUED if all(map(_may_be_issued, _names(bundle))) else _FAILED
    elif utcnow() - bundle.created_at > _VALIDATION_TIME:
        bundle.status = _TIMED_OUT


@patch(CertBundle, "describe")
def describe_own_records(original: Any, bundle: Any) -> dict[str, Any]:
    """Return validation records that depend on account and name; moto has the same for every account."""
    found: dict[str, Any] = original(bundle)
    certificate = found["Certificate"]
    for option in certificate.get("DomainValidationOptions", ()):
        name, value = _validation_record(bundle, option["DomainName"])
        option["ResourceRecord"] = {"Name": name, "Type": "CNAME", "Value": value}
        if bundle.status == _PENDING and _is_validated(bundle, option["DomainName"]):
            option["ValidationStatus"] = "SUCCESS"
    if bundle.status == _FAILED:
        certificate["FailureReason"] = "CAA_ERROR"
    return found


@guard("acm", "DeleteCertificate")
def refuse_a_certificate_in_use(params: Shape, context: Context) -> None:
    """Refuse while a listener, or a distribution of CloudFront, has the certificate.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html
    https://github.com/hashicorp/terraform-provider-aws/issues/21035 has the message.
    """
    arn = params["CertificateArn"]
    if arn in {*_of_listeners(context), *_of_distributions(context)}:
        message = f"Certificate {arn} in account {context.account} is in use."
        raise AwsError(code="ResourceInUseException", message=message)


def _of_listeners(context: Context) -> Iterator[str]:
    for balancer in list(context.backend(elbv2_backends).load_balancers.values()):
        for listener in list(balancer.listeners.values()):
            yield from listener.certificates


def _of_distributions(context: Context) -> Iterator[str]:
    for one in list(context.backend(cloudfront_backends, "aws").distributions.values()):
        yield one.distribution_config.ViewerCertificate.acm_certificate_arn or ""


def _names(bundle: Any) -> set[str]:
    return {bundle.common_name, *bundle.sans}


def _validation_record(bundle: Any, domain: str) -> tuple[str, str]:
    """Name and value of the CNAME record; a wildcard has the record of the name below it."""
    apex = canonical(domain.removeprefix(_WILDCARD))
    account = bundle.arn.split(":")[4]
    key = f"{account} {apex}"
    name, value = (hashlib.md5(f"{part} {key}".encode(), usedforsecurity=False).hexdigest() for part in ("n", "v"))
    return f"_{name}.{apex}.", f"_{value}.ykybfrwcxw.acm-validations.aws."


def _is_validated(bundle: Any, domain: str) -> bool:
    name, value = _validation_record(bundle, domain)
    return canonical(value) in resolve(name, "CNAME")


def _may_be_issued(domain: str) -> bool:
    """The nearest CAA record on the way up, if there is one, must allow Amazon.

    https://www.rfc-editor.org/rfc/rfc8659#section-3
    """
    labels = canonical(domain.removeprefix(_WILDCARD)).split(".")
    for at in range(len(labels)):
        if records := resolve(".".join(labels[at:]), "CAA"):
            return any(f'"{authority}"' in record for record in records for authority in _AMAZON)
    return True
