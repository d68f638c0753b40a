metadata description = 'The cluster that the agents share: a system pool, their pool, and a spot pool that may vanish. Entra only, private API, workload identity, KEDA.'

param location string
param tags object
param name string
param subnetId string
param clusterIdentityId string
param kubeletId string
param kubeletClientId string
param kubeletPrincipalId string
@description('Object ids of Entra groups whose members administer the cluster.')
@minLength(1)
param adminGroupIds array
param systemNodes int
param maximumAgentNodes int
param maximumSpotNodes int
param nodeSize string
@description('Three zones in production; none where a region lacks them.')
param zones array
@description('The Kubernetes namespace of the agents.')
param agentNamespace string
param workspaceId string

var shared = {
  vmSize: nodeSize
  osType: 'Linux'
  osSKU: 'AzureLinux'
  osDiskType: 'Managed'
  vnetSubnetID: subnetId
  availabilityZones: zones
  enableAutoScaling: true
  maxPods: 60
}
var systemPool = union(shared, {
  name: 'system'
  mode: 'System'
  count: systemNodes
  minCount: systemNodes
  maxCount: systemNodes + 1
  nodeTaints: ['CriticalAddonsOnly=true:NoSchedule']
})

resource cluster 'Microsoft.ContainerService/managedClusters@2026-04-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Base', tier: 'Standard' }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${clusterIdentityId}': {} } }
  properties: {
    dnsPrefix: name
    enableRBAC: true
    disableLocalAccounts: true
    publicNetworkAccess: 'Disabled'
    aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: adminGroupIds, tenantID: tenant().tenantId }
    apiServerAccessProfile: { enablePrivateCluster: true, enablePrivateClusterPublicFQDN: false, privateDNSZone: 'system' }
    identityProfile: {
      kubeletidentity: { resourceId: kubeletId, clientId: kubeletClientId, objectId: kubeletPrincipalId }
    }
    oidcIssuerProfile: { enabled: true }
    securityProfile: {
      workloadIdentity: { enabled: true }
      imageCleaner: { enabled: true, intervalHours: 48 }
      defender: { logAnalyticsWorkspaceResourceId: workspaceId, securityMonitoring: { enabled: true } }
    }
    workloadAutoScalerProfile: { keda: { enabled: true }, verticalPodAutoscaler: { enabled: false } }
    // Gateway API through the add-on: ingress-nginx is no longer maintained upstream.
    ingressProfile: {
      gatewayAPI: { installation: 'Standard' }
      webAppRouting: {
        enabled: true
        nginx: { defaultIngressControllerType: 'None' }
        gatewayAPIImplementations: { appRoutingIstio: { mode: 'Enabled' } }
      }
    }
    autoUpgradeProfile: { upgradeChannel: 'stable', nodeOSUpgradeChannel: 'NodeImage' }
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkDataplane: 'cilium'
      networkPolicy: 'cilium'
      outboundType: 'userAssignedNATGateway'
      loadBalancerSku: 'standard'
      podCidr: '192.168.0.0/16'
      serviceCidr: '172.16.0.0/16'
      dnsServiceIP: '172.16.0.10'
    }
    addonProfiles: {
      azureKeyvaultSecretsProvider: { enabled: true, config: { enableSecretRotation: 'true' } }
      azurepolicy: { enabled: true }
      omsagent: {
        enabled: true
        config: { logAnalyticsWorkspaceResourceID: workspaceId, useAADAuth: 'true' }
      }
    }
    agentPoolProfiles: [systemPool]
  }
}

resource agentPool 'Microsoft.ContainerService/managedClusters/agentPools@2026-04-01' = {
  parent: cluster
  name: 'agents'
  properties: union(shared, {
    mode: 'User'
    count: 1
    minCount: 1
    maxCount: maximumAgentNodes
    nodeLabels: { 'shop/pool': 'agents' }
  })
}

resource spotPool 'Microsoft.ContainerService/managedClusters/agentPools@2026-04-01' = {
  parent: cluster
  name: 'spot'
  properties: union(shared, {
    mode: 'User'
    count: 0
    minCount: 0
    maxCount: maximumSpotNodes
    scaleSetPriority: 'Spot'
    scaleSetEvictionPolicy: 'Delete'
    spotMaxPrice: -1
    nodeLabels: { 'shop/pool': 'spot' }
    nodeTaints: ['kubernetes.azure.com/scalesetpriority=spot:NoSchedule']
  })
}

resource agentsNamespace 'Microsoft.ContainerService/managedClusters/managedNamespaces@2026-04-01' = {
  parent: cluster
  name: agentNamespace
  location: location
  tags: tags
  properties: {
    adoptionPolicy: 'IfIdentical'
    deletePolicy: 'Keep'
    defaultNetworkPolicy: { ingress: 'AllowSameNamespace', egress: 'AllowAll' }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: cluster
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      { category: 'kube-audit-admin', enabled: true }
      { category: 'guard', enabled: true }
      { category: 'cluster-autoscaler', enabled: true }
    ]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = cluster.id
output name string = cluster.name
output issuer string = cluster.properties.oidcIssuerProfile.issuerURL
