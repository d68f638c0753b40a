metadata description = 'From a row of names.json to a container: partition key, time to live, and an index of exactly the named paths.'

@export()
@description('Container resources of rows {name, partition_key, default_ttl, indexed, composite}. A composite entry reads "/path asc" or "/path desc".')
func containersOf(rows array) array =>
  map(rows, row => {
    id: row.name
    partitionKey: { paths: [row.partition_key], kind: 'Hash', version: 2 }
    // null: documents stay; -1: a document may carry a ttl of its own; else seconds after its last write.
    defaultTtl: row.default_ttl
    indexingPolicy: {
      indexingMode: 'consistent'
      automatic: true
      includedPaths: map(row.indexed, path => { path: '${path}/?' })
      excludedPaths: [{ path: '/*' }, { path: '/"_etag"/?' }]
      compositeIndexes: map(row.composite, paths =>
        map(paths, entry => {
          path: split(entry, ' ')[0]
          order: endsWith(entry, ' desc') ? 'descending' : 'ascending'
        })
      )
    }
  })
