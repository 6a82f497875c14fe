"""The mirror of parameters: equal in the end whatever happens meanwhile, and what is lost here is kept there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from moto import mock_aws

from lambdas.parameter_mirror.handler import MOST_WRITES, PAUSES, PLACEHOLDER, MirrorError, handler
from modules import parameter
from tests.lambdas.aws_stub import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CURRENT, EMAIL, MARKER = (
    f"/app/prod/{name}" for name in ("jwt/current", "api-keys/email", "recovery/parameters-equal")
)
HOME, THERE = "us-east-1", "us-west-2"
SECRET = "SG.d41d8cd98f00b204e9800998ecf8427e"
KEY = "alias/app-prod-copies"
ALL = {"action": "all"}


def event(name: str) -> dict[str, Any]:
    """What EventBridge sends."""
    return {
        "source": "aws.ssm",
        "detail-type": "Parameter Store Change",
        "detail": {"name": name, "operation": "Update"},
    }


class Stores:
    """Parameter Store in both regions, as Terraform leaves it."""

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {region: boto3.client("ssm", region_name=region) for region in (HOME, THERE)}
        for name in (CURRENT, EMAIL):
            self.put(HOME, name, PLACEHOLDER)
            self.put(THERE, name, PLACEHOLDER)
        self.put(THERE, MARKER, PLACEHOLDER)

    def put(self, region: str, name: str, value: str) -> None:
        self._clients[region].put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)

    def delete(self, region: str, name: str) -> None:
        self._clients[region].delete_parameter(Name=name)

    def get(self, region: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._clients[region].get_parameter(Name=name, WithDecryption=True)["Parameter"]
        return found

    def value(self, region: str, name: str) -> str:
        return str(self.get(region, name)["Value"])

    def described(self, name: str) -> dict[str, Any]:
        filters = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
        (found,) = self._clients[THERE].describe_parameters(ParameterFilters=filters)["Parameters"]
        return cast("dict[str, Any]", found)

    def client(self, region: str | None) -> Any:
        return self._clients[region or HOME]


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": HOME,
        "PARAMETERS": f"{CURRENT} {EMAIL}",
        "MARKER_PARAMETER": MARKER,
        "COPIES_REGION": THERE,
        "KEY_ID": KEY,
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield Stores()


class Disturbed:
    """A client of which something happens before some of its calls."""

    def __init__(self, client: Any, before: Callable[[str, str], None]) -> None:
        self._client, self._before = client, before

    def get_parameter(self, **arguments: Any) -> Any:
        self._before("get", arguments["Name"])
        return self._client.get_parameter(**arguments)

    def put_parameter(self, **arguments: Any) -> Any:
        self._before("put", arguments["Name"])
        return self._client.put_parameter(**arguments)


def disturbed(stores: Stores, there: Callable[[str, str], None]) -> Callable[[str | None], Any]:
    """The clients, of which the one of the second region is disturbed."""
    return lambda region: Disturbed(stores.client(region), there) if region == THERE else stores.client(region)


def test_all_parameters_are_copied_and_the_marker_says_that(stores: Stores) -> None:
    stores.put(HOME, EMAIL, SECRET)
    assert handler(ALL, None) == {"written": [EMAIL], "equal": 1}
    assert stores.value(THERE, EMAIL) == SECRET
    assert stores.get(THERE, MARKER)["Version"] == 2


def test_a_second_run_writes_the_marker_only(stores: Stores) -> None:
    stores.put(HOME, EMAIL, SECRET)
    handler(ALL, None)
    assert handler(ALL, None) == {"written": [], "equal": 2}
    assert (stores.get(THERE, EMAIL)["Version"], stores.get(THERE, MARKER)["Version"]) == (2, 3)


def test_a_copy_is_encrypted_with_the_key_of_the_copies(stores: Stores) -> None:
    stores.put(HOME, EMAIL, SECRET)
    handler(ALL, None)
    found = stores.described(EMAIL)
    assert (found["Type"], found["KeyId"]) == ("SecureString", KEY)


def test_an_event_copies_the_parameter_that_has_changed_and_no_other(stores: Stores) -> None:
    stores.put(HOME, EMAIL, SECRET)
    stores.put(HOME, CURRENT, "new")
    assert handler(event(CURRENT), None) == {"written": [CURRENT], "equal": 0}
    assert (stores.value(THERE, CURRENT), stores.value(THERE, EMAIL)) == ("new", PLACEHOLDER)
    assert stores.value(THERE, MARKER) == PLACEHOLDER


@pytest.mark.usefixtures("stores")
def test_an_event_of_another_parameter_changes_nothing() -> None:
    assert handler(event("/app/prod/postgres/host"), None) == {"written": [], "equal": 0}


@pytest.mark.usefixtures("stores")
def test_an_event_that_asks_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match='must have the action "all"'):
        handler({"action": "some"}, None)


def test_a_deletion_does_not_travel_and_is_reported_after_all_others_are_copied(stores: Stores) -> None:
    stores.put(HOME, CURRENT, "first")
    handler(ALL, None)
    stores.delete(HOME, CURRENT)
    stores.put(HOME, EMAIL, SECRET)
    with pytest.raises(MirrorError, match=f"^{CURRENT} does not exist; its copy is kept$"):
        handler(ALL, None)
    assert (stores.value(THERE, CURRENT), stores.value(THERE, EMAIL)) == ("first", SECRET)
    assert stores.get(THERE, MARKER)["Version"] == 2  # of the first run


def test_a_parameter_that_terraform_has_made_again_does_not_empty_its_copy(stores: Stores) -> None:
    stores.put(HOME, EMAIL, SECRET)
    handler(ALL, None)
    stores.put(HOME, EMAIL, PLACEHOLDER)
    with pytest.raises(MirrorError, match=f'^{EMAIL} is "unset"; its copy, which has a value, is kept$'):
        handler(ALL, None)
    assert stores.value(THERE, EMAIL) == SECRET


def test_a_copy_that_terraform_has_not_made_is_not_made_here(stores: Stores) -> None:
    stores.delete(THERE, EMAIL)
    with pytest.raises(MirrorError, match=f"^{EMAIL} has no copy; apply the layer recovery in the second region$"):
        handler(ALL, None)
    with pytest.raises(stores.client(THERE).exceptions.ParameterNotFound):
        stores.value(THERE, EMAIL)


def test_a_run_that_writes_an_old_value_last_corrects_it(stores: Stores) -> None:
    """It has read the old value when the parameter changes and another run copies the new one."""
    stores.put(HOME, CURRENT, "old")
    changed: list[str] = []

    def before(call: str, name: str) -> None:
        if call == "put" and name == CURRENT and not changed:
            changed.append(name)
            stores.put(HOME, CURRENT, "new")
            stores.put(THERE, CURRENT, "new")

    assert handler(event(CURRENT), None, client=disturbed(stores, before))["written"] == [CURRENT]
    assert changed
    assert stores.value(THERE, CURRENT) == "new"


def test_a_parameter_that_does_not_rest_is_an_error(stores: Stores) -> None:
    written: list[str] = []

    def before(call: str, name: str) -> None:
        if call == "get":
            stores.put(HOME, name, f"value {len(written)}")
        else:
            written.append(name)

    stores.put(HOME, CURRENT, "first")
    with pytest.raises(MirrorError, match=f"^{CURRENT} changes faster than it can be copied$"):
        handler(event(CURRENT), None, client=disturbed(stores, before))
    assert len(written) == MOST_WRITES


@pytest.mark.parametrize("call", ["get", "put"])
def test_a_refused_call_is_reported_by_its_code_and_stops_no_other(stores: Stores, call: str) -> None:
    stores.put(HOME, CURRENT, "new")
    stores.put(HOME, EMAIL, SECRET)

    def before(made: str, name: str) -> None:
        if (made, name) == (call, CURRENT):
            code = "ThrottlingException"
            raise refusal(code)

    with pytest.raises(MirrorError, match=f"^{CURRENT}: Operation failed with ThrottlingException$"):
        handler(ALL, None, client=disturbed(stores, before))
    assert stores.value(THERE, EMAIL) == SECRET
    assert stores.value(THERE, MARKER) == PLACEHOLDER


def refused(stores: Stores, times: int) -> Callable[[str | None], Any]:
    """The clients, of which the one of the second region refuses its first calls."""
    left = iter(range(times))

    def before(*_: str) -> None:
        if next(left, None) is not None:
            code = "AccessDeniedException"
            raise refusal(code)

    return disturbed(stores, before)


def test_rights_that_are_not_in_effect_yet_are_waited_for(stores: Stores) -> None:
    stores.put(HOME, EMAIL, SECRET)
    slept: list[float] = []
    assert handler(ALL, None, client=refused(stores, PAUSES), sleep=slept.append)["written"] == [EMAIL]
    assert len(slept) == PAUSES
    assert stores.value(THERE, EMAIL) == SECRET


def test_all_parameters_wait_no_longer_than_one(stores: Stores) -> None:
    slept: list[float] = []
    with pytest.raises(MirrorError, match=f"^{CURRENT}: Operation failed with AccessDeniedException; {EMAIL}: "):
        handler(ALL, None, client=refused(stores, 100), sleep=slept.append)
    assert len(slept) == PAUSES


def test_no_value_is_in_the_answer_the_log_or_an_error(stores: Stores, caplog: pytest.LogCaptureFixture) -> None:
    stores.put(HOME, EMAIL, SECRET)
    with caplog.at_level(logging.INFO):
        answer = handler(ALL, None)
    stores.delete(THERE, CURRENT)
    with pytest.raises(MirrorError) as failed:
        handler(ALL, None)
    assert caplog.messages
    assert not [text for text in (*caplog.messages, str(answer), str(failed.value)) if SECRET in text]
    assert (failed.value.__cause__, failed.value.__suppress_context__) == (None, True)


def test_the_placeholder_is_terraforms() -> None:
    assert parameter.PLACEHOLDER == PLACEHOLDER
