"""What CloudFront needs of the load balancer is a value that nobody changes later."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from modules.service.origin import Origin


def test_an_origin_is_fixed() -> None:
    origin = Origin("origin.users.example.com", None)
    with pytest.raises(FrozenInstanceError):
        origin.host_name = "other.example.com"  # type: ignore[misc]
