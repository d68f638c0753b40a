metadata description = 'The shop’s pages: a static site. Its pipeline is its own; this only gives it a place and the API’s address.'

param location string
param tags object
param name string
@allowed(['Free', 'Standard'])
param sku string
@description('Where the pages call the API.')
param apiUrl string
@description('Such as www.example.com; empty: the site’s own host. Standard only.')
param customDomain string

resource site 'Microsoft.Web/staticSites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku, tier: sku }
  properties: {
    allowConfigFileUpdates: true
    stagingEnvironmentPolicy: 'Disabled'
    enterpriseGradeCdnStatus: 'Disabled'
  }
}

resource settings 'Microsoft.Web/staticSites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: { NEXT_PUBLIC_API_URL: apiUrl }
}

resource domain 'Microsoft.Web/staticSites/customDomains@2025-03-01' = if (!empty(customDomain)) {
  parent: site
  name: empty(customDomain) ? 'none' : customDomain
  properties: { validationMethod: 'cname-delegation' }
}

output id string = site.id
output name string = site.name
output host string = site.properties.defaultHostname
