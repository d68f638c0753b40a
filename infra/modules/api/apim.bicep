metadata description = 'The gateway itself: tier, identity, telemetry and named values. What it lets through is in apis.bicep, where to is in backends.bicep.'

param location string
param tags object
param name string
@description('BasicV2 speaks the same policies as StandardV2 but has no network of its own: for development. Consumption lacks rate limits by key and circuit breakers.')
@allowed(['BasicV2', 'StandardV2'])
param sku string
@minValue(1)
@maxValue(10)
param capacity int
@description('Delegated subnet for calls to the shop; used by StandardV2 only.')
param subnetId string
param identityId string
param publisherName string
param publisherEmail string
@description('Insights component that takes traces.')
param insightsId string
param insightsConnection string
@description('False once Front Door’s private link is approved; the service refuses to be created without a public address.')
param publicAccess bool
@description('Front Door’s id; "none" where there is none.')
param frontDoorId string
@description('{shop, staff}: where browsers come from.')
param origins object
@description('{issuer, openIdConfigUrl, clientId}: whose tokens are taken.')
param signInWith object
param workspaceId string

// What policies name. None of it is secret.
var namedValues = {
  'front-door-id': frontDoorId
  'openid-config-url': signInWith.openIdConfigUrl
  'shop-origin': origins.shop
  'staff-origin': origins.staff
  'token-audience': signInWith.clientId
  'token-issuer': signInWith.issuer
}

// The v2 tiers speak TLS 1.2 and later only; there is no switch for older ones to turn off.
resource service 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku, capacity: capacity }
  identity: { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    publisherName: publisherName
    publisherEmail: publisherEmail
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    virtualNetworkType: sku == 'StandardV2' ? 'External' : 'None'
    virtualNetworkConfiguration: sku == 'StandardV2' ? { subnetResourceId: subnetId } : null
    developerPortalStatus: 'Disabled'
    apiVersionConstraint: { minApiVersion: '2021-08-01' }
  }
}

resource values 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = [
  for value in items(namedValues): {
    parent: service
    name: value.key
    properties: { displayName: value.key, value: value.value, secret: false }
  }
]

resource logger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {
  parent: service
  name: 'insights'
  properties: {
    loggerType: 'applicationInsights'
    resourceId: insightsId
    credentials: { connectionString: insightsConnection, identityClientId: 'SystemAssigned' }
  }
}

// Headers and bodies are not logged: they carry tokens and people's data.
resource traces 'Microsoft.ApiManagement/service/diagnostics@2024-05-01' = {
  parent: service
  name: 'applicationinsights'
  properties: {
    loggerId: logger.id
    alwaysLog: 'allErrors'
    sampling: { samplingType: 'fixed', percentage: 10 }
    httpCorrelationProtocol: 'W3C'
    logClientIp: false
    verbosity: 'information'
    metrics: true
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: service
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ category: 'GatewayLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = service.id
output name string = service.name
output systemPrincipalId string = service.identity.principalId
output host string = split(service.properties.gatewayUrl, '/')[2]
