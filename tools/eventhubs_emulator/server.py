"""The namespace on a TCP port, and the hand on its switches."""

import asyncio
from typing import Self

from tools.eventhubs_emulator import tokens
from tools.eventhubs_emulator.connection import Connection
from tools.eventhubs_emulator.faults import Faults
from tools.eventhubs_emulator.hubs import Namespace, Stored
from tools.eventhubs_emulator.readers import Readers

PORT = 5672
_BUFFER_BYTES = 2**20


class Emulator:
    """An Event Hubs namespace, served while it is entered; port 0 takes a free one."""

    def __init__(
        self,
        namespace: Namespace,
        *,
        host: str = "127.0.0.1",
        port: int = PORT,
        faults: Faults | None = None,
    ) -> None:
        self.namespace, self.faults = namespace, faults or Faults()
        self.readers = Readers()
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None
        self._connections: dict[Connection, asyncio.Task[None] | None] = {}

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{self._host}:{self._port}"

    @property
    def connection_string(self) -> str:
        """What a client needs to be told."""
        return (
            f"Endpoint=sb://{self.address};SharedAccessKeyName={tokens.KEY_NAME};"
            f"SharedAccessKey={tokens.KEY};UseDevelopmentEmulator=true;"
        )

    @property
    def connection_count(self) -> int:
        """How many clients are connected."""
        return len(self._connections)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._accept, self._host, self._port, limit=_BUFFER_BYTES
        )
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        tasks = [task for task in self._connections.values() if task]
        self.drop_connections()
        await asyncio.gather(*tasks, return_exceptions=True)

    def drop_connections(self) -> None:
        """Cut every connection, as a broken network would."""
        for connection in tuple(self._connections):
            connection.cut()

    def hold(self, hub: str) -> None:
        """Send nothing of this hub, while it takes what is published."""
        self.faults.held.add(hub)

    def release(self, hub: str) -> None:
        """Send what was held."""
        self.faults.held.discard(hub)
        for partition in self.namespace.hub(hub).partitions:
            partition.wake()

    def trim(self, hub: str, keep: int) -> dict[str, list[Stored]]:
        """Let go of all but the last events of each partition, as retention does; what is gone, by partition."""
        partitions = self.namespace.hub(hub).partitions
        return {partition.id: partition.trim(keep) for partition in partitions}

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(self.namespace, self.readers, self.faults, (reader, writer))
        self._connections[connection] = asyncio.current_task()
        try:
            await connection.serve()
        finally:
            del self._connections[connection]
