"""Whether the internet finds the zone of the environment's names: no certificate is issued before that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from preflight.account import unless_missing
from preflight.check import Check
from preflight.line import Line, ok, problem, unreadable
from preflight.platform import tags_from
from runner.name_servers import Delegation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.account import Account
    from preflight.platform import Platform

_SHOWN_ZONES: Final = 3


LookUp = Callable[[str], Delegation]
"""Asks DNS about a zone."""


def checks(platform: Platform, account: Account, look_up: LookUp) -> Iterator[Check]:
    """A check for each zone: one that is created, or one that exists and gets records."""
    for name in sorted(platform.names("aws_route53_zone", "name")):
        yield Check(f"zone {name}", partial(_created, name, platform, account, look_up))
    for zone_id in sorted(platform.names("aws_route53_record", "zone_id")):
        yield Check(f"zone {zone_id}", partial(_existing, zone_id, platform, account, look_up))


def _created(name: str, platform: Platform, account: Account, look_up: LookUp) -> Iterator[Line]:
    subject = f"zone {name}"
    client = account.client("route53")
    found = client.list_hosted_zones_by_name(DNSName=name)["HostedZones"]
    zones = [zone for zone in found if _plain(zone["Name"]) == name and not zone["Config"].get("PrivateZone")]
    ids = [zone["Id"].rpartition("/")[2] for zone in zones]
    own = [zone_id for zone_id in ids if _is_own(zone_id, platform, client)]
    if own:
        yield _delegated(subject, name, client.get_hosted_zone(Id=own[0]), platform, look_up)
    elif ids:
        fix = (
            f'In {platform.file}, [domain], set create_zone = false and zone_id = "{ids[0]}". '
            "Or delete that zone, if nothing uses it."
        )
        yield problem(
            subject, f"{', '.join(ids[:_SHOWN_ZONES])} exists; a second zone of this name would not be asked", fix
        )
    else:
        yield ok(subject, "will be created; delegate it when the layer `domain` prints its name servers")


def _is_own(zone_id: str, platform: Platform, client: Any) -> bool:  # noqa: ANN401 - boto3 has no types
    tags = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id)["ResourceTagSet"]["Tags"]
    return platform.owns(tags_from(tags))


def _existing(zone_id: str, platform: Platform, account: Account, look_up: LookUp) -> Iterator[Line]:
    subject = f"zone {zone_id}"
    zone = unless_missing(lambda: account.client("route53").get_hosted_zone(Id=zone_id), "NoSuchHostedZone")
    if zone is None:
        fix = f"In {platform.file}, [domain], correct zone_id: `aws route53 list-hosted-zones` lists them."
        yield problem(subject, "does not exist in this account", fix)
        return
    name = _plain(zone["HostedZone"]["Name"])
    domains = platform.names("aws_acm_certificate", "domain_name")
    outside = sorted(domain for domain in domains if domain != name and not domain.endswith(f".{name}"))
    if outside:
        fix = f"In {platform.file}, [domain], use the zone_id of the zone of {outside[0]}."
        yield problem(subject, f"is the zone {name}, which has no place for {', '.join(outside)}", fix)
        return
    yield _delegated(subject, name, zone, platform, look_up)


def _delegated(
    subject: str,
    name: str,
    zone: Any,  # noqa: ANN401 - boto3 has no types
    platform: Platform,
    look_up: LookUp,
) -> Line:
    if zone["HostedZone"].get("Config", {}).get("PrivateZone"):
        return problem(subject, "is a private zone, which no certificate authority sees", "Use a public hosted zone.")
    expected = {_plain(server) for server in zone["DelegationSet"]["NameServers"]}
    listed = " ".join(sorted(expected))
    if not platform.regions_with("aws_acm_certificate_validation"):
        return ok(subject, f"no certificate waits for its delegation; its name servers: {listed}")
    seen = look_up(name)
    if seen.failure:
        return unreadable(
            subject, f"DNS could not be asked: {seen.failure}", f"`dig +trace NS {name}` must end with: {listed}"
        )
    if seen.name_servers != expected:
        fix = f"At the parent domain, enter an NS record for {name} with exactly: {listed}"
        servers = ", ".join(sorted(seen.name_servers))
        return problem(subject, f"is delegated to {servers}" if servers else "is not delegated", fix)
    return ok(subject, "is delegated to its name servers")


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
