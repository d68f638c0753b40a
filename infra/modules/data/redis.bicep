metadata description = 'Azure Managed Redis: caches, sessions, token buckets. The shop survives its loss, so it has no copy elsewhere. One logical database: prefixes, not numbers, keep users apart.'

param location string
param tags object
param name string
@description('Balanced_B0 is the smallest; see the price list before raising it.')
@allowed(['Balanced_B0', 'Balanced_B1', 'Balanced_B3', 'Balanced_B5', 'Balanced_B10'])
param sku string
param highAvailability bool
@description('Principals that read and write all keys.')
param principalIds array
param workspaceId string

resource cluster 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku }
  properties: {
    publicNetworkAccess: 'Disabled'
    minimumTlsVersion: '1.2'
    highAvailability: highAvailability ? 'Enabled' : 'Disabled'
  }
}

resource database 'Microsoft.Cache/redisEnterprise/databases@2025-07-01' = {
  parent: cluster
  name: 'default'
  properties: {
    clientProtocol: 'Encrypted'
    port: 10000
    clusteringPolicy: 'NoCluster'
    evictionPolicy: 'VolatileLRU'
    accessKeysAuthentication: 'Disabled'
  }
}

// The service takes one change of its access policies at a time.
@batchSize(1)
resource access 'Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments@2025-07-01' = [
  for principal in principalIds: {
    parent: database
    name: replace(guid(database.id, principal), '-', '')
    properties: { accessPolicyName: 'default', user: { objectId: principal } }
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: cluster
  properties: { workspaceId: workspaceId, metrics: [{ category: 'AllMetrics', enabled: true }] }
}

output id string = cluster.id
output hostName string = cluster.properties.hostName
output port int = 10000
