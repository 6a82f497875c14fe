from __future__ import annotations

import json
from typing import Any


def raw_answer(service: Any, method: str, **parameters: Any) -> Any:
    """Call a JSON service and return the raw body: boto3 parses some dates that the Go SDK cannot parse."""
    bodies: list[bytes] = []

    def keep(http_response: Any, **_: Any) -> None:
        bodies.append(http_response.content)

    service.meta.events.register("after-call", keep)
    try:
        getattr(service, method)(**parameters)
    finally:
        service.meta.events.unregister("after-call", keep)
    return json.loads(bodies[0])
