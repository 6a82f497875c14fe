"""Parses ARNs, which most errors about another region or service need."""

from __future__ import annotations

from typing import NamedTuple

_PARTS = 6


class Arn(NamedTuple):
    """The parts of an ARN; region and account may be empty."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def parse_arn(text: str) -> Arn | None:
    """Return the parts of an ARN, or None if the text is not a valid ARN.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    prefix, *parts = text.split(":", maxsplit=_PARTS - 1)
    if prefix != "arn" or len(parts) < _PARTS - 1:
        return None
    arn = Arn(*parts)
    return arn if arn.partition and arn.service and arn.resource else None
