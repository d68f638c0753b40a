metadata description = 'What both regions share: store, settings, images, mail, registry and the static site. Lives in the home group.'

param location string
param tags object
param suffix string
param token string
@description('Second region; empty: one region.')
param secondaryLocation string
param size object
param settings object
param apiPrincipalId string
param deployerPrincipalId string
param workspaceId string
param workspaceName string
param insightsName string
@description('Principals that send telemetry: the API’s and the gateway’s own.')
param telemetryPrincipalIds array

var abbreviations = loadJsonContent('../abbreviations.json')

module cosmos 'data/cosmos.bicep' = {
  name: 'cosmos'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.cosmos}-${suffix}'
    secondaryLocation: secondaryLocation
    serverless: size.cosmosServerless
    maxThroughput: size.cosmosMaxThroughput
    dedicatedThroughput: size.cosmosDedicatedThroughput
    zoneRedundant: size.zoneRedundant
    contributorPrincipalIds: [apiPrincipalId]
    workspaceId: workspaceId
  }
}

module storage 'data/storage.bicep' = {
  name: 'shop-storage'
  params: {
    location: location
    tags: tags
    name: take('${abbreviations.storage}shop${token}', 24)
    redundancy: size.storageRedundancy
    containers: ['uploads', 'audit']
    ageing: [{ container: 'audit', coolAfterDays: 30, archiveAfterDays: 180 }]
    uploadOrigins: union([settings.shopOrigin], [settings.staffOrigin])
    keepVersions: true
    workspaceId: workspaceId
  }
}

module images 'data/images.bicep' = {
  name: 'image-storage'
  params: {
    location: location
    tags: tags
    name: take('${abbreviations.storage}img${token}', 24)
    redundancy: size.storageRedundancy
    workspaceId: workspaceId
  }
}

module storageAccess 'identity/role-storage.bicep' = {
  name: 'shop-storage-access'
  params: {
    name: storage.outputs.name
    grants: [{ principalId: apiPrincipalId, role: 'Storage Blob Data Contributor' }]
  }
}

module imageAccess 'identity/role-storage.bicep' = {
  name: 'image-storage-access'
  params: {
    name: images.outputs.name
    grants: [{ principalId: apiPrincipalId, role: 'Storage Blob Data Contributor' }]
  }
}

module configuration 'config/appconfig.bicep' = {
  name: 'app-configuration'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.appConfiguration}-${suffix}'
    secondaryLocation: secondaryLocation
    workspaceId: workspaceId
  }
}

module configurationAccess 'identity/role-appconfig.bicep' = {
  name: 'app-configuration-access'
  params: {
    name: configuration.outputs.name
    grants: [{ principalId: apiPrincipalId, role: 'App Configuration Data Owner' }]
  }
}

module mail 'messaging/communication.bicep' = {
  name: 'communication'
  params: { tags: tags, suffix: suffix, dataLocation: settings.mailDataLocation, domain: settings.mailDomain }
}

module mailAccess 'identity/role-communication.bicep' = {
  name: 'communication-access'
  params: {
    name: mail.outputs.name
    grants: [{ principalId: apiPrincipalId, role: 'Communication and Email Service Owner' }]
  }
}

module registry 'compute/acr.bicep' = {
  name: 'registry'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.containerRegistry}${token}'
    secondaryLocation: secondaryLocation
    workspaceId: workspaceId
  }
}

module telemetry 'identity/role-insights.bicep' = {
  name: 'telemetry-access'
  params: {
    name: insightsName
    grants: map(telemetryPrincipalIds, id => { principalId: id, role: 'Monitoring Metrics Publisher' })
  }
}

module logs 'identity/role-workspace.bicep' = {
  name: 'log-access'
  params: {
    name: workspaceName
    grants: map([apiPrincipalId, deployerPrincipalId], id => { principalId: id, role: 'Log Analytics Reader' })
  }
}

output cosmosId string = cosmos.outputs.id
output cosmosName string = cosmos.outputs.name
output cosmosEndpoint string = cosmos.outputs.endpoint
output storageEndpoint string = storage.outputs.blobEndpoint
output imageStorageEndpoint string = images.outputs.blobEndpoint
@description('What Front Door reaches: {id, host, location} of the pictures and of the uploads.')
output pictures object = { id: images.outputs.id, host: images.outputs.blobHost, location: location }
output uploads object = { id: storage.outputs.id, host: storage.outputs.blobHost, location: location }
output configurationId string = configuration.outputs.id
output configurationEndpoint string = configuration.outputs.endpoint
output mailEndpoint string = mail.outputs.endpoint
output mailFrom string = mail.outputs.fromAddress
output registryId string = registry.outputs.id
output registryName string = registry.outputs.name
output registryServer string = registry.outputs.loginServer
