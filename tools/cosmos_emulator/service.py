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

from tools.cosmos_emulator import auth, batch, charges, feed
from tools.cosmos_emulator.documents import Documents
from tools.cosmos_emulator.faults import Fault, Faults
from tools.cosmos_emulator.indexing import EVERYTHING
from tools.cosmos_emulator.querying import run
from tools.cosmos_emulator.refusal import Refusal, already_there, bad_request, no_owner
from tools.cosmos_emulator.requests import asked, partition, partition_or_all, reached, single
from tools.cosmos_emulator.wire import Answer, Request, refused

CONTROL: Final = "_emulator"
"""The path under which switches are set and the log is read; the service has no such thing."""

_MOST_LOGGED: Final = 10_000


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

    def documents(self, container: str) -> list[dict[str, Any]]:
        """All that lives in the containers of this name, in the order in which it was first written."""
        found = (each[container] for each in self._databases.values() if container in each)
        return [document for each in found for document in each.in_order()]

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
            case ("GET", "dbs", database, "colls", name, "pkranges"):
                self._container(database, name)
                return feed.ranges(request)
            case (_, "dbs", database, "colls", name):
                return self._of_container(request, self._database(database), name)
            case (_, "dbs", database, "colls", name, "docs", *id):
                return self._of_documents(request, self._container(database, name), "".join(id))
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

    def _of_documents(self, request: Request, documents: Documents, id: str) -> Answer:
        """Every answer says how far the replica has got that gave it."""
        seen = reached(request, documents, lags=self.lags)
        if request.sort == "query":
            answer = run(seen, asked(request, self.most_rows))
        elif request.sort == "batch":
            answer = batch.execute(seen, partition(request), request.json, len(request.body))
            if "return=minimal" in request.headers.get("prefer", ""):
                answer = batch.briefly(answer)
        elif request.is_feed:
            answer = feed.changes(seen, request, partition_or_all(request))
        else:
            answer = single(request, seen, id)
        session = {"x-ms-session-token": f"0:-1#{seen.sequence}"}
        return replace(answer, headers={**answer.headers, **session})

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
    """Its consistency is not the one that a shop asks for, so that the asking is seen."""
    here = [{"name": "Here", "databaseAccountEndpoint": f"http://{host}/"}]
    return _resource("emulator") | {
        "writableLocations": here,
        "readableLocations": here,
        "enableMultipleWriteLocations": False,
        "userConsistencyPolicy": {"defaultConsistencyLevel": "BoundedStaleness"},
        "queryEngineConfiguration": "{}",
    }


def _resource(name: str) -> dict[str, Any]:
    return {"id": name, "_rid": name, "_self": f"{name}/", "_etag": '"0"', "_ts": 0}
