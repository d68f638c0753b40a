using 'main.bicep'

// Two regions, zones, copies. Each line that a recovery promise rests on is named in the guide on recovery.
// What differs from one owner to the next comes from the environment, so that this file can be public.

param environmentName = 'prod'
param azdEnvironment = readEnvironmentVariable('AZURE_ENV_NAME', 'prod')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param secondaryLocation = readEnvironmentVariable('SECONDARY_LOCATION', 'northeurope')
param activeLocation = readEnvironmentVariable('ACTIVE_LOCATION', readEnvironmentVariable('AZURE_LOCATION', 'westeurope'))
param staticSiteLocation = readEnvironmentVariable('STATIC_SITE_LOCATION', 'westeurope')

param size = {
  cosmosServerless: false
  cosmosMaxThroughput: 10000
  cosmosDedicatedThroughput: { Orders: 10000, Products: 10000, SearchIndex: 4000, Inventory: 4000 }
  zoneRedundant: true
  storageRedundancy: 'Standard_GZRS'
  redisSku: 'Balanced_B3'
  redisHighAvailability: true
  eventUnits: 2
  eventMaximumUnits: 20
  gatewaySku: 'StandardV2'
  gatewayUnits: 2
  frontDoor: true
  alwaysReady: 2
  maximumInstances: 400
  instanceMemoryMB: 2048
  deployFromInternet: true
  logRetentionDays: 90
  logDailyLimitGb: -1
  agents: true
  systemNodes: 3
  maximumAgentNodes: 12
  maximumSpotNodes: 10
  nodeSize: 'Standard_D4as_v5'
  searchReplicas: 3
  staticSiteSku: 'Standard'
  ddosPlan: false
  loadTesting: false
  monthlyBudget: 15000
}

param signInWith = {
  clientId: readEnvironmentVariable('SIGN_IN_CLIENT_ID', '')
  issuer: readEnvironmentVariable('SIGN_IN_ISSUER')
  openIdConfigUrl: readEnvironmentVariable('SIGN_IN_OPENID_CONFIG_URL')
  authority: readEnvironmentVariable('SIGN_IN_AUTHORITY')
}
param carriers = {
  fedex: { clientId: readEnvironmentVariable('FEDEX_CLIENT_ID', ''), account: readEnvironmentVariable('FEDEX_ACCOUNT', '') }
  ups: { clientId: readEnvironmentVariable('UPS_CLIENT_ID', ''), account: readEnvironmentVariable('UPS_ACCOUNT', '') }
  usps: {
    clientId: readEnvironmentVariable('USPS_CLIENT_ID', '')
    account: readEnvironmentVariable('USPS_ACCOUNT', '')
    crid: readEnvironmentVariable('USPS_CRID', '')
    mid: readEnvironmentVariable('USPS_MID', '')
  }
  sender: {
    name: readEnvironmentVariable('CARRIERS_SENDER_NAME', '')
    street: readEnvironmentVariable('CARRIERS_SENDER_STREET', '')
    city: readEnvironmentVariable('CARRIERS_SENDER_CITY', '')
    state: readEnvironmentVariable('CARRIERS_SENDER_STATE', '')
    postalCode: readEnvironmentVariable('CARRIERS_SENDER_POSTAL_CODE', '')
    phone: readEnvironmentVariable('CARRIERS_SENDER_PHONE', '')
  }
  parcel: { pounds: readEnvironmentVariable('CARRIERS_PARCEL_POUNDS', ''), inches: readEnvironmentVariable('CARRIERS_PARCEL_INCHES', '') }
}
param shopOrigin = readEnvironmentVariable('SHOP_ORIGIN')
param staffOrigin = readEnvironmentVariable('STAFF_ORIGIN', readEnvironmentVariable('SHOP_ORIGIN'))
param invited = readEnvironmentVariable('INVITED', '')
param apiDomain = readEnvironmentVariable('API_DOMAIN', '')
param siteDomain = readEnvironmentVariable('SITE_DOMAIN', '')
param mailDomain = readEnvironmentVariable('MAIL_DOMAIN', '')

param clusterAdminGroupIds = filter(split(readEnvironmentVariable('CLUSTER_ADMIN_GROUP_IDS', ''), ','), id => !empty(id))
param existingClusterId = readEnvironmentVariable('EXISTING_CLUSTER_ID', '')
param agentBaseUrl = readEnvironmentVariable('AGENT_BASE_URL', '')
param modelDeployments = {
  fast: { model: 'gpt-5-mini', version: '2025-08-07', capacity: 100 }
}

param contactEmails = split(readEnvironmentVariable('CONTACT_EMAILS'), ',')
param budgetStart = readEnvironmentVariable('BUDGET_START')
param deployerSubject = readEnvironmentVariable('DEPLOYER_SUBJECT', '')
param runbookBaseUrl = readEnvironmentVariable('RUNBOOK_BASE_URL')
// True only until Front Door’s private connections are approved (README, first deployment).
param gatewayPublicAccess = readEnvironmentVariable('GATEWAY_PUBLIC_ACCESS', 'true') == 'true'
param canaryWeight = int(readEnvironmentVariable('CANARY_WEIGHT', '0'))
