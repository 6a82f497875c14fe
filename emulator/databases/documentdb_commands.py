"""The commands about users, connections and the cluster; those about data are in `documentdb_data_commands`.

https://docs.aws.amazon.com/documentdb/latest/developerguide/mongo-apis.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emulator.databases.documentdb_errors import Code, CommandError, refuse_gap, refuse_unsupported, unauthorized
from emulator.databases.documentdb_iam import EXTERNAL, MECHANISM, IamConversation
from emulator.databases.documentdb_scram import Conversation, authentication_failed

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.databases.documentdb_session import Session

Document = dict[str, Any]

COMMANDS: Final[dict[str, Callable[[Session, Document, str], Document]]] = {}
"""By name in lowercase: `isMaster` and `ismaster` are the same."""

# Before a client has signed in.
_PUBLIC: Final = frozenset(
    {"buildinfo", "connectionstatus", "endsessions", "hello", "ismaster", "logout", "ping", "saslcontinue", "saslstart"}
)

# Fields that a driver adds to any command.
_GENERIC: Final = frozenset({"$db", "$clusterTime", "$readPreference", "comment", "lsid", "maxTimeMS", "writeConcern"})

# "No" in AWS's list for 4.0 and 5.0.
_LACKING: Final = """
    clonecollectionascapped converttocapped copydb createview filemd5 mapreduce connpoolstats dbhash features
    getlasterror getpreverror parallelcollectionscan reseterror endsessions killallsessionsbypattern
    refreshsessions
"""

# "Yes" or "Partial" in that list, but not needed here.
_GAPS: Final = """
    aborttransaction collmod collstats committransaction createrole currentop datasize dbstats distinct
    dropallrolesfromdatabase dropallusersfromdatabase dropindexes droprole explain getauditconfig getmore
    grantprivilegestorole grantrolestorole hostinfo killallsessions killcursors killop killsessions listcommands
    reindex renamecollection revokeprivilegesfromrole revokerolesfromrole rolesinfo serverstatus setauditconfig
    startsession top updaterole
"""


def command(
    *names: str,
) -> Callable[[Callable[[Session, Document, str], Document]], Callable[[Session, Document, str], Document]]:
    """Register a function as a command of that name."""

    def register(
        function: Callable[[Session, Document, str], Document],
    ) -> Callable[[Session, Document, str], Document]:
        COMMANDS.update(dict.fromkeys((name.lower() for name in names), function))
        return function

    return register


def run(session: Session, sent: Document) -> Document:
    """Carry out what a client sent, and return the answer."""
    name = next(iter(sent), "")
    try:
        return {**_function(session, name, sent)(session, sent, str(sent.get("$db", "test"))), "ok": 1.0}
    except CommandError as error:
        return error.document
    except Exception as fault:  # noqa: BLE001 (an answer, as the emulator's EmulatorFault, instead of a closed connection)
        # Without the fault's own text, which could have a password in it.
        return CommandError(Code.INTERNAL, f"{type(fault).__name__} in the emulated {name}").document


def _function(session: Session, name: str, sent: Document) -> Callable[[Session, Document, str], Document]:
    known = name.lower()
    if session.user is None and known not in _PUBLIC:
        raise unauthorized()
    if known in _LACKING.split():
        refuse_unsupported(name)
    if known in _GAPS.split():
        refuse_gap(f"the command {name}")
    if known not in COMMANDS:
        raise CommandError(Code.COMMAND_NOT_FOUND, f"no such command: '{name}'")
    if "startTransaction" in sent or "autocommit" in sent:
        refuse_gap("transactions")
    if "txnNumber" in sent:
        # https://docs.aws.amazon.com/documentdb/latest/developerguide/functional-differences.html
        # The page shows an older message; this one is in https://github.com/aws-samples/amazon-documentdb-samples/pull/4
        raise CommandError(Code.RETRYABLE_WRITES, "Retryable writes are not supported")
    if "apiVersion" in sent:
        refuse_unsupported("apiVersion")
    return COMMANDS[known]


def arguments(sent: Document) -> Document:
    """Return the fields of a command after its name, without those of any command."""
    name = next(iter(sent))
    return {key: value for key, value in sent.items() if key != name and key not in _GENERIC}


@command("hello", "isMaster")
def _hello(session: Session, sent: Document, database: str) -> Document:
    del database
    told = session.cluster.hello() | {"ismaster": True, "isWritablePrimary": True, "helloOk": True}
    if wanted := str(sent.get("saslSupportedMechs", "")).partition(".")[2]:
        user = session.cluster.users.find(wanted)
        told["saslSupportedMechs"] = user.mechanisms if user else []
    return told


@command("ping")
def _ping(session: Session, sent: Document, database: str) -> Document:
    del session, sent, database
    return {}


@command("buildInfo")
def _build_info(session: Session, sent: Document, database: str) -> Document:
    del sent, database
    version = session.cluster.engine_version
    return {"version": version, "versionArray": [*(int(part) for part in version.split(".")), 0]}


@command("saslStart")
def _sasl_start(session: Session, sent: Document, database: str) -> Document:
    """Sign in, from whatever database: users with a password are in `admin`.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/security.managing-users.html
    """
    if sent.get("mechanism") == MECHANISM:
        return _start_iam(session, sent, database)
    try:
        conversation = Conversation(bytes(sent["payload"]))
    except (KeyError, ValueError):
        raise authentication_failed() from None
    user = session.cluster.users.find(conversation.user)
    verifier = user.verifiers.get(str(sent.get("mechanism"))) if user else None
    if verifier is None:
        raise authentication_failed()
    session.conversation = conversation
    return {"conversationId": 1, "done": False, "payload": conversation.challenge(verifier)}


def _start_iam(session: Session, sent: Document, database: str) -> Document:
    """Sign in by IAM, which is in `$external`."""
    if database != EXTERNAL or not session.cluster.has_iam:
        raise authentication_failed()
    session.user = None
    session.conversation = IamConversation(bytes(sent.get("payload", b"")), region=session.cluster.region)
    return {"conversationId": 1, "done": False, "payload": session.conversation.challenge()}


def _continue_iam(session: Session, conversation: IamConversation, payload: bytes) -> Document:
    session.conversation = session.user = None
    user = session.cluster.users.find(conversation.identify(payload))
    if user is None or user.database != EXTERNAL:
        raise authentication_failed()
    session.user = user.name
    return {"conversationId": 1, "done": True, "payload": b""}


@command("saslContinue")
def _sasl_continue(session: Session, sent: Document, database: str) -> Document:
    del database
    payload = bytes(sent.get("payload", b""))
    conversation = session.conversation
    if isinstance(conversation, IamConversation):
        return _continue_iam(session, conversation, payload)
    if not payload and session.user and conversation and session.user == conversation.user:
        session.conversation = None
        return {"conversationId": 1, "done": True, "payload": b""}
    session.user = None
    try:
        if conversation is None:
            raise authentication_failed()
        proof = conversation.verify(payload)
    except (KeyError, ValueError, CommandError):
        session.conversation = None
        raise authentication_failed() from None
    session.user = conversation.user
    return {"conversationId": 1, "done": False, "payload": proof}


@command("logout")
def _logout(session: Session, sent: Document, database: str) -> Document:
    del sent, database
    session.user = None
    return {}


@command("connectionStatus")
def _connection_status(session: Session, sent: Document, database: str) -> Document:
    del sent, database
    user = session.cluster.users.find(session.user) if session.user else None
    users = [{"user": user.name, "db": user.database}] if user else []
    roles = [grant.document for grant in user.grants] if user else []
    return {"authInfo": {"authenticatedUsers": users, "authenticatedUserRoles": roles}}


@command("createUser")
def _create_user(session: Session, sent: Document, database: str) -> Document:
    session.require("createUser")
    session.require("grantRole")
    session.cluster.users.create(sent["createUser"], arguments(sent), database=database)
    return {}


@command("updateUser")
def _update_user(session: Session, sent: Document, database: str) -> Document:
    given = arguments(sent)
    if "pwd" in given:
        session.require("changePassword")
    if given.keys() - {"pwd"} or not given:
        session.require("grantRole")
        session.require("revokeRole")
    session.cluster.users.update(sent["updateUser"], given, database=database)
    return {}


@command("dropUser")
def _drop_user(session: Session, sent: Document, database: str) -> Document:
    session.require("dropUser")
    session.cluster.users.drop(sent["dropUser"], database=database)
    return {}


@command("grantRolesToUser")
def _grant_roles(session: Session, sent: Document, database: str) -> Document:
    session.require("grantRole")
    session.cluster.users.grant(sent["grantRolesToUser"], sent.get("roles"), database=database)
    return {}


@command("revokeRolesFromUser")
def _revoke_roles(session: Session, sent: Document, database: str) -> Document:
    session.require("revokeRole")
    session.cluster.users.revoke(sent["revokeRolesFromUser"], sent.get("roles"), database=database)
    return {}


@command("usersInfo")
def _users_info(session: Session, sent: Document, database: str) -> Document:
    session.require("viewUser")
    for name in arguments(sent):
        refuse_gap(f"usersInfo with {name}")
    return {"users": session.cluster.users.info(sent["usersInfo"], database=database)}
