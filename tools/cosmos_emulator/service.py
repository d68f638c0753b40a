"""The account: its databases and containers, and what each request asks of them.

https://learn.microsoft.com/rest/api/cosmos-db/cosmosdb-resource-uri-syntax-for-rest
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from tools.cosmos_emulator import auth, batch, charges
from tools.cosmos_emulator.documents import Conditions, Documents
from tools.cosmos_emulator.faults import Fault, Faults
from tools.cosmos_emulator.indexing import EVERYTHING
from tools.cosmos_emulator.patch import patch
from tools.cosmos_emulator.querying import DEFAULT_PAGE, Asked, run
from tools.cosmos_emulator.refusal import Refusal, already_there, bad_request, no_owner
from tools.cosmos_emulator.wire import Answer, Request, refused

CONTROL: Final = "_emulator"
"""The path under which switches are set and the log is read; the service has no such thing."""

_MOST_LOGGED: Final = 10_000
_WHOLE_RANGE: Final = {"id": "0", "minInclusive": "", "maxExclusive": "FF", "status": "online"}


@dataclass(frozen=True, slots=True)
class Logged:
    """A request that was answered; ``session`` is the session token that it brought."""

    sort: str
    path: str
    status: int
    charge: float
    session: str = ""


class ConnectionDropped(Exception):
    """The request gets no answer."""


class Emulator:
    """One account. ``now`` gives seconds since 1970; ``most_rows`` makes pages shorter than they are asked.

    Where ``lags``, a read without a newer session token meets a replica that is one write behind.
    """

    def __init__(
        self, *, key: str = auth.KEY, now: Callable[[], float] = time.time, lags: bool = False
    ) -> None:
        self.faults = Faults()
        self.log: deque[Logged] = deque(maxlen=_MOST_LOGGED)
        self._key, self._now = key, now
        self.lags, self.most_rows = lags, 0
        self._databases: dict[str, dict[str, Documents]] = {}
        self._count = 0

    async def answer(self, request: Request) -> Answer:
        """What the service answers. Raises ``ConnectionDropped``."""
        if request.segments[:1] == (CONTROL,):
            return self._control(request)
        fault = self.faults.next(request.sort)
        if fault is None:
            answer = self._asked(request)
        else:
            answer = await self._faulty(request, fault)
        session = request.headers.get("x-ms-session-token", "")
        logged = Logged(request.sort, request.path, answer.status, answer.charge, session)
        self.log.append(logged)
        return answer

    async def _faulty(self, request: Request, fault: Fault) -> Answer:
        await asyncio.sleep(fault.delay_seconds)
        is_done = fault.applied or not (fault.status or fault.drops)
        answer = self._asked(request) if is_done else None
        if fault.drops:
            raise ConnectionDropped
        if fault.within:
            return batch.failed(len(request.json), 0, fault.status)
        if fault.status:
            wait = {"x-ms-retry-after-ms": str(fault.retry_after_ms)}
            told = Refusal(fault.status, "A switch of the emulator.", fault.substatus)
            return refused(told, charges.REFUSED, wait)
        assert answer is not None
        return answer

    def _asked(self, request: Request) -> Answer:
        try:
            auth.check(request, self._key)
            return self._answer(request)
        except Refusal as refusal:
            return refused(refusal, charges.REFUSED)

    def _answer(self, request: Request) -> Answer:
        match (request.method, *request.segments):
            case ("GET",):
                return Answer(200, _account(request.headers.get("host", "")))
            case (_, "dbs"):
                return self._of_account(request)
            case (_, "dbs", database):
                return self._of_database(request, database)
            case (_, "dbs", database, "colls"):
                return self._of_containers(request, self._database(database))
            case (_, "dbs", database, "colls", name):
                return self._of_container(request, self._database(database), name)
            case ("GET", "dbs", database, "colls", name, "pkranges"):
                return _ranges(request, self._container(database, name))
            case (_, "dbs", database, "colls", name, "docs", *id):
                return self._of_documents(request, self._container(database, name), *id)
            case _:
                raise bad_request(f"{request.method} {request.path} is not understood here.")

    def _control(self, request: Request) -> Answer:
        if request.method == "POST":
            self.faults.set_json(json.loads(request.body))
        rows = [[each.sort, each.path, each.status, each.charge] for each in self.log]
        return Answer(200, rows)

    def _of_account(self, request: Request) -> Answer:
        if request.method != "POST" or request.is_query:
            rows = [_resource(name) for name in self._databases]
            return Answer(200, {"Databases": rows, "_count": len(rows)})
        name = request.json["id"]
        if name in self._databases:
            raise already_there()
        self._databases[name] = {}
        return Answer(201, _resource(name))

    def _of_database(self, request: Request, name: str) -> Answer:
        self._database(name)
        if request.method == "DELETE":
            del self._databases[name]
            return Answer(204)
        return Answer(200, _resource(name))

    def _of_containers(self, request: Request, database: dict[str, Documents]) -> Answer:
        if request.method != "POST" or request.is_query:
            rows = [each.properties for each in database.values()]
            return Answer(200, {"DocumentCollections": rows, "_count": len(rows)})
        properties = request.json
        if properties["id"] in database:
            raise already_there()
        self._count += 1
        created = {"indexingPolicy": EVERYTHING} | properties | _resource(f"c{self._count}")
        created |= {"id": properties["id"]}
        database[properties["id"]] = Documents(created, self._now)
        return Answer(201, created)

    def _of_container(self, request: Request, database: dict[str, Documents], name: str) -> Answer:
        if name not in database:
            raise no_owner(name)
        if request.method == "DELETE":
            del database[name]
            return Answer(204)
        return Answer(200, database[name].properties)

    def _of_documents(self, request: Request, documents: Documents, id: str = "") -> Answer:
        known = _known(request)
        if known > documents.sequence:
            raise Refusal(
                404, "The read session is not available for the input session token.", 1002
            )
        if request.sort in ("query", "read"):
            seen = documents.seen_at(known) if self.lags else documents
            answer = self._read(request, seen, id)
        else:
            if self.lags:
                documents.replicate()
            seen, answer = documents, _write(request, documents, id)
        session = {"x-ms-session-token": f"0:-1#{seen.sequence}"}
        return replace(answer, headers={**answer.headers, **session})

    def _read(self, request: Request, documents: Documents, id: str) -> Answer:
        if request.sort == "query":
            return run(documents, self._query(request))
        return _single(request, documents, id)

    def _query(self, request: Request) -> Asked:
        asked, given = request.json, request.headers
        key = given.get("x-ms-documentdb-partitionkey")
        page = int(given.get("x-ms-max-item-count", DEFAULT_PAGE))
        page = page if page > 0 else DEFAULT_PAGE
        return Asked(
            asked["query"],
            {each["name"]: each["value"] for each in asked.get("parameters") or ()},
            json.dumps(json.loads(key)) if key else None,
            request.says("x-ms-documentdb-query-enablecrosspartition"),
            min(page, self.most_rows or page),
            given.get("x-ms-continuation", ""),
        )

    def _database(self, name: str) -> dict[str, Documents]:
        if name not in self._databases:
            raise no_owner(name)
        return self._databases[name]

    def _container(self, database: str, name: str) -> Documents:
        containers = self._database(database)
        if name not in containers:
            raise no_owner(name)
        return containers[name]


def _account(host: str) -> dict[str, Any]:
    here = [{"name": "Here", "databaseAccountEndpoint": f"http://{host}/"}]
    return _resource("emulator") | {
        "writableLocations": here,
        "readableLocations": here,
        "enableMultipleWriteLocations": False,
        "userConsistencyPolicy": {"defaultConsistencyLevel": "Session"},
        "queryEngineConfiguration": "{}",
    }


def _resource(name: str) -> dict[str, Any]:
    return {"id": name, "_rid": name, "_self": f"{name}/", "_etag": '"0"', "_ts": 0}


def _ranges(request: Request, documents: Documents) -> Answer:
    rid = documents.properties["_rid"]
    etag = {"etag": '"1"'}
    if request.headers.get("if-none-match"):
        return Answer(304, headers=etag)
    ranges = [_WHOLE_RANGE | {"_rid": rid, "parents": []}]
    return Answer(200, {"_rid": rid, "PartitionKeyRanges": ranges, "_count": 1}, headers=etag)


def _known(request: Request) -> int:
    """What the reader's session has seen; a replica that has not yet got so far may not answer:
    https://learn.microsoft.com/azure/cosmos-db/nosql/how-to-manage-consistency#utilize-session-tokens"""
    token = request.headers.get("x-ms-session-token", "")
    return int(token.rpartition("#")[2]) if token else 0


def _write(request: Request, documents: Documents, id: str) -> Answer:
    if request.sort != "batch":
        return _single(request, documents, id)
    return batch.execute(documents, _partition(request), request.json, len(request.body))


def _partition(request: Request) -> str:
    key = request.headers.get("x-ms-documentdb-partitionkey")
    if key is None:
        raise bad_request("PartitionKey value must be supplied for this operation.")
    return json.dumps(json.loads(key))


def _single(request: Request, documents: Documents, id: str) -> Answer:
    """One document: https://learn.microsoft.com/rest/api/cosmos-db/documents"""
    partition, given = _partition(request), request.headers
    if request.method == "PATCH":
        conditions = Conditions(given.get("if-match"))
        written = patch(documents, partition, id, request.json, conditions)
        return Answer(200, written, charges.REPLACE * charges.kilobytes(written))
    kinds = {"GET": "Read", "PUT": "Replace", "DELETE": "Delete"}
    is_upsert = request.says("x-ms-documentdb-is-upsert")
    operation = {
        "operationType": kinds.get(request.method, "Upsert" if is_upsert else "Create"),
        "id": id,
        "ifMatch": given.get("if-match"),
        "ifNoneMatch": given.get("if-none-match"),
    }
    if request.method in ("POST", "PUT"):
        operation["resourceBody"] = request.json
    done = batch.apply(documents, partition, operation)
    return Answer(done["statusCode"], done.get("resourceBody"), done["requestCharge"])
