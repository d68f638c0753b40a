"""The store in Azure: Cosmos DB for NoSQL through its official SDK, which is imported when a call needs it."""
