"""Drawings of the synthesized JSON, as Mermaid: the order of the layers, and who may connect to whom."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Final

from conformance.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.view import Seen
    from synthesis.manifest import Stack

_GROUP: Final = "aws_security_group"
_INGRESS: Final = "aws_vpc_security_group_ingress_rule"
_EGRESS: Final = "aws_vpc_security_group_egress_rule"
_ANYWHERE: Final = {"0.0.0.0/0", "::/0"}
_USERS: Final = "users"
_CLOUDFRONT: Final = "cloudfront"
_VIEWER_PORTS: Final = (80, 443)
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html"""
_HEADING: Final = ("```mermaid", "flowchart LR")


def layer_order(stacks: Mapping[str, Stack]) -> str:
    """An arrow from each layer to those that are applied after it, without those that follow from other arrows."""
    needs: dict[str, set[str]] = {}
    for stack in stacks.values():
        before = {stacks[id_].layer for id_ in stack.dependencies}
        needs.setdefault(stack.layer, set()).update(before - {stack.layer})
    after: dict[str, set[str]] = {}
    """What each layer needs, directly or not."""
    order = list(TopologicalSorter(needs).static_order())
    for layer in order:
        after[layer] = needs[layer].union(*(after[one] for one in needs[layer]))
    direct = {layer: needs[layer] - set().union(*(after[one] for one in needs[layer])) for layer in order}
    return _block(f"{before} --> {layer}" for layer in order for before in sorted(direct[layer], key=order.index))


def connections(stacks: Mapping[str, Stack], environment: str) -> str:
    """Who may open connections to whom, and on which port: all that the security groups of an environment let in."""
    view = View(stacks, environment)
    arrows: dict[tuple[str, str], set[str]] = {}
    for rule in view.some(_INGRESS):
        (end,) = _referred(view, rule, "security_group_id")
        for start in _peers(view, rule):
            arrows.setdefault((start, end), set()).add(_port(rule))
    if any(start == _CLOUDFRONT for start, _ in arrows):
        arrows[_USERS, _CLOUDFRONT] = {str(port) for port in _VIEWER_PORTS}
    named = {name for arrow in arrows for name in arrow}
    boxes: dict[str, set[str]] = {}
    for group in view.some(_GROUP):
        if _path(group) in named:
            boxes.setdefault(stacks[group.place.stack].layer, set()).add(_path(group))
    return _block(
        [
            *(line for layer in sorted(boxes) for line in _box(layer, boxes[layer])),
            *(f"{_id(start)} -->|{', '.join(sorted(arrows[start, end]))}| {_id(end)}" for start, end in sorted(arrows)),
        ]
    )


def connections_out(stacks: Mapping[str, Stack], environment: str) -> str:
    """Who may open connections to any address outside of the VPC, by port."""
    view = View(stacks, environment)
    by_port: dict[str, set[str]] = {}
    for rule in view.some(_EGRESS):
        if _is_anywhere(rule):
            by_port.setdefault(_port(rule), set()).update(_referred(view, rule, "security_group_id"))
    ports = [f"on port {port} {', '.join(f'`{path}`' for path in sorted(by_port[port]))}" for port in sorted(by_port)]
    return f"To any address outside of the VPC: {'; '.join(ports)}."


def _peers(view: View, rule: Seen) -> list[str]:
    """Whom a rule lets in: groups, the users, or CloudFront, whose group AWS makes in the VPC."""
    if _is_anywhere(rule):
        return [_USERS]
    found = _referred(view, rule, "referenced_security_group_id")
    if not found and _CLOUDFRONT in str(rule.arguments):
        return [_CLOUDFRONT]
    if not found:
        message = f"{rule.place} lets in what this drawing does not know"
        raise ValueError(message)
    return found


def _is_anywhere(rule: Seen) -> bool:
    return bool(_ANYWHERE & {rule.arguments.get("cidr_ipv4"), rule.arguments.get("cidr_ipv6")})


def _referred(view: View, rule: Seen, argument: str) -> list[str]:
    return [_path(one) for one in view.referred(rule.place.stack, rule.arguments.get(argument))]


def _port(rule: Seen) -> str:
    first, last = rule.arguments.get("from_port"), rule.arguments.get("to_port")
    return str(first) if first == last else f"{first}-{last}"


def _path(group: Seen) -> str:
    """The path of a group's construct in its stack, without its own name: `postgres/proxy`."""
    path = str(group.arguments["//"]["metadata"]["path"]).partition("/")[2]
    return path.removesuffix("/Default").removesuffix("security-group").rstrip("/-")


def _id(path: str) -> str:
    return path.replace("/", "-")


def _box(layer: str, paths: set[str]) -> list[str]:
    return [f"subgraph {layer}", *(f'  {_id(path)}["{path}"]' for path in sorted(paths)), "end"]


def _block(lines: Iterator[str] | list[str]) -> str:
    return "\n".join([*_HEADING, *(f"  {line}" for line in lines), "```"])
