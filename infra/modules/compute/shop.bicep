metadata description = 'The stable app and its canary: the same code, separate plans, subnets and storage, so that neither can take the other down.'

param location string
param tags object
param suffix string
param token string
param network object
param size object
param identity object
param settings object
@description('False: events and timers of the stable app stay off too.')
param active bool
param allowedServiceTags array
param workspaceId string

var abbreviations = loadJsonContent('../../abbreviations.json')
var twins = [
  { name: 'stable', subnetId: network.functionsSubnetId, background: active, warm: size.alwaysReady }
  { name: 'canary', subnetId: network.canarySubnetId, background: false, warm: 0 }
]

module storage '../data/storage.bicep' = [
  for twin in twins: {
    name: 'storage-${twin.name}'
    params: {
      location: location
      tags: tags
      name: take('${abbreviations.storage}${take(twin.name, 3)}${token}', 24)
      redundancy: size.zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
      containers: ['packages']
      ageing: []
      uploadOrigins: []
      keepVersions: false
      workspaceId: workspaceId
    }
  }
]

module storageAccess '../identity/role-storage.bicep' = [
  for (twin, i) in twins: {
    name: 'storage-access-${twin.name}'
    params: {
      name: storage[i].outputs.name
      grants: [
        { principalId: identity.apiPrincipalId, role: 'Storage Blob Data Owner' }
        { principalId: identity.apiPrincipalId, role: 'Storage Queue Data Contributor' }
        { principalId: identity.apiPrincipalId, role: 'Storage Table Data Contributor' }
      ]
    }
  }
]

module apps 'functions.bicep' = [
  for (twin, i) in twins: {
    name: 'app-${twin.name}'
    params: {
      location: location
      // azd finds the app of its service by this tag.
      tags: union(tags, { 'azd-service-name': twin.name == 'stable' ? 'api' : 'api-canary' })
      name: '${abbreviations.functionApp}-${twin.name}-${suffix}'
      planName: '${abbreviations.functionPlan}-${twin.name}-${suffix}'
      subnetId: twin.subnetId
      storageName: storage[i].outputs.name
      packageContainerUrl: '${storage[i].outputs.blobEndpoint}packages'
      identityId: identity.apiId
      identityClientId: identity.apiClientId
      settings: settings
      backgroundActive: twin.background
      alwaysReady: twin.warm
      zoneRedundant: size.zoneRedundant
      maximumInstances: size.maximumInstances
      memoryMB: size.instanceMemoryMB
      allowedServiceTags: allowedServiceTags
      deployFromInternet: size.deployFromInternet
      workspaceId: workspaceId
    }
    dependsOn: [storageAccess]
  }
]

module deployer '../identity/role-site.bicep' = [
  for (twin, i) in twins: {
    name: 'deployer-${twin.name}'
    params: {
      name: apps[i].outputs.name
      grants: [{ principalId: identity.deployerPrincipalId, role: 'Website Contributor' }]
    }
  }
]

output stableName string = apps[0].outputs.name
output canaryName string = apps[1].outputs.name
output stableHost string = apps[0].outputs.hostName
output canaryHost string = apps[1].outputs.hostName
output appIds array = [apps[0].outputs.id, apps[1].outputs.id]
@description('Private endpoints that the two apps and their storage need. The runtime wants queues and tables as well as blobs.')
output endpoints array = [
  { name: 'stable', serviceId: apps[0].outputs.id, group: 'sites', zone: 'sites' }
  { name: 'canary', serviceId: apps[1].outputs.id, group: 'sites', zone: 'sites' }
  { name: 'stable-blob', serviceId: storage[0].outputs.id, group: 'blob', zone: 'blob' }
  { name: 'stable-queue', serviceId: storage[0].outputs.id, group: 'queue', zone: 'queue' }
  { name: 'stable-table', serviceId: storage[0].outputs.id, group: 'table', zone: 'table' }
  { name: 'canary-blob', serviceId: storage[1].outputs.id, group: 'blob', zone: 'blob' }
  { name: 'canary-queue', serviceId: storage[1].outputs.id, group: 'queue', zone: 'queue' }
  { name: 'canary-table', serviceId: storage[1].outputs.id, group: 'table', zone: 'table' }
]
