metadata description = 'The search index service, for the agents whose row in agents.json asks for it.'

param location string
param tags object
param name string
param replicas int
param workspaceId string

resource search 'Microsoft.Search/searchServices@2025-05-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'basic' }
  properties: {
    replicaCount: replicas
    partitionCount: 1
    publicNetworkAccess: 'Disabled'
    disableLocalAuth: true
    networkRuleSet: { bypass: 'None' }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: search
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = search.id
output name string = search.name
