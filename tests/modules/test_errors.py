"""The error of a wrong construct says where it is."""

from __future__ import annotations

from constructs import Construct

from modules.errors import WiringError
from tests.template import new_stack


def test_the_message_starts_with_the_path_of_the_construct() -> None:
    construct = Construct(Construct(new_stack(), "api"), "role")
    assert str(WiringError(construct, "pass a key")) == "test-unit/api/role: pass a key"
