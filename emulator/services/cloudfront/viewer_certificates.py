"""The alternate domain names of distributions, and the certificate that must cover them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.acm.models import acm_backends
from moto.cloudfront.models import cloudfront_backends

from emulator.dns import CALLED, canonical
from emulator.errors import AwsError
from emulator.registry import Context, guard
from emulator.services.cloudfront.distribution_checks import config_of
from emulator.services.cloudfront.usage import GLOBAL, items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

_REGION: Final = "us-east-1"
_DETAILS: Final = (
    "For more details, see: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html"
    "#alternate-domain-names-requirements"
)
_WITHOUT: Final = (
    "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that "
    f"validates your authorization to use the domain name. {_DETAILS}"
)
_NOT_COVERED: Final = (
    "The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that "
    f"you're trying to add. {_DETAILS}"
)
_NOT_VALID: Final = (
    "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid "
    "certificate chain."
)


@guard("cloudfront", "CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
def refuse_uncovered_names(params: Shape, context: Context) -> None:
    """Refuse a certificate that CloudFront cannot use, and names that it does not cover.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements
    The messages: https://github.com/cloudposse/terraform-aws-cloudfront-s3-cdn/pull/72,
    https://github.com/hashicorp/terraform-provider-aws/issues/13828
    """
    config = config_of(params)
    certificate = config.get("ViewerCertificate") or {}
    arn, aliases = certificate.get("ACMCertificateArn"), items(config, "Aliases")
    if arn:
        bundle = _issued(arn, context)
        covered = {canonical(bundle.common_name), *map(canonical, bundle.sans)}
        # A name that ends with a dot is never covered: https://github.com/widdix/aws-cf-templates/issues/443
        if not all(_is_covered(name.lower(), covered) for name in aliases):
            raise AwsError(code="InvalidViewerCertificate", message=_NOT_COVERED)
    elif aliases and not certificate.get("IAMCertificateId"):
        raise AwsError(code="InvalidViewerCertificate", message=_WITHOUT)


@guard("cloudfront", "CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
def refuse_names_of_others(params: Shape, _: Context) -> None:
    """Refuse a name that another distribution has, in whatever account.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-restrictions
    The message: https://github.com/klaemo/s3-website/issues/25
    """
    wanted = {name.lower() for name in items(config_of(params), "Aliases")}
    for other in _distributions_of_all_accounts():
        names = other.distribution_config.Aliases.get("Items") or ()
        if other.id != params.get("Id") and wanted & {name.lower() for name in names}:
            raise AwsError(
                code="CNAMEAlreadyExists",
                message="One or more of the CNAMEs you provided are already associated with a different resource.",
            )


def _issued(arn: str, context: Context) -> Any:
    """Return moto's certificate if CloudFront can use it: an issued one in us-east-1."""
    bundle = context.backend(acm_backends, _REGION)._certificates.get(arn)  # noqa: SLF001  moto's method raises
    if bundle is not None:
        bundle.check()
    if bundle is None or bundle.status != "ISSUED":
        raise AwsError(code="InvalidViewerCertificate", message=_NOT_VALID)
    return bundle


def _is_covered(name: str, covered: set[str]) -> bool:
    """A wildcard covers one label."""
    return bool({name, f"*.{name.partition('.')[2]}"} & covered)


def _distributions_of_all_accounts() -> Iterator[Any]:
    for account in {account for account, _, service in CALLED.get() if service == "cloudfront"}:
        yield from list(cloudfront_backends[account][GLOBAL].distributions.values())
