metadata description = 'The shop’s store: one account, one database, the containers of names.json. Entra only; containers come from here and nowhere else.'

param location string
param tags object
param name string
@description('Second region; empty: one region.')
param secondaryLocation string
@description('Serverless costs nothing at rest but lives in one region only.')
param serverless bool
@description('Highest throughput of the database, in request units a second; autoscale goes down to a tenth.')
@minValue(1000)
param maxThroughput int
@description('Containers with throughput of their own: {Orders: 4000}.')
param dedicatedThroughput object
param zoneRedundant bool
@description('Principals that read and write all containers.')
param contributorPrincipalIds array
param workspaceId string

var names = loadJsonContent('../../names.json')
// 300 s is the least that several regions allow, and is the five minutes that may be lost at most.
var staleness = { defaultConsistencyLevel: 'BoundedStaleness', maxIntervalInSeconds: 300, maxStalenessPrefix: 100000 }
var dataContributor = '00000000-0000-0000-0000-000000000002'
var locations = empty(secondaryLocation) ? [location] : [location, secondaryLocation]

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    capabilities: serverless ? [{ name: 'EnableServerless' }] : []
    consistencyPolicy: empty(secondaryLocation) ? { defaultConsistencyLevel: 'Session' } : staleness
    locations: [
      for (place, i) in locations: {
        locationName: place
        failoverPriority: i
        isZoneRedundant: zoneRedundant
      }
    ]
    enableAutomaticFailover: !empty(secondaryLocation)
    enableMultipleWriteLocations: false
    publicNetworkAccess: 'Disabled'
    networkAclBypass: 'None'
    minimalTlsVersion: 'Tls12'
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    enableBurstCapacity: !serverless
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: 'Continuous30Days' } }
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-10-15' = {
  parent: account
  name: names.database
  properties: {
    resource: { id: names.database }
    options: serverless ? {} : { autoscaleSettings: { maxThroughput: maxThroughput } }
  }
}

@batchSize(5)
resource collections 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-10-15' = [
  for container in names.containers: {
    parent: database
    name: container.name
    properties: {
      resource: {
        id: container.name
        partitionKey: { paths: [container.partition_key], kind: 'Hash', version: 2 }
        // null: documents stay; -1: a document may carry a ttl of its own; else seconds after its last write.
        defaultTtl: container.default_ttl
        // Only what is filtered or sorted by is indexed: every path costs at each write.
        indexingPolicy: {
          indexingMode: 'consistent'
          automatic: true
          includedPaths: map(container.indexed, path => { path: '${path}/?' })
          excludedPaths: [{ path: '/*' }, { path: '/"_etag"/?' }]
          compositeIndexes: map(container.composite, paths =>
            map(paths, entry => {
              path: split(entry, ' ')[0]
              order: endsWith(entry, ' desc') ? 'descending' : 'ascending'
            })
          )
        }
      }
      options: !serverless && contains(dedicatedThroughput, container.name)
        ? { autoscaleSettings: { maxThroughput: dedicatedThroughput[container.name] } }
        : {}
    }
  }
]

resource contributors 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = [
  for principal in contributorPrincipalIds: {
    parent: account
    name: guid(account.id, principal, dataContributor)
    properties: {
      principalId: principal
      roleDefinitionId: '${account.id}/sqlRoleDefinitions/${dataContributor}'
      scope: account.id
    }
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: account
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      { category: 'DataPlaneRequests', enabled: true }
      { category: 'PartitionKeyRUConsumption', enabled: true }
      { category: 'ControlPlaneRequests', enabled: true }
    ]
    metrics: [{ category: 'Requests', enabled: true }]
  }
}

resource keep 'Microsoft.Authorization/locks@2020-05-01' = if (!serverless) {
  name: 'keep'
  scope: account
  properties: { level: 'CanNotDelete', notes: 'The shop’s only copy of its orders.' }
}

output id string = account.id
output name string = account.name
output endpoint string = account.properties.documentEndpoint
