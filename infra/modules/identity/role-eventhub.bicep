metadata description = 'Who may send to and receive from a hub: hub by hub, never the whole namespace.'

param namespaceName string
@description('Rows of {hub, principalId, role}; role is a name in roles.json.')
param grants array

var roles = loadJsonContent('../../roles.json')

resource namespace 'Microsoft.EventHub/namespaces@2026-01-01' existing = {
  name: namespaceName
}

resource hubs 'Microsoft.EventHub/namespaces/eventhubs@2026-01-01' existing = [
  for grant in grants: {
    parent: namespace
    name: grant.hub
  }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in grants: {
    name: guid(hubs[i].id, grant.principalId, grant.role)
    scope: hubs[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
      principalId: grant.principalId
      principalType: 'ServicePrincipal'
    }
  }
]
