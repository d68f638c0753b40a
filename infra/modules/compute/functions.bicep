metadata description = 'One function app on Flex Consumption with a plan of its own. The shop has two of them: the stable one, and its canary twin, which answers HTTP but leaves events and timers alone.'

param location string
param tags object
param name string
param planName string
@description('Resource id of the delegated subnet; a Flex app takes it for itself.')
param subnetId string
@description('Storage of this app alone: two apps on one account may share a host id, and then stop.')
param storageName string
param packageContainerUrl string
param identityId string
param identityClientId string
@description('Every name is in names.json; values only, no secrets.')
param settings object
@description('False: event and timer functions stay off (canary, or the region that waits).')
param backgroundActive bool
@description('Instances of the HTTP group that are kept warm.')
@minValue(0)
@maxValue(20)
param alwaysReady int
param zoneRedundant bool
@minValue(40)
@maxValue(1000)
param maximumInstances int
@allowed([512, 2048, 4096])
param memoryMB int
@description('Service tags that may reach the app without the private endpoint: none, but where the gateway’s tier has no network of its own.')
param allowedServiceTags array
@description('True: the deployment site answers the internet (Entra only), so that a public build machine can upload a package.')
param deployFromInternet bool
param workspaceId string

var names = loadJsonContent('../../names.json')
var switchedOff = toObject(
  backgroundActive ? [] : names.background_functions,
  function => 'AzureWebJobs.${function}.Disabled',
  function => 'true'
)
var platform = {
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // The exporter's own rows would stand among the shop's metrics.
  APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED: 'true'
  APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true'
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1048576'
  PYTHON_ENABLE_OPENTELEMETRY: 'true'
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    virtualNetworkSubnetId: subnetId
    keyVaultReferenceIdentity: identityId
    // The site itself is private by rule; the deployment site has a rule of its own.
    publicNetworkAccess: empty(allowedServiceTags) && !deployFromInternet ? 'Disabled' : 'Enabled'
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
      ipSecurityRestrictionsDefaultAction: 'Deny'
      ipSecurityRestrictions: map(range(0, length(allowedServiceTags)), i => {
        name: 'Gateway${i}'
        action: 'Allow'
        tag: 'ServiceTag'
        ipAddress: allowedServiceTags[i]
        priority: 100 + i
      })
      scmIpSecurityRestrictionsUseMain: false
      scmIpSecurityRestrictionsDefaultAction: deployFromInternet ? 'Allow' : 'Deny'
    }
    functionAppConfig: {
      runtime: { name: 'python', version: '3.13' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstances
        instanceMemoryMB: memoryMB
        // Python's own default is one request at a time; ours wait on the network, mostly.
        triggers: { http: { perInstanceConcurrency: 24 } }
        alwaysReady: alwaysReady == 0 ? [] : [{ name: 'http', instanceCount: alwaysReady }]
      }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(platform, settings, switchedOff)
}

resource ftpCredentials 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource scmCredentials 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
