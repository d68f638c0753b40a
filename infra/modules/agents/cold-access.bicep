metadata description = 'Each agent may write its own cold memory container, and no other’s.'

param accountName string
@description('Rows of {name, principalId}, in the order of agents.json.')
param identities array

var agents = loadJsonContent('../../agents.json')
var roles = loadJsonContent('../../roles.json')

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: accountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' existing = {
  parent: account
  name: 'default'
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' existing = [
  for agent in agents: {
    parent: blobs
    name: agent.cold
  }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (agent, i) in agents: {
    name: guid(containers[i].id, agent.name, 'Storage Blob Data Contributor')
    scope: containers[i]
    properties: {
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roles['Storage Blob Data Contributor']
      )
      principalId: identities[i].principalId
      principalType: 'ServicePrincipal'
    }
  }
]
