metadata description = 'The registry of the agents’ images. Premium, since only it has private endpoints and copies in other regions.'

param location string
param tags object
@minLength(5)
@maxLength(50)
param name string
@description('Second region; empty: no copy.')
param secondaryLocation string
param workspaceId string

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Premium' }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    publicNetworkAccess: 'Disabled'
    networkRuleBypassOptions: 'AzureServices'
    policies: { retentionPolicy: { status: 'enabled', days: 30 } }
  }
}

resource copy 'Microsoft.ContainerRegistry/registries/replications@2025-11-01' = if (!empty(secondaryLocation)) {
  parent: registry
  // Its name is the region's, by the service's rule.
  name: empty(secondaryLocation) ? location : secondaryLocation
  location: empty(secondaryLocation) ? location : secondaryLocation
  tags: tags
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: registry
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = registry.id
output name string = registry.name
output loginServer string = registry.properties.loginServer
