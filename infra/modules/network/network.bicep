metadata description = 'One region’s network with its names: what every private endpoint and app of the region plugs into.'

param location string
param tags object
param suffix string
param addressPrefix string
param ddosPlanId string
param workspaceId string

module net 'vnet.bicep' = {
  name: 'vnet'
  params: {
    location: location
    tags: tags
    suffix: suffix
    addressPrefix: addressPrefix
    ddosPlanId: ddosPlanId
    workspaceId: workspaceId
  }
}

module dns 'private-dns.bicep' = {
  name: 'private-dns'
  params: { tags: tags, networkId: net.outputs.id }
}

output name string = net.outputs.name
output agentsSubnetId string = net.outputs.agentsSubnetId
output agentsSubnetName string = net.outputs.agentsSubnetName
output outboundAddress string = net.outputs.outboundAddress
output places object = {
  functionsSubnetId: net.outputs.functionsSubnetId
  canarySubnetId: net.outputs.canarySubnetId
  gatewaySubnetId: net.outputs.gatewaySubnetId
  endpointSubnetId: net.outputs.endpointSubnetId
  zoneIds: dns.outputs.zoneIds
}
