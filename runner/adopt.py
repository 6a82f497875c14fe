"""What a killed Terraform created and did not yet write into the state is adopted by the next run.

During an apply, Terraform writes a remote state at most every 20 seconds. After `kill -9`, what was created since then
is in no state: a VPC is created a second time, a log group fails with "already exists". But Terraform's log has each
resource with its id.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from runner.events import Diagnostic

# Types that are imported by their id, from the pages of the provider: https://registry.terraform.io/providers/hashicorp/aws
BY_ID: Final = re.compile(
    r"aws_(?:"
    r"acm_certificate|cloudfront_distribution|cloudwatch_log_group|dynamodb_table|ecr_repository|eip|flow_log"
    r"|iam_policy|iam_role|iam_role_policy|internet_gateway|kms_alias|kms_key|lb|lb_listener|lb_listener_rule"
    r"|lb_target_group|nat_gateway|network_acl|route53_zone|route_table|s3_bucket(?:_\w+)?|secretsmanager_secret"
    r"|security_group|sns_topic|sqs_queue|ssm_parameter|subnet|vpc|vpc_endpoint"
    r"|vpc_security_group_egress_rule|vpc_security_group_ingress_rule"
    r")"
)
_ENDED: Final = "Apply complete!"  # logged when the state is written
_NOT_THERE: Final = re.compile(r'to "([^"]+)"')
_CREATED: Final = '"action":"create"'


def read_created(log: Path) -> dict[str, str]:
    """Address to id of all that the log's apply created, if that apply did not finish."""
    if not log.is_file():
        return {}
    text = log.read_text(encoding="utf-8", errors="replace")
    if _ENDED in text.rpartition("$ terraform apply")[2]:
        return {}
    events = [_event(line) for line in text.splitlines() if '"apply_complete"' in line and _CREATED in line]
    hooks = [event.get("hook", {}) for event in events]
    return {hook["resource"]["addr"]: hook["id_value"] for hook in hooks if hook.get("id_value")}


def import_blocks(created: Mapping[str, str], resources: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """Terraform JSON that imports the resources whose import needs only an id; {} if there are none.

    Args:
        created: Address to id of what the state lacks.
        resources: Names by type of what is configured: Terraform refuses to import anything else.
    """
    blocks = []
    for address, id_ in sorted(created.items()):
        type_, _, name = address.partition(".")
        if BY_ID.fullmatch(type_) and name.partition("[")[0] in resources.get(type_, ()):
            blocks.append({"to": address, "id": id_})
    return {"import": blocks} if blocks else {}


def find_missing(diagnostics: Collection[Diagnostic]) -> set[str]:
    """Addresses whose import failed because the resource no longer exists."""
    matches = (_NOT_THERE.search(each.detail) for each in diagnostics if "non-existent remote object" in each.summary)
    return {match[1] for match in matches if match}


def _event(line: str) -> dict[str, Any]:
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:  # cut off by the kill
        return {}
    return event
