metadata description = 'Language models, for the agents whose row in agents.json asks for one. Which model that is, is a parameter: they retire faster than templates.'

param location string
param tags object
param name string
@description('Deployments by the name that agents.json uses: {fast: {model, version, capacity}}.')
param deployments object
param workspaceId string

resource account 'Microsoft.CognitiveServices/accounts@2026-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: { name: 'S0' }
  properties: {
    customSubDomainName: name
    publicNetworkAccess: 'Disabled'
    disableLocalAuth: true
    networkAcls: { defaultAction: 'Deny', bypass: 'None' }
  }
}

// The account takes one deployment at a time.
@batchSize(1)
resource models 'Microsoft.CognitiveServices/accounts/deployments@2026-03-01' = [
  for deployment in items(deployments): {
    parent: account
    name: deployment.key
    sku: { name: 'Standard', capacity: deployment.value.capacity }
    properties: {
      model: { format: 'OpenAI', name: deployment.value.model, version: deployment.value.version }
      versionUpgradeOption: 'OnceCurrentVersionExpired'
    }
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: account
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'Audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = account.id
output name string = account.name
output endpoint string = account.properties.endpoint
