"""Tags by which the bill can be divided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.ce_cost_allocation_tag import CeCostAllocationTag
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Sequence


class AllocationTags(Construct):
    """Activates tags in the whole account, or in an organization for all its accounts; a destroy deactivates them.

    AWS refuses a tag that it has not seen yet, which takes up to a day after the first resource has it:
    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html
    """

    def __init__(self, scope: Construct, id_: str, *, tags: Sequence[str]) -> None:
        super().__init__(scope, id_)
        for tag in tags:
            CeCostAllocationTag(self, tag.lower(), tag_key=tag, status="Active")
