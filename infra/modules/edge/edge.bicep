metadata description = 'Firewall and routes, once the gateways stand.'

param tags object
param firewallName string
param blockedCountries array
param profileName string
param endpointName string
param gateways array
@description('{id, host, location} of the storage of pictures, and of uploads.')
param pictures object
param uploads object
param customDomain string

module firewall 'waf.bicep' = {
  name: 'firewall'
  params: { tags: tags, name: firewallName, blockedCountries: blockedCountries, requestsPerFiveMinutes: 3000 }
}

module routes 'frontdoor.bicep' = {
  name: 'front-door-routes'
  params: {
    profileName: profileName
    endpointName: endpointName
    firewallId: firewall.outputs.id
    gateways: gateways
    pictures: pictures
    uploads: uploads
    customDomain: customDomain
  }
}

output host string = routes.outputs.host
