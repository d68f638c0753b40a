metadata description = 'Who may restart agents: in their Kubernetes namespace, not in the whole cluster.'

param clusterName string
param kubernetesNamespace string
@description('Rows of {principalId, role}; role is a name in roles.json.')
param grants array

var roles = loadJsonContent('../../roles.json')

resource cluster 'Microsoft.ContainerService/managedClusters@2026-04-01' existing = {
  name: clusterName
}

resource target 'Microsoft.ContainerService/managedClusters/managedNamespaces@2026-04-01' existing = {
  parent: cluster
  name: kubernetesNamespace
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
