metadata description = 'Front Door’s profile and endpoint. Apart from its routes, since the gateway must know the profile’s id before the routes can point to the gateway.'

param tags object
param name string
param endpointName string
param workspaceId string

resource profile 'Microsoft.Cdn/profiles@2025-06-01' = {
  name: name
  location: 'global'
  tags: tags
  sku: { name: 'Premium_AzureFrontDoor' }
  properties: {
    originResponseTimeoutSeconds: 60
    logScrubbing: {
      state: 'Enabled'
      scrubbingRules: [
        { matchVariable: 'RequestIPAddress', selectorMatchOperator: 'EqualsAny', state: 'Enabled' }
        { matchVariable: 'QueryStringArgNames', selectorMatchOperator: 'EqualsAny', state: 'Enabled' }
      ]
    }
  }
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2025-06-01' = {
  parent: profile
  name: endpointName
  location: 'global'
  tags: tags
  properties: { enabledState: 'Enabled' }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: profile
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = profile.id
output name string = profile.name
output endpointName string = endpoint.name
output host string = endpoint.properties.hostName
@description('Front Door signs what it forwards with this id; the gateway refuses anything without it.')
output frontDoorId string = profile.properties.frontDoorId
