"""What AWS says of the web ACL of an environment, compared with its settings; a check of two layers uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from config.firewall_capacity import required_capacity
from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment


def web_acl_problems(
    environment: Environment, session: boto3.Session, scope: Literal["CLOUDFRONT", "REGIONAL"]
) -> Iterator[str]:
    """What is wrong: it needs more than the settings were checked for, has another mode, or its log shows headers."""
    firewall, region = environment.firewall, environment.firewall_region
    if firewall is None or region is None:
        return
    wafv2: Any = session.client("wafv2", region_name=region)
    name = environment.names.name("web", limit=NameLimit.WEB_ACL)
    listed = {item["Name"]: item for item in wafv2.list_web_acls(Scope=scope)["WebACLs"]}
    if name not in listed:
        yield f"there is no web ACL {name} with the scope {scope}"
        return
    acl = wafv2.get_web_acl(Name=name, Scope=scope, Id=listed[name]["Id"])["WebACL"]
    needed = required_capacity(
        groups=firewall.managed_rules.groups,
        address_lists=(firewall.allow_ips, firewall.deny_ips),
        sign_in_paths=firewall.sign_in.paths if firewall.sign_in else (),
        upload_paths=firewall.upload_paths,
    )
    if acl["Capacity"] > needed:
        yield f"the web ACL needs {acl['Capacity']} WCUs, and the settings were checked for {needed}"
    actions = [{**rule.get("Action", {}), **rule.get("OverrideAction", {})} for rule in acl["Rules"]]
    blocks = any("Block" in action or "None" in action for action in actions)
    if blocks != (firewall.mode == "block"):
        yield f"the web ACL {'blocks' if blocks else 'only counts'}, and mode is {firewall.mode}"
    log = wafv2.get_logging_configuration(ResourceArn=acl["ARN"])["LoggingConfiguration"]
    hidden = {field["SingleHeader"]["Name"] for field in log.get("RedactedFields", ()) if "SingleHeader" in field}
    if missing := {"authorization", "cookie"} - hidden:
        yield f"the log of the web ACL shows {', '.join(sorted(missing))}"
