using 'main.bicep'

// Small, single-region, and still private: the same policies and rules as production on the cheapest tiers that have them.
// What differs from one owner to the next comes from the environment, so that this file can be public.

param environmentName = 'dev'
param azdEnvironment = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param staticSiteLocation = readEnvironmentVariable('STATIC_SITE_LOCATION', 'westeurope')

param size = {
  cosmosServerless: true
  cosmosMaxThroughput: 1000
  cosmosDedicatedThroughput: {}
  zoneRedundant: false
  storageRedundancy: 'Standard_LRS'
  redisSku: 'Balanced_B0'
  redisHighAvailability: false
  eventUnits: 1
  eventMaximumUnits: 1
  gatewaySku: 'BasicV2'
  gatewayUnits: 1
  frontDoor: false
  alwaysReady: 0
  maximumInstances: 40
  instanceMemoryMB: 2048
  deployFromInternet: true
  logRetentionDays: 30
  logDailyLimitGb: 1
  agents: false
  systemNodes: 1
  maximumAgentNodes: 1
  maximumSpotNodes: 1
  nodeSize: 'Standard_D2as_v5'
  searchReplicas: 1
  staticSiteSku: 'Free'
  ddosPlan: false
  loadTesting: false
  monthlyBudget: 600
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

param clusterAdminGroupIds = []

param contactEmails = split(readEnvironmentVariable('CONTACT_EMAILS'), ',')
param budgetStart = readEnvironmentVariable('BUDGET_START')
param deployerSubject = readEnvironmentVariable('DEPLOYER_SUBJECT', '')
param runbookBaseUrl = readEnvironmentVariable('RUNBOOK_BASE_URL')
