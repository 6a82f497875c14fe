"""Users and roles of the double of DocumentDB, with MongoDB's own driver as the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import OperationFailure

from emulator.databases import documentdb_users
from emulator.databases.documentdb_server import DocumentdbServer
from tests.emulator.databases.documentdb import MASTER, OF_USER, PASSWORD, Client, connected, create_user

if TYPE_CHECKING:
    from collections.abc import Iterator

BAD_VALUE, USER_NOT_FOUND, UNAUTHORIZED, AUTHENTICATION_FAILED = 2, 11, 13, 18
ROLE_NOT_FOUND, NOT_SUPPORTED, DUPLICATE = 31, 303, 11000


@pytest.fixture
def server() -> Iterator[DocumentdbServer]:
    with DocumentdbServer(master=MASTER, password=PASSWORD) as running:
        yield running


@pytest.fixture
def master(server: DocumentdbServer) -> Iterator[Client]:
    with connected(server) as client:
        yield client


def code_of(client: Client, command: str, value: Any, **options: Any) -> int | None:
    """The code with which a command is refused."""
    with pytest.raises(OperationFailure) as caught:
        client.admin.command(command, value, **options)
    return caught.value.code


def roles_of(client: Client, name: str) -> list[tuple[str, str]]:
    (user,) = client.admin.command("usersInfo", name)["users"]
    return [(role["role"], role["db"]) for role in user["roles"]]


def test_user_is_in_admin_and_a_role_without_database_is_on_the_current_one(master: Client) -> None:
    master.profiles.command("createUser", "user", pwd=OF_USER, roles=["readWrite"])
    assert master.admin.command("usersInfo", "user")["users"] == [
        {"_id": "user", "user": "user", "db": "admin", "roles": [{"db": "profiles", "role": "readWrite"}]}
    ]


def test_users_are_found_by_name_document_list_and_all(master: Client) -> None:
    create_user(master, "user")
    for wanted in ("user", {"user": "user", "db": "profiles"}, ["user", "nobody"]):
        assert [user["user"] for user in master.admin.command("usersInfo", wanted)["users"]] == ["user"]
    everyone = [user["user"] for user in master.admin.command("usersInfo", 1)["users"]]
    assert everyone == ["serviceadmin", MASTER, "user"]
    assert code_of(master, "usersInfo", 7.5) == BAD_VALUE


def test_roles_are_granted_revoked_and_replaced(master: Client) -> None:
    create_user(master, "user", ("read", "one"))
    master.admin.command("grantRolesToUser", "user", roles=[{"role": "readWrite", "db": "two"}])
    master.admin.command("grantRolesToUser", "user", roles=[{"role": "readWrite", "db": "two"}])
    assert roles_of(master, "user") == [("read", "one"), ("readWrite", "two")]
    master.one.command("revokeRolesFromUser", "user", roles=["read"])
    assert roles_of(master, "user") == [("readWrite", "two")]
    master.admin.command("updateUser", "user", roles=[{"role": "dbAdmin", "db": "three"}])
    assert roles_of(master, "user") == [("dbAdmin", "three")]


def test_dropped_user_is_gone(server: DocumentdbServer, master: Client) -> None:
    create_user(master, "user", ("readWrite", "one"))
    with connected(server, "user", OF_USER) as client:
        client.one.people.insert_one({})
        master.admin.command("dropUser", "user")
        with pytest.raises(OperationFailure, match="Authorization failure"):
            client.one.people.insert_one({})
    with connected(server, "user", OF_USER) as client:
        assert code_of(client, "ping", 1) == AUTHENTICATION_FAILED


def test_new_password_replaces_the_old_one_and_ends_no_connection(server: DocumentdbServer, master: Client) -> None:
    create_user(master, "user", ("readWrite", "one"))
    with connected(server, "user", OF_USER) as client:
        client.one.people.insert_one({})
        master.admin.command("updateUser", "user", pwd="another-password")
        client.one.people.insert_one({})
    with connected(server, "user", OF_USER) as client:
        assert code_of(client, "ping", 1) == AUTHENTICATION_FAILED
    with connected(server, "user", "another-password") as client:
        client.one.people.insert_one({})


def test_new_roles_apply_to_open_connections(server: DocumentdbServer, master: Client) -> None:
    create_user(master, "user", ("readWrite", "one"))
    with connected(server, "user", OF_USER) as client:
        client.one.people.insert_one({})
        master.admin.command("updateUser", "user", roles=[{"role": "read", "db": "one"}])
        with pytest.raises(OperationFailure, match="Authorization failure"):
            client.one.people.insert_one({})
        assert client.one.people.count_documents({}) == 1


def test_existing_and_unknown_users_and_roles_are_refused(master: Client) -> None:
    create_user(master, "user")
    assert code_of(master, "createUser", "user", pwd=OF_USER, roles=[]) == DUPLICATE
    assert code_of(master, "updateUser", "nobody", pwd=OF_USER) == USER_NOT_FOUND
    assert code_of(master, "dropUser", "nobody") == USER_NOT_FOUND
    assert code_of(master, "grantRolesToUser", "nobody", roles=["read"]) == USER_NOT_FOUND
    for role in ("unknown", {"role": "root", "db": "one"}, {"role": "readAnyDatabase", "db": "one"}):
        assert code_of(master, "grantRolesToUser", "user", roles=[role]) == ROLE_NOT_FOUND
    assert code_of(master, "grantRolesToUser", "user", roles=[{"role": "read"}]) == BAD_VALUE
    assert code_of(master, "updateUser", "user") == BAD_VALUE


@pytest.mark.parametrize(
    "password",
    ["short77", "x" * 101, 'quotation"mark', "slash/slash", "at@at-at-at", "umläute-umläute", "tab\ttab\ttab"],
)
def test_passwords_have_the_form_that_aws_documents(master: Client, password: str) -> None:
    assert code_of(master, "createUser", "user", pwd=password, roles=[]) == BAD_VALUE
    create_user(master, "user")
    assert code_of(master, "updateUser", "user", pwd=password) == BAD_VALUE


@pytest.mark.parametrize("password", ["eight-88", "x" * 100, "!#$%&'()*+,-.:;<=>?[\\]^_`{|}~"])
def test_every_other_printable_character_is_allowed(server: DocumentdbServer, master: Client, password: str) -> None:
    create_user(master, "user", password=password)
    with connected(server, "user", password) as client:
        client.admin.command("ping")


@pytest.mark.parametrize("name", ["", "x" * 64, "with space", "with/slash"])
def test_names_have_a_length(master: Client, name: str) -> None:
    assert code_of(master, "createUser", name, pwd=OF_USER, roles=[]) == BAD_VALUE


@pytest.mark.parametrize("name", ["x" * 63, "first.last=name,comma"])
def test_names_may_have_other_characters(server: DocumentdbServer, master: Client, name: str) -> None:
    create_user(master, name)
    with connected(server, name, OF_USER) as client:
        client.admin.command("ping")


@pytest.mark.parametrize("field", ["customData", "authenticationRestrictions", "passwordDigestor"])
def test_fields_that_documentdb_does_not_know_are_refused(master: Client, field: str) -> None:
    create_user(master, "user")
    assert code_of(master, "createUser", "other", pwd=OF_USER, roles=[], **{field: {}}) == BAD_VALUE
    assert code_of(master, "updateUser", "user", **{field: {}}) == BAD_VALUE


def test_mechanisms_that_the_version_does_not_know_are_refused(master: Client) -> None:
    create_user(master, "user")
    sha_256 = ["SCRAM-SHA-256"]
    assert code_of(master, "createUser", "other", pwd=OF_USER, roles=[], mechanisms=sha_256) == NOT_SUPPORTED
    assert code_of(master, "updateUser", "user", pwd=OF_USER, mechanisms=sha_256) == NOT_SUPPORTED
    assert code_of(master, "updateUser", "user", pwd=OF_USER, mechanisms=["PLAIN"]) == BAD_VALUE
    assert code_of(master, "updateUser", "user", mechanisms=["SCRAM-SHA-1"]) == BAD_VALUE


@pytest.mark.parametrize("name", ["serviceadmin", MASTER])
def test_two_users_keep_their_rights(master: Client, name: str) -> None:
    assert code_of(master, "dropUser", name) == UNAUTHORIZED
    assert code_of(master, "updateUser", name, roles=[]) == UNAUTHORIZED
    assert code_of(master, "revokeRolesFromUser", name, roles=["root"]) == UNAUTHORIZED


def test_password_of_serviceadmin_cannot_be_set(master: Client) -> None:
    assert code_of(master, "updateUser", "serviceadmin", pwd=OF_USER) == UNAUTHORIZED


def test_password_of_the_primary_user_can_be_set_in_both_ways(server: DocumentdbServer, master: Client) -> None:
    master.admin.command("updateUser", MASTER, pwd="by-the-command")
    with connected(server, MASTER, "by-the-command") as client:
        client.admin.command("ping")
    server.set_master_password("by-the-service")
    with connected(server, MASTER, "by-the-service") as client:
        client.admin.command("ping")
    with connected(server, MASTER, "by-the-command") as client:
        assert code_of(client, "ping", 1) == AUTHENTICATION_FAILED


def test_users_and_roles_are_limited(master: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    create_user(master, "user")
    monkeypatch.setattr(documentdb_users, "MAX_USERS", 3)
    monkeypatch.setattr(documentdb_users, "MAX_ROLES", 1)
    assert code_of(master, "createUser", "other", pwd=OF_USER, roles=[]) == BAD_VALUE
    assert code_of(master, "updateUser", "user", roles=["read", "readWrite"]) == BAD_VALUE


ACTIONS: dict[str, Any] = {
    "find": lambda client: client.one.people.find_one(),
    "insert": lambda client: client.one.people.insert_one({}),
    "update": lambda client: client.one.people.update_one({}, {"$set": {"a": 1}}),
    "remove": lambda client: client.one.people.delete_one({}),
    "find and update": lambda client: client.one.people.find_one_and_update({}, {"$set": {"a": 1}}),
    "find and delete": lambda client: client.one.people.find_one_and_delete({}),
    "create collection": lambda client: client.one.create_collection("more", check_exists=False),
    "create index": lambda client: client.one.people.create_index("a"),
    "drop collection": lambda client: client.one.command("drop", "people"),
    "drop database": lambda client: client.drop_database("one"),
    "list collections": lambda client: client.one.list_collection_names(),
    "list databases": lambda client: client.list_database_names(),
    "view users": lambda client: client.admin.command("usersInfo", 1),
    "create user": lambda client: create_user(client, "other"),
    "change password": lambda client: client.admin.command("updateUser", "user", pwd=OF_USER),
    "grant": lambda client: client.admin.command("grantRolesToUser", "user", roles=["root"]),
    "drop user": lambda client: client.admin.command("dropUser", "user"),
}
READ = {"find", "list collections"}
WRITE = READ | {"insert", "update", "remove", "find and update", "find and delete"}
WRITE |= {"create collection", "create index", "drop collection"}
ADMINISTER = {"create collection", "create index", "drop collection", "drop database", "find", "list collections"}
USERS = {"view users", "create user", "change password", "grant", "drop user", "list databases"}


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        ([], set()),
        ([("read", "one")], READ),
        ([("readWrite", "one")], WRITE),
        ([("dbAdmin", "one")], ADMINISTER),
        ([("dbOwner", "one")], WRITE | ADMINISTER),
        ([("readWrite", "one"), ("dbAdmin", "one")], WRITE | ADMINISTER),
        ([("readWrite", "two")], set()),
        ([("readAnyDatabase", "admin")], READ | {"list databases"}),
        ([("readWriteAnyDatabase", "admin")], WRITE | {"list databases"}),
        ([("dbAdminAnyDatabase", "admin")], ADMINISTER | {"list databases"}),
        ([("userAdminAnyDatabase", "admin")], USERS),
        ([("root", "admin")], WRITE | ADMINISTER | USERS),
    ],
    ids=lambda value: " ".join(f"{role}@{database}" for role, database in value) if isinstance(value, list) else "",
)
def test_roles_allow_what_aws_lists(
    server: DocumentdbServer, master: Client, roles: list[tuple[str, str]], allowed: set[str]
) -> None:
    create_user(master, "user", *roles)
    with connected(server, "user", OF_USER) as client:
        for name, action in ACTIONS.items():
            master.one.people.insert_one({})
            if name in allowed:
                action(client)
            else:
                with pytest.raises(OperationFailure, match="Authorization failure"):
                    action(client)
            for user in {"user", "other"} & {user["user"] for user in master.admin.command("usersInfo", 1)["users"]}:
                master.admin.command("dropUser", user)
            create_user(master, "user", *roles)
            master.drop_database("one")


def test_user_sees_what_it_may_read(server: DocumentdbServer, master: Client) -> None:
    master.one.people.insert_one({})
    master.two.people.insert_one({})
    create_user(master, "user", ("read", "one"))
    with connected(server, "user", OF_USER) as client:
        seen = client.admin.command("listDatabases", authorizedDatabases=True)["databases"]
        assert [database["name"] for database in seen] == ["one"]
        found = client.one.command("listCollections", authorizedCollections=True, nameOnly=True)
        assert [collection["name"] for collection in found["cursor"]["firstBatch"]] == ["people"]
