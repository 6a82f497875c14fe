"""Lines as the databases write them to CloudWatch.

PostgreSQL: RDS's log_line_prefix is `%t:%r:%u@%d:[%p]:`
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.overview.parameter-groups.html),
the messages are those of PostgreSQL's source. DocumentDB: the fields of the profiler
(https://docs.aws.amazon.com/documentdb/latest/developerguide/profiling.html) and of the audit log
(https://docs.aws.amazon.com/documentdb/latest/developerguide/event-auditing.html).
"""

from __future__ import annotations

import json


def _line(level: str, message: str) -> str:
    return f"2026-11-26 09:00:00 UTC:10.0.10.21(47810):user_management@users:[1234]:{level}:  {message}"


_STATEMENT = "SELECT * FROM users WHERE name = 'duration: '"
SLOW_STATEMENT = _line("LOG", f"duration: 73.412 ms  statement: {_STATEMENT}")
SLOW_BOUND = _line("LOG", "duration: 1512.003 ms  execute <unnamed>: SELECT id FROM audit WHERE actor = $1")
MISTAKE = _line("ERROR", 'column "LOG:  duration: " does not exist at character 8')
AUTHORIZED = _line(
    "LOG",
    "connection authorized: user=user_management database=users SSL enabled (protocol=TLSv1.3, "
    "cipher=TLS_AES_256_GCM_SHA384, bits=256)",
)
DISCONNECTION = _line("LOG", "disconnection: session time: 0:10:02.120 user=user_management database=users")
LOCK_WAIT = _line(
    "LOG",
    "process 1234 still waiting for ShareLock on transaction 991 after 1000.082 ms\n"
    "\tDETAIL:  Process holding the lock: 1200. Wait queue: 1234.",
)
FULL = _line("FATAL", "remaining connection slots are reserved for roles with the SUPERUSER attribute")
VACUUM = (
    '2026-11-26 09:00:00 UTC::@:[552]:LOG:  automatic vacuum of table "users.public.sessions": index scans: 1\n'
    "\tpages: 0 removed, 8566 remain, 8566 scanned (100.00% of total)\n"
    "\ttuples: 8 removed, 8871 remain, 524 are dead but not yet removable\n"
    "\tsystem usage: CPU: user: 1.20 s, system: 0.10 s, elapsed: 4.00 s"
)
AGGRESSIVE_VACUUM = VACUUM.replace("automatic vacuum of", "automatic aggressive vacuum to prevent wraparound of")
POSTGRES = (SLOW_STATEMENT, SLOW_BOUND, MISTAKE, AUTHORIZED, DISCONNECTION, LOCK_WAIT, FULL, VACUUM, AGGRESSIVE_VACUUM)

_OPERATION = {
    "op": "query",
    "ts": 1764147600123,
    "ns": "users.profiles",
    "command": {"find": "profiles", "filter": {"city": "Berlin"}, "$db": "users"},
    "cursorExhausted": True,
    "nreturned": 12,
    "responseLength": 4096,
    "protocol": "op_query",
    "millis": 63,
    "planSummary": "COLLSCAN",
    "execStats": {"stage": "COLLSCAN", "nReturned": "12", "executionTimeMillisEstimate": "62.910"},
    "client": "10.0.10.21:47810",
    "user": "user_management",
}
COLLECTION_SCAN = json.dumps(_OPERATION)
INDEX_SCAN = json.dumps({**_OPERATION, "millis": 40, "planSummary": "IXSCAN"})
SIGN_IN = json.dumps(
    {
        "atype": "authenticate",
        "ts": 1764147600123,
        "remote_ip": "10.0.10.21:47810",
        "user": "",
        "param": {"user": "user_management", "mechanism": "SCRAM-SHA-1", "success": True, "message": "", "error": 0},
    }
)
