metadata description = 'Front Door’s routes: /api and /health to the gateways, never cached; images from storage, kept for a day; uploads straight to storage by signed link; and the firewall over all of them.'

param profileName string
param endpointName string
param firewallId string
@description('Rows of {host, id, location}; the first is preferred, the next one takes over when its probe fails.')
@minLength(1)
param gateways array
@description('{id, host, location} of the storage of pictures, and of uploads.')
param pictures object
param uploads object
@description('Host of customers’ own choosing, such as api.example.com; empty: the endpoint’s own.')
param customDomain string

var request = 'Front Door of this shop'
var withDomain = !empty(customDomain)
var compressed = [
  'application/javascript'
  'application/json'
  'image/svg+xml'
  'text/css'
  'text/html'
  'text/plain'
]

resource profile 'Microsoft.Cdn/profiles@2025-06-01' existing = {
  name: profileName
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2025-06-01' existing = {
  parent: profile
  name: endpointName
}

resource domain 'Microsoft.Cdn/profiles/customDomains@2025-06-01' = if (withDomain) {
  parent: profile
  name: withDomain ? replace(customDomain, '.', '-') : 'none'
  properties: {
    hostName: customDomain
    tlsSettings: { certificateType: 'ManagedCertificate', minimumTlsVersion: 'TLS12' }
  }
}

resource api 'Microsoft.Cdn/profiles/originGroups@2025-06-01' = {
  parent: profile
  name: 'api'
  properties: {
    loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 3, additionalLatencyInMilliseconds: 50 }
    healthProbeSettings: {
      probePath: '/health/ready'
      probeProtocol: 'Https'
      probeRequestType: 'GET'
      probeIntervalInSeconds: 30
    }
    sessionAffinityState: 'Disabled'
  }
}

// The private connections wait until somebody approves them on the other side; the README says how.
resource apiOrigins 'Microsoft.Cdn/profiles/originGroups/origins@2025-06-01' = [
  for (gateway, i) in gateways: {
    parent: api
    name: 'gateway-${i}'
    properties: {
      hostName: gateway.host
      originHostHeader: gateway.host
      httpPort: 80
      httpsPort: 443
      priority: i + 1
      weight: 1000
      enabledState: 'Enabled'
      enforceCertificateNameCheck: true
      sharedPrivateLinkResource: {
        privateLink: { id: gateway.id }
        privateLinkLocation: gateway.location
        groupId: 'Gateway'
        requestMessage: request
      }
    }
  }
]

var stores = [
  { name: 'images', at: pictures }
  { name: 'uploads', at: uploads }
]

resource storeGroups 'Microsoft.Cdn/profiles/originGroups@2025-06-01' = [
  for store in stores: {
    parent: profile
    name: store.name
    properties: {
      loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 3, additionalLatencyInMilliseconds: 50 }
      sessionAffinityState: 'Disabled'
    }
  }
]

resource storeOrigins 'Microsoft.Cdn/profiles/originGroups/origins@2025-06-01' = [
  for (store, i) in stores: {
    parent: storeGroups[i]
    name: 'storage'
    properties: {
      hostName: store.at.host
      originHostHeader: store.at.host
      httpPort: 80
      httpsPort: 443
      priority: 1
      weight: 1000
      enabledState: 'Enabled'
      enforceCertificateNameCheck: true
      sharedPrivateLinkResource: {
        privateLink: { id: store.at.id }
        privateLinkLocation: store.at.location
        groupId: 'blob'
        requestMessage: request
      }
    }
  }
]

resource rules 'Microsoft.Cdn/profiles/ruleSets@2025-06-01' = {
  parent: profile
  name: 'images'
}

resource keepADay 'Microsoft.Cdn/profiles/ruleSets/rules@2025-06-01' = {
  parent: rules
  name: 'KeepADay'
  properties: {
    order: 1
    matchProcessingBehavior: 'Continue'
    actions: [
      {
        name: 'RouteConfigurationOverride'
        parameters: {
          typeName: 'DeliveryRuleRouteConfigurationOverrideActionParameters'
          cacheConfiguration: {
            cacheBehavior: 'OverrideAlways'
            cacheDuration: '1.00:00:00'
            isCompressionEnabled: 'Enabled'
            queryStringCachingBehavior: 'IgnoreQueryString'
          }
        }
      }
    ]
  }
}

resource imageRoute 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = {
  parent: endpoint
  name: 'images'
  properties: {
    originGroup: { id: storeGroups[0].id }
    ruleSets: [{ id: rules.id }]
    customDomains: withDomain ? [{ id: domain.id }] : []
    patternsToMatch: ['/images/*']
    supportedProtocols: ['Https', 'Http']
    httpsRedirect: 'Enabled'
    forwardingProtocol: 'HttpsOnly'
    linkToDefaultDomain: 'Enabled'
    cacheConfiguration: {
      queryStringCachingBehavior: 'IgnoreQueryString'
      compressionSettings: { isCompressionEnabled: true, contentTypesToCompress: compressed }
    }
  }
  dependsOn: [storeOrigins, keepADay]
}

resource uploadRoute 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = {
  parent: endpoint
  name: 'uploads'
  properties: {
    originGroup: { id: storeGroups[1].id }
    customDomains: withDomain ? [{ id: domain.id }] : []
    patternsToMatch: ['/uploads/*']
    supportedProtocols: ['Https']
    httpsRedirect: 'Disabled'
    forwardingProtocol: 'HttpsOnly'
    linkToDefaultDomain: 'Enabled'
  }
  dependsOn: [storeOrigins]
}

// No cache: what the API says may be meant for one person. The gateway keeps anonymous answers for itself.
resource apiRoute 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = {
  parent: endpoint
  name: 'api'
  properties: {
    originGroup: { id: api.id }
    customDomains: withDomain ? [{ id: domain.id }] : []
    patternsToMatch: ['/api/*', '/health', '/health/*']
    supportedProtocols: ['Https']
    httpsRedirect: 'Disabled'
    forwardingProtocol: 'HttpsOnly'
    linkToDefaultDomain: 'Enabled'
  }
  dependsOn: [apiOrigins]
}

resource guard 'Microsoft.Cdn/profiles/securityPolicies@2025-06-01' = {
  parent: profile
  name: 'firewall'
  properties: {
    parameters: {
      type: 'WebApplicationFirewall'
      wafPolicy: { id: firewallId }
      associations: [
        {
          domains: withDomain ? [{ id: endpoint.id }, { id: domain.id }] : [{ id: endpoint.id }]
          patternsToMatch: ['/*']
        }
      ]
    }
  }
}

output host string = withDomain ? customDomain : endpoint.properties.hostName
