from __future__ import annotations

import json
from typing import Any


def raw_answer(service: Any, method: str, **parameters: Any) -> Any:
    """Call a JSON service and return the body as it was sent: boto3 reads dates where the Go SDK reads none."""
    bodies: list[bytes] = []

    def keep(http_response: Any, **_: Any) -> None:
        bodies.append(http_response.content)

    service.meta.events.register("after-call", keep)
    try:
        getattr(service, method)(**parameters)
    finally:
        service.meta.events.unregister("after-call", keep)
    return json.loads(bodies[0])
