metadata description = 'Settings and feature flags that change without a deployment.'

param location string
param tags object
param name string
@description('Second region; empty: no copy.')
param secondaryLocation string
param workspaceId string

resource store 'Microsoft.AppConfiguration/configurationStores@2024-06-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'standard' }
  properties: {
    publicNetworkAccess: 'Disabled'
    disableLocalAuth: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: 7
    // No key would do: who deploys reaches the store under their own name.
    dataPlaneProxy: { authenticationMode: 'Pass-through', privateLinkDelegation: 'Disabled' }
  }
}

resource copy 'Microsoft.AppConfiguration/configurationStores/replicas@2024-06-01' = if (!empty(secondaryLocation)) {
  parent: store
  name: 'secondary'
  location: secondaryLocation
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: store
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = store.id
output name string = store.name
output endpoint string = store.properties.endpoint
