targetScope = 'subscription'

metadata description = 'What is built, in its order: logs and identities, networks, what regions share, the agents, a stamp a region, the edge, and those who watch. main.bicep has checked every value.'

import { sizes, signIn, carrierAccounts } from '../types.bicep'

param environmentName string
param workload string
@description('One or two regions; the first holds what they share.')
@minLength(1)
@maxLength(2)
param regions array
param activeLocation string
param staticSiteLocation string
param size sizes
param signInWith signIn
param carriers carrierAccounts
@description('{shop, staff}')
param origins object
@description('address=role, joined by commas; empty: nobody.')
param invited string
@description('{api, site, mail, mailDataLocation}; empty: given names.')
param domains object
param clusterAdminGroupIds array
@description('Parts of an existing cluster’s id; empty: a new cluster.')
param clusterAt array
@description('{baseUrl, dialect, models}')
param agents object
@minLength(1)
param contactEmails array
param publisherName string
param budgetStart string
param gatewayPublicAccess bool
param canaryWeight int
param blockedCountries array
param deployerSubject string
param runbookBaseUrl string
param azdEnvironment string

var abbreviations = loadJsonContent('../abbreviations.json')
var regionCodes = loadJsonContent('../regions.json')
var location = string(regions[0])
var token = take(uniqueString(subscription().id, workload, environmentName), 8)
var suffix = '${workload}-${environmentName}-${token}'
var tags = { workload: workload, environment: environmentName, 'managed-by': 'bicep', 'azd-env-name': azdEnvironment }
var agentNamespace = 'holiday-peak'
var newCluster = size.agents && empty(clusterAt)
var gatewayHost = '${abbreviations.apiManagement}-${suffix}-${regionCodes[location]}.azure-api.net'
var homeName = '${abbreviations.resourceGroup}-${suffix}'
// Conditions do not keep a module's scope from being worked out, so it must be sound without a cluster too.
var standingAt = empty(clusterAt) ? ['', '', subscription().subscriptionId, '', homeName, '', '', '', 'none'] : clusterAt
var placeNames = map(regions, region => '${abbreviations.resourceGroup}-${suffix}-${regionCodes[region]}')

resource home 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: homeName
  location: location
  tags: tags
}

resource places 'Microsoft.Resources/resourceGroups@2025-04-01' = [
  for (region, i) in regions: {
    name: placeNames[i]
    location: region
    tags: tags
  }
]

module logs 'observability/workspace.bicep' = {
  name: 'workspace'
  scope: home
  params: {
    location: location
    tags: tags
    suffix: suffix
    retentionDays: size.logRetentionDays
    dailyLimitGb: size.logDailyLimitGb
  }
}

module activity 'observability/diagnostics.bicep' = {
  name: 'activity-${suffix}'
  params: { name: suffix, workspaceId: logs.outputs.workspaceId }
}

module identities 'identity/identities.bicep' = {
  name: 'identities'
  scope: home
  params: { location: location, tags: tags, suffix: suffix, deployerSubject: deployerSubject }
}

module ddos 'network/ddos.bicep' = if (size.ddosPlan) {
  name: 'ddos'
  scope: home
  params: { location: location, tags: tags, name: '${abbreviations.ddosPlan}-${suffix}' }
}

module networks 'network/network.bicep' = [
  for (region, i) in regions: {
    name: 'network'
    scope: places[i]
    params: {
      location: region
      tags: tags
      suffix: '${suffix}-${regionCodes[region]}'
      addressPrefix: '10.${20 + i}'
      ddosPlanId: ddos.?outputs.id ?? ''
      workspaceId: logs.outputs.workspaceId
    }
  }
]

module door 'edge/profile.bicep' = if (size.frontDoor) {
  name: 'front-door'
  scope: home
  params: {
    tags: tags
    name: '${abbreviations.frontDoor}-${suffix}'
    endpointName: '${workload}-${environmentName}'
    workspaceId: logs.outputs.workspaceId
  }
}

var apiHost = empty(domains.api) ? door.?outputs.host ?? gatewayHost : domains.api

module registration 'identity/entra-app.bicep' = if (empty(signInWith.clientId)) {
  name: 'registration'
  scope: home
  params: {
    uniqueName: '${workload}-${environmentName}-api'
    displayName: 'Holiday Peak Hub ${environmentName}'
    redirectUris: ['https://${apiHost}/api/auth/callback']
    apiPrincipalId: identities.outputs.apiPrincipalId
  }
}

var clientId = empty(signInWith.clientId) ? registration!.outputs.clientId : signInWith.clientId

module shared 'home.bicep' = {
  name: 'home'
  scope: home
  params: {
    location: location
    tags: tags
    suffix: suffix
    token: token
    secondaryLocation: length(regions) == 2 ? regions[1] : ''
    size: size
    settings: {
      shopOrigin: origins.shop
      staffOrigin: origins.staff
      mailDomain: domains.mail
      mailDataLocation: domains.mailDataLocation
    }
    apiPrincipalId: identities.outputs.apiPrincipalId
    deployerPrincipalId: identities.outputs.deployerPrincipalId
    workspaceId: logs.outputs.workspaceId
    workspaceName: logs.outputs.workspaceName
    insightsName: logs.outputs.insightsName
    telemetryPrincipalIds: [identities.outputs.apiPrincipalId]
  }
}

module cluster 'agents/cluster.bicep' = if (newCluster) {
  name: 'cluster'
  scope: home
  params: {
    location: location
    tags: tags
    suffix: suffix
    networkName: networks[0].outputs.name
    subnetName: networks[0].outputs.agentsSubnetName
    subnetId: networks[0].outputs.agentsSubnetId
    identity: identities.outputs.all
    adminGroupIds: clusterAdminGroupIds
    size: size
    agentNamespace: agentNamespace
    workspaceId: logs.outputs.workspaceId
  }
}

module standing 'compute/aks-existing.bicep' = if (size.agents && !newCluster) {
  name: 'standing-cluster'
  scope: resourceGroup(standingAt[2], standingAt[4])
  params: { name: standingAt[8] }
}

module helpers 'agents/agents.bicep' = if (size.agents) {
  name: 'agents'
  scope: home
  params: {
    location: location
    tags: tags
    suffix: suffix
    token: token
    issuer: newCluster ? cluster!.outputs.issuer : standing!.outputs.issuer
    agentNamespace: agentNamespace
    serverless: size.cosmosServerless
    cosmosName: shared.outputs.cosmosName
    registryName: shared.outputs.registryName
    pullPrincipalIds: newCluster ? [identities.outputs.kubeletPrincipalId] : []
    modelDeployments: agents.models
    searchReplicas: size.searchReplicas
    storageRedundancy: size.storageRedundancy
    workspaceId: logs.outputs.workspaceId
  }
}

module stamps 'region.bicep' = [
  for (region, i) in regions: {
    name: 'region-${regionCodes[region]}'
    params: {
      groupName: placeNames[i]
      location: region
      tags: tags
      suffix: '${suffix}-${regionCodes[region]}'
      token: take('${token}${regionCodes[region]}', 12)
      network: networks[i].outputs.places
      home: {
        cosmosId: shared.outputs.cosmosId
        cosmosEndpoint: shared.outputs.cosmosEndpoint
        storageId: shared.outputs.uploads.id
        storageEndpoint: shared.outputs.storageEndpoint
        imageStorageId: shared.outputs.pictures.id
        imageStorageEndpoint: shared.outputs.imageStorageEndpoint
        configurationId: shared.outputs.configurationId
        configurationEndpoint: shared.outputs.configurationEndpoint
        mailEndpoint: shared.outputs.mailEndpoint
        mailFrom: shared.outputs.mailFrom
        registryId: shared.outputs.registryId
        memoryStorageId: helpers.?outputs.memoryStorageId ?? ''
        searchId: helpers.?outputs.searchId ?? ''
        modelsId: helpers.?outputs.modelsId ?? ''
        clusterId: newCluster ? cluster.?outputs.id ?? '' : join(clusterAt, '/')
      }
      size: size
      identity: identities.outputs.all
      insights: {
        id: logs.outputs.insightsId
        connection: logs.outputs.insightsConnection
        customerId: logs.outputs.customerId
      }
      workspaceId: logs.outputs.workspaceId
      agents: helpers.?outputs.identities ?? []
      agentBaseUrl: agents.baseUrl
      agentNamespace: agentNamespace
      dialect: agents.dialect
      signInWith: union(signInWith, { clientId: clientId })
      carriers: carriers
      origins: origins
      invited: invited
      apiHost: apiHost
      frontDoorId: door.?outputs.frontDoorId ?? 'none'
      publisher: { name: publisherName, email: contactEmails[0] }
      active: region == activeLocation
      canaryWeight: canaryWeight
      gatewayPublicAccess: gatewayPublicAccess
    }
  }
]

module gatewayTelemetry 'identity/role-insights.bicep' = {
  name: 'gateway-telemetry'
  scope: home
  params: {
    name: logs.outputs.insightsName
    grants: [for i in range(0, length(regions)): { principalId: stamps[i].outputs.gatewaySystemPrincipalId, role: 'Monitoring Metrics Publisher' }]
  }
}

module edge 'edge/edge.bicep' = if (size.frontDoor) {
  name: 'edge'
  scope: home
  params: {
    tags: tags
    firewallName: '${abbreviations.webFirewall}${workload}${environmentName}${token}'
    blockedCountries: blockedCountries
    profileName: door!.outputs.name
    endpointName: door!.outputs.endpointName
    gateways: [for i in range(0, length(regions)): stamps[i].outputs.gateway]
    pictures: shared.outputs.pictures
    uploads: shared.outputs.uploads
    customDomain: domains.api
  }
}

module site 'web/static-web-app.bicep' = {
  name: 'site'
  scope: home
  params: {
    location: staticSiteLocation
    tags: tags
    name: '${abbreviations.staticWebApp}-${suffix}'
    sku: size.staticSiteSku
    apiUrl: 'https://${apiHost}'
    customDomain: domains.site
  }
}

module operations 'operations.bicep' = {
  name: 'operations'
  scope: home
  params: {
    location: location
    tags: tags
    suffix: suffix
    environmentName: environmentName
    size: size
    contactEmails: contactEmails
    budgetStart: budgetStart
    workspaceId: logs.outputs.workspaceId
    insightsId: logs.outputs.insightsId
    cosmosId: shared.outputs.cosmosId
    probeUrl: size.frontDoor ? 'https://${apiHost}/health/ready' : ''
    runbookBaseUrl: runbookBaseUrl
    groupNames: concat([homeName], placeNames)
    backup: newCluster
  }
}

output homeGroup string = home.name
output apiUrl string = 'https://${apiHost}'
output siteHost string = site.outputs.host
output deployerClientId string = identities.outputs.deployerClientId
output workspaceCustomerId string = logs.outputs.customerId
output cosmosName string = shared.outputs.cosmosName
output registryServer string = shared.outputs.registryServer
output frontDoorName string = door.?outputs.name ?? ''
output registrationClientId string = clientId
output agentKeyPrefixes array = helpers.?outputs.keyPrefixes ?? []
output agentIdentities array = helpers.?outputs.identities ?? []
output regions array = [
  for (region, i) in regions: {
    location: region
    resourceGroup: places[i].name
    gateway: stamps[i].outputs.gatewayName
    stable: stamps[i].outputs.stableName
    canary: stamps[i].outputs.canaryName
    stableHost: stamps[i].outputs.stableHost
    canaryHost: stamps[i].outputs.canaryHost
    vault: stamps[i].outputs.vaultName
    events: stamps[i].outputs.eventsName
    outboundAddress: networks[i].outputs.outboundAddress
  }
]
