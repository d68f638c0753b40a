metadata description = 'Mail to customers through Azure Communication Services, sent by the API’s identity.'

param tags object
param suffix string
@description('Where message data rests: Europe, United States, …')
param dataLocation string
@description('Own sender domain; empty: a domain of Microsoft’s with low limits.')
param domain string

var abbreviations = loadJsonContent('../../abbreviations.json')
var managed = empty(domain)

resource mail 'Microsoft.Communication/emailServices@2025-09-01' = {
  name: '${abbreviations.emailService}-${suffix}'
  location: 'global'
  tags: tags
  properties: { dataLocation: dataLocation }
}

resource sender 'Microsoft.Communication/emailServices/domains@2025-09-01' = {
  parent: mail
  name: managed ? 'AzureManagedDomain' : domain
  location: 'global'
  tags: tags
  properties: { domainManagement: managed ? 'AzureManaged' : 'CustomerManaged', userEngagementTracking: 'Disabled' }
}

resource service 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: '${abbreviations.communication}-${suffix}'
  location: 'global'
  tags: tags
  properties: { dataLocation: dataLocation, linkedDomains: [sender.id], disableLocalAuth: true }
}

output id string = service.id
output name string = service.name
output endpoint string = 'https://${service.properties.hostName}'
output fromAddress string = 'noreply@${sender.properties.fromSenderDomain}'
