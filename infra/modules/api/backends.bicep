metadata description = 'Where the gateway sends requests: the stable app and its canary, by weight. Deployed alone it is the canary’s lever: weight 0 leaves the canary out altogether.'

targetScope = 'resourceGroup'

param gatewayName string
@description('Host of the stable app.')
param stableHost string
@description('Host of the canary app.')
param canaryHost string
@description('Hundredths of the traffic that the canary gets.')
@minValue(0)
@maxValue(100)
param canaryWeight int = 0

var members = [
  { name: 'shop-stable', host: stableHost, weight: 100 - canaryWeight }
  { name: 'shop-canary', host: canaryHost, weight: canaryWeight }
]

resource gateway 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: gatewayName
}

resource apps 'Microsoft.ApiManagement/service/backends@2024-05-01' = [
  for member in members: {
    parent: gateway
    name: member.name
    properties: {
      type: 'Single'
      protocol: 'http'
      url: 'https://${member.host}'
      tls: { validateCertificateChain: true, validateCertificateName: true }
      circuitBreaker: {
        rules: [
          {
            name: 'failing'
            failureCondition: {
              count: 10
              interval: 'PT1M'
              statusCodeRanges: [{ min: 500, max: 599 }]
              errorReasons: ['Timeout']
            }
            tripDuration: 'PT30S'
            acceptRetryAfter: true
          }
        ]
      }
    }
  }
]

// A member of weight 0 is not allowed: it is left out.
resource pool 'Microsoft.ApiManagement/service/backends@2024-05-01' = {
  parent: gateway
  name: 'shop-pool'
  properties: {
    type: 'Pool'
    pool: {
      services: map(filter(members, member => member.weight > 0), member => {
        id: '/backends/${member.name}'
        priority: 1
        weight: member.weight
      })
    }
  }
  dependsOn: [apps]
}

output poolName string = pool.name
output canaryWeight int = canaryWeight
