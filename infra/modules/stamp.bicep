metadata description = 'One region’s shop: cache, hubs, vault, the two function apps, the gateway, and private endpoints to everything. Region two is the same file.'

param location string
param tags object
param suffix string
param token string
@description('Outputs of the region’s network: subnets and DNS zones.')
param network object
@description('Private endpoints of what both regions share: rows of {name, serviceId, group, zone}.')
param sharedServices array
param size object
@description('Settings of the app that no region decides.')
param shared object
param frontDoorId string
param origins object
param signInWith object
param identity object
param insights object
param workspaceId string
@description('Rows of {name, principalId}, in the order of agents.json; empty: no agents.')
param agents array
@description('False in the region that waits: its events and timers stay off.')
param active bool
@minValue(0)
@maxValue(100)
param canaryWeight int
param publisher object
param gatewayPublicAccess bool
param dialect bool

var abbreviations = loadJsonContent('../abbreviations.json')
var withNetwork = size.gatewaySku == 'StandardV2'
var gatewayTags = withNetwork ? [] : ['AzureCloud']

module cache 'data/redis.bicep' = {
  name: 'redis'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.redis}-${suffix}'
    sku: size.redisSku
    highAvailability: size.redisHighAvailability
    principalIds: concat([identity.apiPrincipalId], map(agents, agent => agent.principalId))
    workspaceId: workspaceId
  }
}

module events 'messaging/eventhubs.bicep' = {
  name: 'event-hubs'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.eventHubs}-${suffix}'
    units: size.eventUnits
    maximumUnits: size.eventMaximumUnits
    dialect: dialect
    workspaceId: workspaceId
  }
}

module eventAccess 'identity/event-access.bicep' = {
  name: 'event-access'
  params: {
    namespaceName: events.outputs.name
    hubNames: events.outputs.hubNames
    apiPrincipalId: identity.apiPrincipalId
    agents: agents
  }
}

module vault 'config/keyvault.bicep' = {
  name: 'key-vault'
  params: {
    location: location
    tags: tags
    name: take('${abbreviations.keyVault}-${token}', 24)
    workspaceId: workspaceId
  }
}

module vaultAccess 'identity/role-keyvault.bicep' = {
  name: 'key-vault-access'
  params: {
    name: vault.outputs.name
    grants: [
      { principalId: identity.apiPrincipalId, role: 'Key Vault Secrets User' }
      { principalId: identity.gatewayPrincipalId, role: 'Key Vault Secrets User' }
      { principalId: identity.gatewayPrincipalId, role: 'Key Vault Certificate User' }
    ]
  }
}

module apps 'compute/shop.bicep' = {
  name: 'shop'
  params: {
    location: location
    tags: tags
    suffix: suffix
    token: token
    network: network
    size: size
    identity: identity
    settings: union(shared, {
      EVENT_HUBS__fullyQualifiedNamespace: events.outputs.host
      EVENT_HUBS__credential: 'managedidentity'
      EVENT_HUBS__clientId: identity.apiClientId
      REDIS_HOST: cache.outputs.hostName
      REDIS_PORT: string(cache.outputs.port)
      KEY_VAULT_URL: vault.outputs.uri
      // Stripe's secrets are asked for in the vault, and not referred to here: so they rotate without a restart.
      STRIPE_SECRETS: 'vault'
      // A reference: the platform reads the value as the app's identity and renews it within a day.
      HPH_SECRET_KEY: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/shop-secret-key)'
    })
    active: active
    allowedServiceTags: gatewayTags
    workspaceId: workspaceId
  }
}

module gateway 'api/apim.bicep' = {
  name: 'gateway'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.apiManagement}-${suffix}'
    sku: size.gatewaySku
    capacity: size.gatewayUnits
    subnetId: network.gatewaySubnetId
    identityId: identity.gatewayId
    publisherName: publisher.name
    publisherEmail: publisher.email
    insightsId: insights.id
    insightsConnection: insights.connection
    publicAccess: gatewayPublicAccess
    frontDoorId: frontDoorId
    origins: origins
    signInWith: signInWith
    workspaceId: workspaceId
  }
}

module backends 'api/backends.bicep' = {
  name: 'backends'
  params: {
    gatewayName: gateway.outputs.name
    stableHost: apps.outputs.stableHost
    canaryHost: apps.outputs.canaryHost
    canaryWeight: canaryWeight
  }
}

module doors 'api/apis.bicep' = {
  name: 'apis'
  params: { gatewayName: gateway.outputs.name }
  dependsOn: [backends]
}

module gatewayDeployer 'identity/role-apim.bicep' = {
  name: 'gateway-deployer'
  params: {
    name: gateway.outputs.name
    grants: [{ principalId: identity.deployerPrincipalId, role: 'API Management Service Contributor' }]
  }
}

module endpoints 'network/endpoints.bicep' = {
  name: 'endpoints'
  params: {
    location: location
    tags: tags
    suffix: suffix
    subnetId: network.endpointSubnetId
    zoneIds: network.zoneIds
    services: concat(
      sharedServices,
      apps.outputs.endpoints,
      [
        { name: 'redis', serviceId: cache.outputs.id, group: 'redisEnterprise', zone: 'redis' }
        { name: 'events', serviceId: events.outputs.id, group: 'namespace', zone: 'eventHubs' }
        { name: 'vault', serviceId: vault.outputs.id, group: 'vault', zone: 'vault' }
      ]
    )
  }
}

output gateway object = { id: gateway.outputs.id, host: gateway.outputs.host, location: location }
output gatewayName string = gateway.outputs.name
output gatewaySystemPrincipalId string = gateway.outputs.systemPrincipalId
output stableName string = apps.outputs.stableName
output canaryName string = apps.outputs.canaryName
output stableHost string = apps.outputs.stableHost
output canaryHost string = apps.outputs.canaryHost
output vaultName string = vault.outputs.name
output eventsName string = events.outputs.name

