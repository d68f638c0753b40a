metadata description = 'Who may put network cards into a subnet.'

param networkName string
param subnetName string
@description('Rows of {principalId, role}; role is a name in roles.json.')
param grants array

var roles = loadJsonContent('../../roles.json')

resource network 'Microsoft.Network/virtualNetworks@2025-07-01' existing = {
  name: networkName
}

resource target 'Microsoft.Network/virtualNetworks/subnets@2025-07-01' existing = {
  parent: network
  name: subnetName
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
