"""Creates the shop's containers in an emulator; in Azure, Bicep does, and an identity that may read and write
data may not create containers.

    export COSMOS_ACCOUNT_URI=http://127.0.0.1:8081/ COSMOS_KEY=… COSMOS_DISCOVER_ENDPOINTS=false
    python -m tools.cosmos_containers
"""

import asyncio
import os
from collections.abc import Iterable
from typing import Any

from adapters.cosmos.database import CosmosDatabase, CosmosSettings, cosmos_settings
from adapters.names import CONTAINERS, SWEPT_EVERYWHERE, Container
from tools.infra.names import container_row


async def create(settings: CosmosSettings, containers: Iterable[Container] = CONTAINERS) -> None:
    """Create the database and the containers that are missing; run again, it changes nothing."""
    from azure.cosmos import PartitionKey  # noqa: PLC0415  # the adapter's rule: the SDK comes with a call

    connection = CosmosDatabase(settings)
    try:
        client = await connection.client()
        database = await client.create_database_if_not_exists(settings.database)
        for container in containers:
            row = _row(container)
            await database.create_container_if_not_exists(
                container.name,
                partition_key=PartitionKey(row["partition_key"]),
                indexing_policy=policy(row),
                default_ttl=row["default_ttl"],
            )
    finally:
        await connection.close()


def policy(row: dict[str, Any]) -> dict[str, Any]:
    """The indexing policy of a container, as ``infra/modules/data/cosmos.bicep`` makes it."""
    return {
        "indexingMode": "consistent",
        "automatic": True,
        "includedPaths": [{"path": f"{path}/?"} for path in row["indexed"]],
        "excludedPaths": [{"path": "/*"}, {"path": '/"_etag"/?'}],
        "compositeIndexes": [[_ordered(path) for path in paths] for paths in row["composite"]],
    }


def _row(container: Container) -> dict[str, Any]:
    filtered = (*container.filtered_by, *SWEPT_EVERYWHERE)
    return container_row(container.name, container.partition_key, filtered, container.sorted_by)


def _ordered(entry: str) -> dict[str, str]:
    path, _, direction = entry.partition(" ")
    return {"path": path, "order": "descending" if direction == "desc" else "ascending"}


def main() -> None:
    """Read the environment and create what is missing."""
    settings = cosmos_settings(os.environ)
    if settings is None:
        raise SystemExit("COSMOS_ACCOUNT_URI is not set")
    asyncio.run(create(settings))
    print(f"{len(CONTAINERS)} containers are there in {settings.database}")


if __name__ == "__main__":
    main()
