"""What CloudFront is told of the load balancer cannot be changed afterwards."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from modules.service.origin import Origin


def test_an_origin_is_a_value() -> None:
    origin = Origin(host_name="origin.users.example.com", vpc_origin_id=None)
    assert origin == Origin(host_name="origin.users.example.com", vpc_origin_id=None)
    with pytest.raises(FrozenInstanceError):
        origin.host_name = "another.example.com"  # type: ignore[misc]
