"""How requests reach the load balancer of the layer `service`, and which names lead there from which region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.domain.alias_record import add_alias_records
from modules.domain.balancer_check import BalancerCheck
from modules.domain.certificate import Certificate, CertificateNames
from modules.domain.health_check import HealthCheck
from modules.domain.serving_check import ServingCheck
from modules.service.origin import Origin
from modules.service.vpc_origin import VpcOrigin
from synthesis.manifest import METADATA

if TYPE_CHECKING:
    from modules.domain.alias_record import RecordCheck
    from modules.service.load_balancer import LoadBalancer
    from modules.topic import Topics
    from stacks.base import LayerStack
    from stacks.domain import DomainStack, StandbyDomainStack
    from stacks.network import NetworkStack


class ServiceTraffic:
    """Lets requests in, and leads the names on the certificate here: all of them, or CloudFront's own one."""

    def __init__(
        self,
        stack: LayerStack,
        *,
        load_balancer: LoadBalancer,
        network: NetworkStack,
        domain: DomainStack | StandbyDomainStack,
        site_check: HealthCheck | None,
        topics: Topics | None,
    ) -> None:
        """Add the records with their checks, the certificates of CloudFront's own names, and the rules for requests.

        Args:
            stack: Gets the resources.
            load_balancer: Takes the requests.
            network: Has the VPC of the load balancer.
            domain: Has the names, their zone and their certificate.
            site_check: The check of the site, if it is in another stack; None makes one here if there is to be one.
            topics: What the certificates' and the site's alarms notify; None for no alarms.
        """
        self._stack, self._load_balancer, self._domain, self._topics = stack, load_balancer, domain, topics
        self.origin: Origin | None = None
        """The load balancer for CloudFront; None without CloudFront."""
        self.serving_check: ServingCheck | None = None
        """What leads the names here while this region serves; None if no other one can."""
        config = stack.config
        if config.edge is None or config.origin_name is None:
            load_balancer.allow_from_internet()
            names = domain.names.all
            if site_check is None and config.domain and config.domain.health_check and config.standby_of is None:
                site_check = HealthCheck(
                    stack,
                    "site-check",
                    config=config.domain.health_check,
                    label=stack.label,
                    name=config.domain.name,
                    topics=topics,
                )
        else:
            names = (config.origin_name,)
            self._add_certificate("origin", config.origin_name)
            stack.add_override(f"{METADATA}.zone_name", domain.zone.name)
            vpc_origin = None
            if config.edge.origin == "vpc":
                vpc_origin = VpcOrigin(stack, "origin", label=stack.label, vpc=network.vpc, load_balancer=load_balancer)
            else:
                load_balancer.allow_from_cloudfront()
            self.origin = Origin(host_name=config.origin_name, vpc_origin_id=vpc_origin.id if vpc_origin else None)
        target, check = load_balancer.alias_target, self._serving_check() or site_check
        if config.switched_region:
            target = target.by_check_alone()
        add_alias_records(stack, names=names, zone=domain.zone, target=target, region=stack.region, health_check=check)
        if config.nearest_name:
            self._add_certificate("nearest", config.nearest_name, alarm_name="nearest-certificate")
            add_alias_records(
                stack,
                names=[config.nearest_name],
                zone=domain.zone,
                target=target,
                region=stack.region,
                health_check=self._nearest_check(),
            )

    def _add_certificate(self, id_: str, name: str, *, alarm_name: str = "certificate") -> None:
        """Show a certificate for a name of CloudFront's own.

        Not that name on the domain's certificate: ACM cannot add a name. And beside the listeners, because ACM deletes
        no certificate that one of them uses.
        """
        certificate = Certificate(
            self._stack,
            f"{id_}-certificate",
            names=CertificateNames(domain_name=name),
            label=self._stack.label,
            zone=self._domain.zone,
            is_proven=self._stack.config.standby_of is not None,  # by the records of the environment's own region
            topics=self._topics,
            alarm_name=alarm_name,
        )
        self._load_balancer.add_certificate(id_, certificate.arn)

    def _serving_check(self) -> RecordCheck | None:
        """What decides whether the names lead here, if another region could answer for them."""
        config = self._stack.config
        if config.switched_region is None:
            return None
        if config.checked_paths and not config.edge:
            return self._nearest_check()  # without CloudFront the names are of services without data
        self.serving_check = ServingCheck(
            self._stack,
            "serving-check",
            label=self._stack.label,
            second_region=config.switched_region,
            of_second=config.standby_of is not None,
        )
        return self.serving_check

    def _nearest_check(self) -> RecordCheck:
        """What decides whether the nearer region can answer."""
        return BalancerCheck(
            self._stack,
            "nearest-check",
            label=self._stack.label,
            host_name=self._load_balancer.dns_name,
            paths=self._stack.config.checked_paths,
        )
