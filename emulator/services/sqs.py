"""Amazon SQS: moto writes a redrive policy with spaces."""

from __future__ import annotations

import json
from typing import Any

from moto.sqs.models import Queue

from emulator.registry import patch


@patch(Queue, "attributes")
def compact_redrive_policy(original: Any, queue: Any) -> dict[str, Any]:
    """Give the policy without spaces, as AWS does: the provider compares it as text with its own compact form.

    https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/sqs/queue.go
    """
    attributes: dict[str, Any] = original(queue)
    if queue.redrive_policy:
        attributes["RedrivePolicy"] = json.dumps(queue.redrive_policy, separators=(",", ":"))
    return attributes
