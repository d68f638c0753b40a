metadata description = 'A service’s address inside the network. The only way to reach data of this shop.'

param location string
param tags object
param name string
param subnetId string
@description('Resource id of the service.')
param serviceId string
@description('The sub-resource, in the platform’s own spelling: Sql, namespace, blob, vault, …')
param group string
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    customNetworkInterfaceName: '${name}-nic'
    privateLinkServiceConnections: [
      { name: group, properties: { privateLinkServiceId: serviceId, groupIds: [group] } }
    ]
  }
}

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-07-01' = {
  parent: endpoint
  name: 'default'
  properties: { privateDnsZoneConfigs: [{ name: 'zone', properties: { privateDnsZoneId: zoneId } }] }
}

output id string = endpoint.id
