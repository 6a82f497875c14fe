from __future__ import annotations

from typing import TYPE_CHECKING, Any

import botocore.session
import pytest

from emulator.http import SIGNING_NAMES
from emulator.registry import REGISTRY, operation, patch
from emulator.store import Kind, Scope, Store
from emulator.tagging import to_list, to_map

if TYPE_CHECKING:
    from emulator import Emulator


class Owner:
    def __init__(self) -> None:
        self.number = 1

    def method(self) -> int:
        return self.number

    @staticmethod
    def static(number: int) -> int:
        return number

    @classmethod
    def of_class(cls) -> str:
        return cls.__name__

    @property
    def held(self) -> int:
        return self.number


@pytest.mark.parametrize(
    ("name", "call", "expected"),
    [
        ("method", lambda owner: owner.method(), 2),
        ("static", lambda owner: owner.static(1), 2),
        ("of_class", lambda owner: owner.of_class(), "Owner!"),
        ("held", lambda owner: owner.held, 2),
    ],
)
def test_a_patch_gets_the_original_of_every_kind_of_member(name: str, call: Any, expected: object) -> None:
    class Patched(Owner):
        """A separate class, so that the patch ends with the test."""

    def more(original: Any, *arguments: Any) -> Any:
        found = original(*arguments)
        return "Owner!" if isinstance(found, str) else found + 1

    patch(Patched, name)(more)

    assert call(Patched()) == expected


def test_a_patch_of_a_missing_member_fails_at_once() -> None:
    with pytest.raises(AttributeError, match="gone"):
        patch(Owner, "gone")


def test_an_operation_cannot_be_registered_twice(emulator: Emulator) -> None:
    assert emulator.url
    with pytest.raises(ValueError, match="xray:CreateGroup is registered twice"):
        operation("xray", "CreateGroup")(lambda params, _: params)


def test_every_registered_operation_exists_in_aws(emulator: Emulator) -> None:
    assert emulator.url
    session = botocore.session.get_session()
    unknown = [
        f"{service}:{name}"
        for service, name in REGISTRY.operations()
        if name not in session.get_service_model(service).operation_names
    ]

    assert unknown == []


def test_every_registered_service_is_found_by_its_signing_name(emulator: Emulator) -> None:
    assert emulator.url
    session = botocore.session.get_session()
    for service in {service for service, _ in REGISTRY.operations()}:
        signed_for = session.get_service_model(service).signing_name
        assert SIGNING_NAMES.get(signed_for, signed_for) == service


def test_tables_are_separate_by_kind_account_and_region() -> None:
    store = Store()
    regional: Kind[int] = Kind("a", missing="None")
    other: Kind[int] = Kind("b", missing="None")
    store.table(regional, "1", "x")["key"] = 1

    assert store.table(regional, "1", "x") == {"key": 1}
    assert not store.table(other, "1", "x")
    assert not store.table(regional, "2", "x")
    assert not store.table(regional, "1", "y")


def test_a_table_of_the_account_is_the_same_in_every_region() -> None:
    store = Store()
    kind: Kind[int] = Kind("a", missing="None", scope=Scope.ACCOUNT)
    store.table(kind, "1", "x")["key"] = 1

    assert store.table(kind, "1", "y") == {"key": 1}


def test_tags_survive_conversion_to_a_map_and_back() -> None:
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]

    assert to_list(to_map(tags)) == tags
    assert to_map([{"Key": "c"}]) == {"c": ""}
