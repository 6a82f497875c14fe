"""There is one policy for each boundary, under the name by which the roles refer to it."""

from __future__ import annotations

import pytest

from modules.boundary import Boundary, boundary_name
from modules.errors import WiringError
from modules.security import permissions_boundaries
from modules.security.permissions_boundaries import PermissionsBoundaries
from tests.template import LABEL, Template, new_stack


def test_each_boundary_has_a_policy() -> None:
    stack = new_stack()
    PermissionsBoundaries(stack, "boundaries", label=LABEL)
    names = {policy["name"] for policy in Template.of(stack).all("aws_iam_policy").values()}
    assert names == {boundary_name(LABEL, boundary) for boundary in Boundary}


def test_a_boundary_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions_boundaries, "_USE", ("s3:" + "x" * 6_144,))
    with pytest.raises(WiringError, match=r"test-unit/boundaries: its policy has .* it must have 6144 or fewer"):
        PermissionsBoundaries(new_stack(), "boundaries", label=LABEL)
