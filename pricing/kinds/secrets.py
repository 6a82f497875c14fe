"""KMS keys, secrets, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pricing.charge import Charge, Gap, Item, Site, prices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.resource import Billable

_KEYS: Final = "KMS keys"


@prices("aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key")
def key(resource: Billable, site: Site) -> Iterator[Item]:
    """Each key, and each replica of a multi-region key, in its first year: each of two rotations adds as much."""
    yield Charge(component=_KEYS, price="kms_key", quantity=1)
    if resource.text("customer_master_key_spec") in {"", "SYMMETRIC_DEFAULT"}:
        requests = site.usage.key_requests_ten_thousand
        yield Charge(component=_KEYS, price="kms_requests", quantity=requests, is_usage=True)


@prices("aws_secretsmanager_secret")
def secret(resource: Billable, site: Site) -> Iterator[Item]:
    """Each secret, each replica of one, and its calls."""
    component = "Secrets Manager"
    yield Charge(component=component, price="secrets_manager_secret", quantity=1 + len(resource.blocks("replica")))
    calls = site.usage.secret_calls_ten_thousand
    yield Charge(component=component, price="secrets_manager_calls", quantity=calls, is_usage=True)


@prices("aws_ssm_parameter")
def parameter(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001 (all have these parameters)
    """Advanced ones cost, standard ones do not."""
    tier = resource.text("tier") or "Standard"
    if tier == "Intelligent-Tiering":
        yield Gap(component="Parameter Store", reason="AWS chooses the tier of its parameter")
        return
    price = "parameter_advanced" if tier == "Advanced" else "parameter_standard"
    yield Charge(component="Parameter Store", price=price, quantity=1)
