"""Amazon Route 53: moto gives all zones the same name servers, and accepts records that AWS refuses.

It also finds a log group only by an ARN that ends in ":*", and lists missing reusable sets.
"""

from __future__ import annotations

import hashlib
import itertools
from typing import TYPE_CHECKING, Any, Final

from moto.route53.models import DelegationSet, FakeZone, Route53Backend, route53_backends

from emulator.dns import canonical, is_in_zone
from emulator.errors import AwsError
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

_ALL_STREAMS = ":*"
_GLOBAL = "aws"
_NUMBERS = itertools.count()
# The domains of Route 53's name servers, and the first number of each.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
_SERVER_DOMAINS: Final = {"com": 0, "net": 512, "org": 1024, "co.uk": 1536}
_SERVERS_PER_DOMAIN = 512
_SERVERS_PER_NUMBER = 8
_AT_THE_TOP = {"NS", "SOA"}


@patch(DelegationSet, "__init__")
def give_own_name_servers(
    original: Any,
    delegation_set: Any,
    caller_reference: str,
    name_servers: list[str] | None,
    delegation_set_id: str | None,
) -> None:
    """Give each set name servers of its own, one in each of four domains."""
    original(delegation_set, caller_reference, name_servers, delegation_set_id)
    if name_servers is None:
        digest = hashlib.sha256(f"{next(_NUMBERS)} {delegation_set.id}".encode()).digest()
        numbers = [int.from_bytes(digest[at : at + 2], "big") % _SERVERS_PER_DOMAIN for at in range(0, 8, 2)]
        delegation_set.name_servers = [
            f"ns-{first + number}.awsdns-{number // _SERVERS_PER_NUMBER:02}.{domain}"
            for number, (domain, first) in zip(numbers, _SERVER_DOMAINS.items(), strict=True)
        ]


@patch(FakeZone, "__init__")
def number_zone(original: Any, zone: Any, *args: Any, **kwargs: Any) -> None:
    """Remember which zone was created first."""
    original(zone, *args, **kwargs)
    zone.created_number = next(_NUMBERS)


@guard("route53", "ChangeResourceRecordSets")
def refuse_wrong_records(params: Shape, context: Context) -> None:
    """Refuse a batch if one of its records cannot be in the zone; the changes before it in the batch count.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
    """
    zone = context.backend(route53_backends, _GLOBAL).get_hosted_zone(params["HostedZoneId"])
    records = {(canonical(each.name), each.type, each.set_identifier) for each in zone.rrsets}
    problems: list[str] = []
    for change in params["ChangeBatch"]["Changes"]:
        record = change["ResourceRecordSet"]
        key = (canonical(record["Name"]), record["Type"], record.get("SetIdentifier"))
        if change["Action"] == "DELETE":
            problems += _problems_of_deletion(zone, *key[:2])
            records.discard(key)
            continue
        problems += _problems_of_record(zone, records, key, creates=change["Action"] == "CREATE")
        records.add(key)
    if problems:
        raise AwsError(code="InvalidChangeBatch", message=f"[{', '.join(problems)}]")


def _problems_of_deletion(zone: Any, name: str, type_: str) -> Iterator[str]:
    """https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html."""
    if name == canonical(zone.name) and type_ in _AT_THE_TOP:
        count = "exactly one SOA record" if type_ == "SOA" else "at least one NS record for the zone itself"
        yield f"A HostedZone must contain {count}."


def _problems_of_record(
    zone: Any, records: set[tuple[str, str, Any]], key: tuple[str, str, Any], *, creates: bool
) -> Iterator[str]:
    """https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#CNAMEFormat."""
    name, type_, _ = key
    others = {other_type for other_name, other_type, _ in records if other_name == name and other_type != type_}
    what = f"RRSet of type {type_} with DNS name {name}. is not permitted"
    at_zone = f"zone {canonical(zone.name)}."
    if not is_in_zone(name, zone):
        yield f"RRSet with DNS name {name}. is not permitted in {at_zone}"
    elif type_ == "CNAME" and name == canonical(zone.name):
        yield f"{what} at apex in {at_zone}"
    elif type_ == "CNAME" and others:
        yield f"{what} as it conflicts with other records with the same DNS name in {at_zone}"
    elif "CNAME" in others:
        yield f"{what} because a conflicting RRSet of type CNAME with the same DNS name already exists in {at_zone}"
    elif creates and key in records:
        yield f"Tried to create resource record set [name='{name}.', type='{type_}'] but it already exists"


@guard("route53", "DeleteHostedZone")
def refuse_to_delete_zone_with_records(params: Shape, context: Context) -> None:
    """Refuse while the zone has a record that Route 53 did not make; moto lets NS records for other zones go.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html
    """
    zone = context.backend(route53_backends, _GLOBAL).get_hosted_zone(params["Id"])
    if any(canonical(each.name) != canonical(zone.name) or each.type not in _AT_THE_TOP for each in zone.rrsets):
        message = "The specified hosted zone contains non-required resource record sets and so cannot be deleted."
        raise AwsError(code="HostedZoneNotEmpty", message=message)


@patch(Route53Backend, "create_query_logging_config")
def find_log_group(original: Any, backend: Any, hosted_zone_id: str, log_group_arn: str) -> Any:
    """Find the log group by the ARN that Terraform uses, which AWS accepts as well."""
    config = original(backend, hosted_zone_id, log_group_arn.removesuffix(_ALL_STREAMS) + _ALL_STREAMS)
    config.cloud_watch_logs_log_group_arn = log_group_arn
    return config


@patch(Route53Backend, "list_reusable_delegation_sets")
def list_created_sets(original: Any, backend: Any) -> list[Any]:
    """List only the reusable sets that were created: moto has one without an id for each zone without a set."""
    return [delegation_set for delegation_set in original(backend) if delegation_set.id]
