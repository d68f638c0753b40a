targetScope = 'subscription'

metadata name = 'Holiday Peak Hub'
metadata description = 'The whole shop in one subscription: what regions share in a home group, and a stamp for each region.'

import { sizes, signIn, carrierAccounts } from 'types.bicep'

@description('dev, staging or prod.')
@allowed(['dev', 'staging', 'prod'])
param environmentName string
@description('Begins every name: two to eight small letters or digits.')
@minLength(2)
@maxLength(8)
param workload string = 'hph'
@description('First region: one of regions.json.')
@allowed([
  'australiaeast'
  'canadacentral'
  'centralus'
  'eastus'
  'eastus2'
  'francecentral'
  'germanywestcentral'
  'japaneast'
  'northeurope'
  'southeastasia'
  'swedencentral'
  'uksouth'
  'westeurope'
  'westus3'
])
param location string
@description('Second region, of regions.json too; empty: one region. Must differ from the first.')
param secondaryLocation string = ''
@description('Region whose events and timers run: location, or secondaryLocation after a failover.')
param activeLocation string = location
@allowed(['centralus', 'eastus2', 'westus2', 'westeurope', 'eastasia'])
param staticSiteLocation string
param size sizes
param signInWith signIn
param carriers carrierAccounts
@description('Where browsers load the shop from, complete: https://www.example.com')
@minLength(9)
param shopOrigin string
@description('Where staff load their pages from; the same as the shop’s where there is one site.')
@minLength(9)
param staffOrigin string = shopOrigin
@description('Who gets a role at the first sign-in, for the first administrator: address=role, joined by commas; role is staff or admin.')
param invited string = ''
@description('The API’s own host name, such as api.example.com; empty: a name of Front Door’s.')
param apiDomain string = ''
@description('The site’s own host name; empty: its given one.')
param siteDomain string = ''
@description('Sender domain for mail; empty: one of Microsoft’s with low limits.')
param mailDomain string = ''
param mailDataLocation 'Africa' | 'Asia Pacific' | 'Australia' | 'Europe' | 'Japan' | 'UK' | 'United States' = 'Europe'
@description('Object ids of Entra groups that administer the cluster. Needed for a new cluster.')
param clusterAdminGroupIds array
@description('Resource id of a cluster that stands already; empty: a new one.')
param existingClusterId string = ''
@description('Where the API reaches the agents inside the network; empty: it uses its own fallbacks.')
param agentBaseUrl string = ''
@description('Model deployments by the name that agents.json uses: {fast: {model, version, capacity}}; empty: none.')
param modelDeployments object = {}
@description('Also publish the events in the names that the agents of today listen to.')
param agentDialect bool = false
@description('Who is woken: mail addresses.')
@minLength(1)
param contactEmails array
param publisherName string = 'Holiday Peak Hub'
@description('First day of the month in which the budget begins: 2026-12-01T00:00:00Z.')
@minLength(20)
@maxLength(20)
param budgetStart string
@description('False once Front Door’s private connections are approved.')
param gatewayPublicAccess bool = true
@description('Hundredths of the traffic that the canary gets; pipelines move it by api/backends.bicep alone.')
@minValue(0)
@maxValue(100)
param canaryWeight int = 0
@description('ISO codes of countries that are turned away.')
param blockedCountries array = []
@description('Federated subject of the pipeline that deploys; empty: none.')
param deployerSubject string = ''
@description('Where the runbooks lie, without a slash at the end.')
@minLength(9)
param runbookBaseUrl string
@description('Name of the azd environment, by which azd finds its group again.')
param azdEnvironment string = environmentName

var regionCodes = loadJsonContent('regions.json')
var regions = secondaryLocation == location
  ? fail('secondaryLocation must differ from location')
  : empty(secondaryLocation) ? [location] : [location, checkedSecondary]
var checkedSecondary = empty(secondaryLocation) || contains(regionCodes, secondaryLocation)
  ? secondaryLocation
  : fail('secondaryLocation "${secondaryLocation}" is not in regions.json')
var active = contains(regions, activeLocation)
  ? activeLocation
  : fail('activeLocation must be location or secondaryLocation')
var clusterAdmins = empty(clusterAdminGroupIds) && size.agents && empty(existingClusterId)
  ? fail('clusterAdminGroupIds: name at least one Entra group, or give existingClusterId')
  : map(clusterAdminGroupIds, id =>
      length(id) == 36 && length(split(id, '-')) == 5
        ? id
        : fail('clusterAdminGroupIds: "${id}" is not an object id (8-4-4-4-12 hexadecimal digits)')
    )
var origins = startsWith(shopOrigin, 'https://') && startsWith(staffOrigin, 'https://') && !endsWith(shopOrigin, '/') && !endsWith(staffOrigin, '/')
  ? { shop: shopOrigin, staff: staffOrigin }
  : fail('shopOrigin and staffOrigin are origins: https://, and no slash at the end')
var signInAt = startsWith(signInWith.authority, 'https://') && !endsWith(signInWith.authority, '/') && endsWith(signInWith.issuer, '/v2.0') && signInWith.openIdConfigUrl == '${signInWith.authority}/v2.0/.well-known/openid-configuration'
  ? signInWith
  : fail('signInWith: authority begins with https:// and has no slash at the end, issuer ends with /v2.0, openIdConfigUrl is <authority>/v2.0/.well-known/openid-configuration')
var badInvitations = filter(
  empty(invited) ? [] : split(invited, ','),
  one => length(split(one, '=')) != 2 || !contains(split(one, '=')[0], '@') || !contains(['staff', 'admin'], last(split(one, '=')))
)
var invitations = empty(badInvitations)
  ? invited
  : fail('invited: "${first(badInvitations)}" is not address=staff or address=admin')
var clusterAt = empty(existingClusterId)
  ? []
  : length(split(existingClusterId, '/')) == 9
      ? split(existingClusterId, '/')
      : fail('existingClusterId must be a complete resource id, beginning with /subscriptions/')

module shop 'modules/environment.bicep' = {
  name: 'shop-${environmentName}'
  params: {
    environmentName: environmentName
    workload: workload
    regions: regions
    activeLocation: active
    staticSiteLocation: staticSiteLocation
    size: size
    signInWith: signInAt
    carriers: carriers
    origins: origins
    invited: invitations
    domains: { api: apiDomain, site: siteDomain, mail: mailDomain, mailDataLocation: mailDataLocation }
    clusterAdminGroupIds: clusterAdmins
    clusterAt: clusterAt
    agents: { baseUrl: agentBaseUrl, dialect: agentDialect, models: modelDeployments }
    contactEmails: contactEmails
    publisherName: publisherName
    budgetStart: budgetStart
    gatewayPublicAccess: gatewayPublicAccess
    canaryWeight: canaryWeight
    blockedCountries: blockedCountries
    deployerSubject: deployerSubject
    runbookBaseUrl: runbookBaseUrl
    azdEnvironment: azdEnvironment
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = shop.outputs.regions[0].resourceGroup
output HOME_RESOURCE_GROUP string = shop.outputs.homeGroup
output API_URL string = shop.outputs.apiUrl
output SITE_HOST string = shop.outputs.siteHost
output DEPLOYER_CLIENT_ID string = shop.outputs.deployerClientId
output WORKSPACE_CUSTOMER_ID string = shop.outputs.workspaceCustomerId
output COSMOS_ACCOUNT string = shop.outputs.cosmosName
output REGISTRY_SERVER string = shop.outputs.registryServer
output FRONT_DOOR_NAME string = shop.outputs.frontDoorName
output REGISTRATION_CLIENT_ID string = shop.outputs.registrationClientId
output AGENT_KEY_PREFIXES array = shop.outputs.agentKeyPrefixes
output AGENT_IDENTITIES array = shop.outputs.agentIdentities
@description('One row a region: group, gateway, apps, vault, hubs and outbound address.')
output REGIONS array = shop.outputs.regions
