metadata description = 'A new cluster for the agents, and the two roles that it needs before it can be born.'

param location string
param tags object
param suffix string
param networkName string
param subnetName string
param subnetId string
param identity object
@minLength(1)
param adminGroupIds array
param size object
param agentNamespace string
param workspaceId string

var abbreviations = loadJsonContent('../../abbreviations.json')

module subnetAccess '../identity/role-subnet.bicep' = {
  name: 'cluster-subnet-access'
  scope: resourceGroup(split(subnetId, '/')[4])
  params: {
    networkName: networkName
    subnetName: subnetName
    grants: [{ principalId: identity.clusterPrincipalId, role: 'Network Contributor' }]
  }
}

module kubeletAccess '../identity/role-identity.bicep' = {
  name: 'cluster-kubelet-access'
  params: {
    name: identity.kubeletName
    grants: [{ principalId: identity.clusterPrincipalId, role: 'Managed Identity Operator' }]
  }
}

module cluster '../compute/aks.bicep' = {
  name: 'cluster-itself'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.kubernetes}-${suffix}'
    subnetId: subnetId
    clusterIdentityId: identity.clusterId
    kubeletId: identity.kubeletId
    kubeletClientId: identity.kubeletClientId
    kubeletPrincipalId: identity.kubeletPrincipalId
    adminGroupIds: adminGroupIds
    systemNodes: size.systemNodes
    maximumAgentNodes: size.maximumAgentNodes
    maximumSpotNodes: size.maximumSpotNodes
    nodeSize: size.nodeSize
    zones: size.zoneRedundant ? ['1', '2', '3'] : []
    agentNamespace: agentNamespace
    workspaceId: workspaceId
  }
  dependsOn: [subnetAccess, kubeletAccess]
}

module logs '../compute/aks-logs.bicep' = {
  name: 'cluster-logs'
  params: { location: location, tags: tags, clusterName: cluster.outputs.name, workspaceId: workspaceId }
}

module restarts '../identity/role-aks.bicep' = {
  name: 'cluster-restarts'
  params: {
    clusterName: cluster.outputs.name
    kubernetesNamespace: agentNamespace
    grants: [{ principalId: identity.apiPrincipalId, role: 'Azure Kubernetes Service RBAC Writer' }]
  }
}

output id string = cluster.outputs.id
output name string = cluster.outputs.name
output issuer string = cluster.outputs.issuer
