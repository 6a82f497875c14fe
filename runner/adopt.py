"""What a killed Terraform had made and not yet written into the state, taken over by the next run.

While it applies, Terraform writes a remote state at most every 20 seconds. `kill -9` would leave what was made since
without an owner: a VPC is then made a second time, a log group fails with "already exists". But Terraform has told the
log each resource with its id.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from runner.events import Diagnostic

# Types whose import takes their id, by the pages of the provider: https://registry.terraform.io/providers/hashicorp/aws
BY_ID: Final = re.compile(
    r"aws_(?:"
    r"acm_certificate|cloudfront_distribution|cloudwatch_log_group|dynamodb_table|ecr_repository|eip|flow_log"
    r"|iam_policy|iam_role|iam_role_policy|internet_gateway|kms_alias|kms_key|lb|lb_listener|lb_listener_rule"
    r"|lb_target_group|nat_gateway|network_acl|route53_zone|route_table|s3_bucket(?:_\w+)?|secretsmanager_secret"
    r"|security_group|sns_topic|sqs_queue|ssm_parameter|subnet|vpc|vpc_endpoint"
    r"|vpc_security_group_egress_rule|vpc_security_group_ingress_rule"
    r")"
)
_ENDED: Final = "Apply complete!"  # told when the state is written
_NOT_THERE: Final = re.compile(r'to "([^"]+)"')
_CREATED: Final = '"action":"create"'


def made(log: Path) -> dict[str, str]:
    """Address to id of all that the log's apply has made, if it did not come to its end."""
    if not log.is_file():
        return {}
    text = log.read_text(encoding="utf-8", errors="replace")
    if _ENDED in text.rpartition("$ terraform apply")[2]:
        return {}
    events = [_event(line) for line in text.splitlines() if '"apply_complete"' in line and _CREATED in line]
    hooks = [event.get("hook", {}) for event in events]
    return {hook["resource"]["addr"]: hook["id_value"] for hook in hooks if hook.get("id_value")}


def import_blocks(made: Mapping[str, str], resources: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """Terraform JSON that imports what an id is enough for; {} if there is no such thing.

    Args:
        made: Address to id of what the state lacks.
        resources: Names by type of what is configured: Terraform refuses to import anything else.
    """
    blocks = []
    for address, id_ in sorted(made.items()):
        type_, _, name = address.partition(".")
        if BY_ID.fullmatch(type_) and name.partition("[")[0] in resources.get(type_, ()):
            blocks.append({"to": address, "id": id_})
    return {"import": blocks} if blocks else {}


def not_there_any_more(diagnostics: Collection[Diagnostic]) -> set[str]:
    """Addresses whose import failed because somebody has removed the thing."""
    found = (_NOT_THERE.search(each.detail) for each in diagnostics if "non-existent remote object" in each.summary)
    return {match[1] for match in found if match}


def _event(line: str) -> dict[str, Any]:
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:  # the line that it was killed at
        return {}
    return event
