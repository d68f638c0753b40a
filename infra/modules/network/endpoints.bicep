metadata description = 'A list of private endpoints of one region.'

param location string
param tags object
param suffix string
param subnetId string
param zoneIds object
@description('Rows of {name, serviceId, group, zone}; zone is a key of zoneIds.')
param services array

var abbreviations = loadJsonContent('../../abbreviations.json')

module endpoints 'private-endpoint.bicep' = [
  for service in services: {
    name: 'endpoint-${service.name}'
    params: {
      location: location
      tags: tags
      name: '${abbreviations.privateEndpoint}-${service.name}-${suffix}'
      subnetId: subnetId
      serviceId: service.serviceId
      group: service.group
      zoneId: zoneIds[service.zone]
    }
  }
]
