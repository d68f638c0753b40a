metadata description = 'Who may write and read search indexes.'

param name string
@description('Rows of {principalId, role}; role is a name in roles.json.')
param grants array

var roles = loadJsonContent('../../roles.json')

resource target 'Microsoft.Search/searchServices@2025-05-01' existing = {
  name: name
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in grants: {
    name: guid(target.id, grant.principalId, grant.role)
    scope: target
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[grant.role])
      principalId: grant.principalId
      principalType: 'ServicePrincipal'
    }
  }
]
