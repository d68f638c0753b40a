targetScope = 'subscription'

metadata description = 'From what regions share to what one region’s stamp needs: its settings and its list of private endpoints.'

import { sizes, signIn } from '../types.bicep'

param groupName string
param location string
param tags object
param suffix string
param token string
param network object
@description('What regions share: ids and endpoints.')
param home object
param size sizes
param identity object
@description('{id, connection, customerId}')
param insights object
param workspaceId string
param agents array
param agentBaseUrl string
param agentNamespace string
param dialect bool
param signInWith signIn
param origins object
@description('address=role, joined by commas; empty: nobody.')
param invited string
param apiHost string
@description('Front Door’s id; "none" where there is none.')
param frontDoorId string
param publisher object
param active bool
param canaryWeight int
param gatewayPublicAccess bool

var names = loadJsonContent('../names.json')
var optional = filter(
  [
    { name: 'memory', serviceId: home.memoryStorageId, group: 'blob', zone: 'blob' }
    { name: 'search', serviceId: home.searchId, group: 'searchService', zone: 'search' }
    { name: 'models', serviceId: home.modelsId, group: 'account', zone: 'models' }
  ],
  service => !empty(service.serviceId)
)
var settings = {
  AGENT_BASE_URL: agentBaseUrl
  AGENT_DIALECT: string(dialect)
  AKS_NAMESPACE: agentNamespace
  AKS_RESOURCE_ID: home.clusterId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.connection
  APP_CONFIGURATION_ENDPOINT: home.configurationEndpoint
  AUDIT_ARCHIVE_URL: '${home.storageEndpoint}audit'
  AUDIT_SCHEDULE: '0 * * * * *'
  AZURE_CLIENT_ID: identity.apiClientId
  COMMUNICATION_ENDPOINT: home.mailEndpoint
  COSMOS_ACCOUNT_URI: home.cosmosEndpoint
  COSMOS_DATABASE: names.database
  COUNTERS_SCHEDULE: '0 * * * * *'
  ENTRA_AUDIENCE: signInWith.clientId
  ENTRA_AUTHORITY: signInWith.authority
  ENTRA_CLIENT_ID: signInWith.clientId
  ENTRA_ISSUER: signInWith.issuer
  CARRIER_SCHEDULE: '0 */15 * * * *'
  FROM_EMAIL: home.mailFrom
  HPH_AGENTS_ENABLED: string(size.agents)
  HPH_BASE_URL: 'https://${apiHost}'
  // The gateway vouches for it: Front Door's word, or its own where there is no Front Door.
  HPH_CLIENT_ADDRESS_HEADER: 'x-azure-socketip'
  HPH_INVITED: invited
  HPH_SHOP_ORIGINS: join(union([origins.shop], [origins.staff]), ',')
  IMAGE_BASE_URL: 'https://${apiHost}/images'
  IMAGE_STORAGE_URL: '${home.imageStorageEndpoint}images'
  LEDGER_SCHEDULE: '0 */5 * * * *'
  LOG_ANALYTICS_WORKSPACE_ID: insights.customerId
  RELAY_SCHEDULE: '*/5 * * * * *'
  ROLLUP_SCHEDULE: '0 */5 * * * *'
  UPLOAD_BASE_URL: 'https://${apiHost}/uploads'
  UPLOAD_STORAGE_URL: '${home.storageEndpoint}uploads'
  WATCHDOG_SCHEDULE: '*/15 * * * * *'
  WEBHOOK_SCHEDULE: '*/15 * * * * *'
}

module stamp 'stamp.bicep' = {
  name: 'stamp'
  scope: resourceGroup(groupName)
  params: {
    location: location
    tags: tags
    suffix: suffix
    token: token
    network: network
    sharedServices: concat(
      [
        { name: 'cosmos', serviceId: home.cosmosId, group: 'Sql', zone: 'cosmos' }
        { name: 'shop-storage', serviceId: home.storageId, group: 'blob', zone: 'blob' }
        { name: 'images', serviceId: home.imageStorageId, group: 'blob', zone: 'blob' }
        { name: 'configuration', serviceId: home.configurationId, group: 'configurationStores', zone: 'configuration' }
        { name: 'registry', serviceId: home.registryId, group: 'registry', zone: 'registry' }
      ],
      optional
    )
    size: size
    shared: settings
    frontDoorId: frontDoorId
    origins: origins
    signInWith: signInWith
    identity: identity
    insights: insights
    workspaceId: workspaceId
    agents: agents
    active: active
    canaryWeight: canaryWeight
    publisher: publisher
    gatewayPublicAccess: gatewayPublicAccess
    dialect: dialect
  }
}

output gateway object = stamp.outputs.gateway
output gatewayName string = stamp.outputs.gatewayName
output gatewaySystemPrincipalId string = stamp.outputs.gatewaySystemPrincipalId
output stableName string = stamp.outputs.stableName
output canaryName string = stamp.outputs.canaryName
output stableHost string = stamp.outputs.stableHost
output canaryHost string = stamp.outputs.canaryHost
output vaultName string = stamp.outputs.vaultName
output eventsName string = stamp.outputs.eventsName
