metadata description = 'One region’s network: five subnets, a security group on each, and one stable outbound address.'

param location string
param tags object
param suffix string
@description('The network’s first two octets, as in 10.20. Two regions of one environment must differ, so that they could be peered.')
@minLength(3)
param addressPrefix string
@description('Resource id of a DDoS protection plan; empty: the platform’s basic protection.')
param ddosPlanId string
param workspaceId string

var abbreviations = loadJsonContent('../../abbreviations.json')
var functionsDelegation = 'Microsoft.App/environments'
// Flex Consumption takes a subnet for itself, delegated to Microsoft.App/environments; the gateway's
// outbound integration wants Microsoft.Web/serverFarms. Neither may share its subnet.
var subnets = [
  { name: 'functions', prefix: '${addressPrefix}.0.0/24', delegation: functionsDelegation, allow: [], nat: true }
  { name: 'functions-canary', prefix: '${addressPrefix}.1.0/24', delegation: functionsDelegation, allow: [], nat: true }
  { name: 'apim', prefix: '${addressPrefix}.2.0/24', delegation: 'Microsoft.Web/serverFarms', allow: [], nat: true }
  {
    name: 'private-endpoints'
    prefix: '${addressPrefix}.3.0/24'
    delegation: ''
    allow: [
      { name: 'Functions', source: '${addressPrefix}.0.0/23', ports: ['443', '5671', '5672', '10000'] }
      { name: 'Gateway', source: '${addressPrefix}.2.0/24', ports: ['443'] }
      { name: 'Agents', source: '${addressPrefix}.4.0/22', ports: ['443', '5671', '5672', '10000'] }
    ]
    nat: false
  }
  {
    name: 'aks'
    prefix: '${addressPrefix}.4.0/22'
    delegation: ''
    allow: [{ name: 'Functions', source: '${addressPrefix}.0.0/23', ports: ['443', '8000'] }]
    nat: true
  }
]

resource address 'Microsoft.Network/publicIPAddresses@2025-07-01' = {
  name: '${abbreviations.publicAddress}-nat-${suffix}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4' }
}

resource nat 'Microsoft.Network/natGateways@2025-07-01' = {
  name: '${abbreviations.natGateway}-${suffix}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { idleTimeoutInMinutes: 4, publicIpAddresses: [{ id: address.id }] }
}

resource groups 'Microsoft.Network/networkSecurityGroups@2025-07-01' = [
  for subnet in subnets: {
    name: '${abbreviations.networkSecurityGroup}-${subnet.name}-${suffix}'
    location: location
    tags: tags
    properties: {
      securityRules: concat(
        map(range(0, length(subnet.allow)), i => {
          name: 'Allow${subnet.allow[i].name}'
          properties: {
            priority: 100 + i * 10
            direction: 'Inbound'
            access: 'Allow'
            protocol: 'Tcp'
            sourceAddressPrefix: subnet.allow[i].source
            sourcePortRange: '*'
            destinationAddressPrefix: subnet.prefix
            destinationPortRanges: subnet.allow[i].ports
          }
        }),
        [
          {
            name: 'AllowLoadBalancer'
            properties: {
              priority: 4000
              direction: 'Inbound'
              access: 'Allow'
              protocol: '*'
              sourceAddressPrefix: 'AzureLoadBalancer'
              sourcePortRange: '*'
              destinationAddressPrefix: '*'
              destinationPortRange: '*'
            }
          }
          {
            name: 'AllowWithinSubnet'
            properties: {
              priority: 4010
              direction: 'Inbound'
              access: 'Allow'
              protocol: '*'
              sourceAddressPrefix: subnet.prefix
              sourcePortRange: '*'
              destinationAddressPrefix: subnet.prefix
              destinationPortRange: '*'
            }
          }
          {
            name: 'DenyInbound'
            properties: {
              priority: 4096
              direction: 'Inbound'
              access: 'Deny'
              protocol: '*'
              sourceAddressPrefix: '*'
              sourcePortRange: '*'
              destinationAddressPrefix: '*'
              destinationPortRange: '*'
            }
          }
        ]
      )
    }
  }
]

resource groupLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (subnet, i) in subnets: {
    name: 'workspace'
    scope: groups[i]
    properties: { workspaceId: workspaceId, logs: [{ categoryGroup: 'allLogs', enabled: true }] }
  }
]

resource network 'Microsoft.Network/virtualNetworks@2025-07-01' = {
  name: '${abbreviations.virtualNetwork}-${suffix}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['${addressPrefix}.0.0/16'] }
    enableDdosProtection: !empty(ddosPlanId)
    ddosProtectionPlan: empty(ddosPlanId) ? null : { id: ddosPlanId }
    subnets: [
      for (subnet, i) in subnets: {
        name: subnet.name
        properties: {
          addressPrefix: subnet.prefix
          networkSecurityGroup: { id: groups[i].id }
          natGateway: subnet.nat ? { id: nat.id } : null
          // Enabled, so that the security group binds private endpoints too.
          privateEndpointNetworkPolicies: 'Enabled'
          defaultOutboundAccess: false
          delegations: empty(subnet.delegation)
            ? []
            : [{ name: 'delegation', properties: { serviceName: subnet.delegation } }]
        }
      }
    ]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: network
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = network.id
output functionsSubnetId string = '${network.id}/subnets/functions'
output canarySubnetId string = '${network.id}/subnets/functions-canary'
output gatewaySubnetId string = '${network.id}/subnets/apim'
output endpointSubnetId string = '${network.id}/subnets/private-endpoints'
output agentsSubnetId string = '${network.id}/subnets/aks'
output agentsSubnetName string = 'aks'
output name string = network.name
@description('The one address that the shop calls out from; give it to providers with allow-lists.')
output outboundAddress string = address.properties.ipAddress
