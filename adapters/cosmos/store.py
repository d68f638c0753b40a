"""The store in Azure: a transactional batch for every commit, one partition for every page.

Session consistency gives a process its own writes back; another process may see them later, which is
safe since versions and guards decide, never a fresh read.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import Any, Final, overload

from adapters.batch import Batch, Create, Delete, Operation, Replace, plan
from adapters.conditions import check, value_at
from adapters.cosmos.database import CosmosDatabase
from adapters.cosmos.errors import (
    charge_of,
    is_absent,
    is_out_of_reach,
    refusal_of,
    translated,
    was_not_applied,
)
from adapters.cosmos.query import guard, select
from adapters.cosmos.sessions import Sessions
from domain.document_id import is_storable_id, is_storable_partition
from domain.entity import Document
from usecases.meter import charge
from usecases.ports.clock import Clock
from usecases.ports.store import Change, Committed, Page, Position, Query, Scan

PAUSES_SECONDS: Final = (0.02, 0.05, 0.1, 0.2, 0.4)
"""How long a batch waits before it is sent again when the service says that it applied nothing (449, or
429 for one of its operations); the SDK retries neither."""

_SYSTEM: Final = frozenset({"_rid", "_self", "_etag", "_attachments", "_ts"})


class CosmosStore:
    """Documents in ``database``. ``audit_key`` hides personal values in audit records and has to stay the same."""

    def __init__(self, database: CosmosDatabase, clock: Clock, *, audit_key: bytes) -> None:
        self._database = database
        self._clock = clock
        self._audit_key = audit_key
        self._sessions = Sessions()

    async def get[E: Document](self, kind: type[E], id: str, partition: str) -> E | None:
        """The entity, or ``None``; one point read, and none for what cannot be there. Raises ``StoreBusy``."""
        if not (is_storable_id(id) and is_storable_partition(partition)):
            return None

        async def read() -> Mapping[str, Any]:
            container = await self._database.container(kind.container)
            session = self._sessions.of(kind.container)
            hook = self._hook(kind.container)
            return await container.read_item(id, partition, response_hook=hook, **session)

        try:
            document = await read()
        except self._azure_error as error:
            self._heard_failure(kind.container, error)
            if is_absent(error):
                return None
            raise translated(error) from error
        return entity_of(kind, document) if document.get("kind") == kind.kind else None

    @overload
    async def find[E: Document](self, kind: type[E], query: Query) -> Page[E]: ...
    @overload
    async def find[E: Document](self, kind: type[E], query: Scan) -> Page[E]: ...
    async def find[E: Document](self, kind: type[E], query: Query | Scan) -> Page[E]:
        """A page of one partition, in the order of an index, or what a scan meets. Raises ``StoreBusy``."""
        check(kind.container, query)
        if isinstance(query, Query) and not is_storable_partition(query.partition):
            return Page(())
        rows = await self._asked(kind.container, lambda: self._rows(kind, query))
        entities = tuple(entity_of(kind, row) for row in rows[: query.limit])
        if isinstance(query, Scan) or len(rows) <= query.limit:
            return Page(entities)
        last = rows[query.limit - 1]
        return Page(entities, Position(value_at(last, query.order_by), last["id"]))

    async def commit(self, change: Change) -> Committed:
        """Write all of it or nothing, as one batch. Raises the ``StoreError`` tree.

        ``StoreBusy`` means that it may have happened; nothing is sent again after an answer got lost.
        """
        batch = plan(change, now=self._clock.now(), audit_key=self._audit_key)
        pauses = iter(PAUSES_SECONDS)
        while True:
            try:
                return await self._executed(batch)
            except self._azure_error as error:
                self._heard_failure(batch.container, error)
                pause_seconds = next(pauses, None)
                if pause_seconds is None or not was_not_applied(error):
                    raise _refusal(batch, error) from error
            await self._clock.sleep(pause_seconds)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._database.close()

    @cached_property
    def _azure_error(self) -> type[Exception]:
        """The root of all that the SDK raises; a batch's own error is no ``CosmosHttpResponseError``."""
        from azure.core.exceptions import AzureError  # noqa: PLC0415  # when a call needs the SDK anyway

        return AzureError

    async def _asked[T](self, container: str, call: Callable[[], Awaitable[T]]) -> T:
        try:
            return await call()
        except self._azure_error as error:
            self._heard_failure(container, error)
            raise translated(error) from error

    async def _rows(self, kind: type[Document], query: Query | Scan) -> list[Mapping[str, Any]]:
        """The service may answer fewer than it was asked for and go on, so pages are read until it is enough."""
        statement, container = select(kind, query), await self._database.container(kind.container)
        wanted = query.limit + isinstance(query, Query)
        where: dict[str, Any] = dict(self._sessions.of(kind.container))
        if isinstance(query, Query):
            where["partition_key"] = query.partition
        found = container.query_items(
            statement.sql,
            parameters=statement.parameters,
            max_item_count=wanted,
            response_hook=self._hook(kind.container),
            **where,
        )
        rows: list[Mapping[str, Any]] = []
        async for row in found:
            rows.append(row)
            if len(rows) == wanted:
                break
        return rows

    async def _executed(self, batch: Batch) -> Committed:
        container = await self._database.container(batch.container)
        answers = await container.execute_item_batch(
            [_operation(each) for each in batch.operations],
            partition_key=batch.partition,
            response_hook=self._hook(batch.container),
        )
        written = zip(batch.operations, answers, strict=True)
        return batch.committed({each.id: answer.get("eTag", "") for each, answer in written})

    def _hook(self, container: str) -> Callable[[Mapping[str, Any], Any], None]:
        def heard(headers: Mapping[str, Any], _: Any) -> None:
            charge(charge_of(headers))
            self._sessions.note(container, headers)

        return heard

    def _heard_failure(self, container: str, error: Any) -> None:
        headers = getattr(error, "headers", None) or {}
        charge(charge_of(headers))
        self._sessions.note(container, headers)
        if is_out_of_reach(error):
            self._sessions.forget(container)


def _operation(operation: Operation) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    match operation:
        case Create(_, _, text, _):
            return "create", (json.loads(text),), {}
        case Replace(id, _, text, _, version):
            return "replace", (id, json.loads(text)), {"if_match_etag": version}
        case Delete(id, version):
            return "delete", (id,), {"if_match_etag": version}
        case take:
            taken = {"op": "incr", "path": _pointer(take.field), "value": -take.quantity}
            return "patch", (take.id, [taken]), {"filter_predicate": guard(take)}


def _pointer(path: str) -> str:
    return "/" + path.replace(".", "/")


def _refusal(batch: Batch, error: Any) -> Exception:
    index = getattr(error, "error_index", None)
    if index is None:
        return translated(error)
    return refusal_of(batch.operations[index], error)


def entity_of[E: Document](kind: type[E], document: Mapping[str, Any]) -> E:
    """The entity in a document.

    Read from JSON as at the other ends: a model may take from JSON what it would not take from Python.
    """
    body = {name: value for name, value in document.items() if name not in _SYSTEM}
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return kind.of_json(text, document["_etag"])
