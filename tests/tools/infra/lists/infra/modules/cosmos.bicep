var staleness = { defaultConsistencyLevel: 'BoundedStaleness', maxIntervalInSeconds: 300 }
