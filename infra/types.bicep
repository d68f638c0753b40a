metadata description = 'What an environment may be sized like, and how people sign in. Wrong values are refused before anything is deployed.'

@export()
@description('Sizes of one environment.')
type sizes = {
  @description('Serverless costs nothing at rest and lives in one region.')
  cosmosServerless: bool
  @minValue(1000)
  @maxValue(1000000)
  cosmosMaxThroughput: int
  @description('Containers with throughput of their own: {Orders: 4000}.')
  cosmosDedicatedThroughput: object
  zoneRedundant: bool
  storageRedundancy: 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GZRS'
  redisSku: 'Balanced_B0' | 'Balanced_B1' | 'Balanced_B3' | 'Balanced_B5' | 'Balanced_B10'
  redisHighAvailability: bool
  @minValue(1)
  @maxValue(40)
  eventUnits: int
  @minValue(1)
  @maxValue(40)
  eventMaximumUnits: int
  gatewaySku: 'BasicV2' | 'StandardV2'
  @minValue(1)
  @maxValue(10)
  gatewayUnits: int
  frontDoor: bool
  @minValue(0)
  @maxValue(20)
  alwaysReady: int
  @minValue(40)
  @maxValue(1000)
  maximumInstances: int
  instanceMemoryMB: 512 | 2048 | 4096
  @description('Whether a build machine on the internet may upload packages.')
  deployFromInternet: bool
  @minValue(30)
  @maxValue(730)
  logRetentionDays: int
  @description('Gigabytes a day; -1: no limit.')
  logDailyLimitGb: int
  agents: bool
  @minValue(1)
  systemNodes: int
  @minValue(1)
  maximumAgentNodes: int
  @minValue(1)
  maximumSpotNodes: int
  nodeSize: string
  @minValue(1)
  searchReplicas: int
  staticSiteSku: 'Free' | 'Standard'
  ddosPlan: bool
  loadTesting: bool
  @description('Whole units of the billing currency.')
  @minValue(1)
  monthlyBudget: int
}

@export()
@description('How people sign in. An empty client id: a registration is made in the tenant of the one who deploys.')
type signIn = {
  clientId: string
  @description('As the token says it: https://<name>.ciamlogin.com/<tenant id>/v2.0')
  @minLength(20)
  issuer: string
  @minLength(20)
  openIdConfigUrl: string
  @minLength(20)
  authority: string
}

@export()
@description('Who carries the parcels. A carrier without a client id is not used; its secret lies in the vault.')
type carrierAccounts = {
  fedex: { clientId: string, account: string }
  ups: { clientId: string, account: string }
  @description('account: the payment account (EPS); crid and mid: customer and mailer.')
  usps: { clientId: string, account: string, crid: string, mid: string }
  @description('Where parcels come from, in the US.')
  sender: { name: string, street: string, city: string, state: string, postalCode: string, phone: string }
  @description('The one parcel that is packed: pounds, and inches as 12x9x4.')
  parcel: { pounds: string, inches: string }
}
