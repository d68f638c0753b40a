metadata description = 'One region’s private DNS zones, linked to that region’s network. Each region has its own, since an address of the other region would win otherwise.'

param tags object
param networkId string

// hard-coded on purpose: these names are the platform's, and are the same in every public region.
#disable-next-line no-hardcoded-env-urls
var blobZone = 'privatelink.blob.core.windows.net'
#disable-next-line no-hardcoded-env-urls
var queueZone = 'privatelink.queue.core.windows.net'
#disable-next-line no-hardcoded-env-urls
var tableZone = 'privatelink.table.core.windows.net'
#disable-next-line no-hardcoded-env-urls
var vaultZone = 'privatelink.vaultcore.azure.net'
var zoneNames = {
  cosmos: 'privatelink.documents.azure.com'
  eventHubs: 'privatelink.servicebus.windows.net'
  blob: blobZone
  queue: queueZone
  table: tableZone
  vault: vaultZone
  configuration: 'privatelink.azconfig.io'
  redis: 'privatelink.redis.azure.net'
  sites: 'privatelink.azurewebsites.net'
  registry: 'privatelink.azurecr.io'
  gateway: 'privatelink.azure-api.net'
  search: 'privatelink.search.windows.net'
  models: 'privatelink.openai.azure.com'
}
var zoneList = items(zoneNames)

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in zoneList: {
    name: zone.value
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, i) in zoneList: {
    parent: zones[i]
    name: 'network'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
]

@description('Zone ids by the name of the service: cosmos, eventHubs, blob, …')
output zoneIds object = mapValues(zoneNames, name => resourceId('Microsoft.Network/privateDnsZones', name))
