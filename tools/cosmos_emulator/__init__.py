"""A strict peer of Azure Cosmos DB for NoSQL, for development and tests: in memory, over real HTTP.

It is ours, written from the service's documentation, and was never compared with the service itself.
Each rule names the page that it follows; where the documentation is silent the rule says what is assumed.
It has one physical partition and knows what this shop uses, refuses the rest by name, and is stricter
than the service where leniency would hide a fault. Microsoft's own emulator, or an account, can take
its place in the tests: see ``tests/adapters/cosmos/conftest.py``.

    python -m tools.cosmos_emulator --port 8081

Never deployed.
"""
