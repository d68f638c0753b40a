metadata description = 'The hubs of names.json, each with the consumer groups of the shop and of the agents. Seven days of events; what is older is replayed from the outbox.'

param location string
param tags object
param name string
@description('Throughput units at rest; auto-inflate raises them to maximumUnits.')
@minValue(1)
@maxValue(40)
param units int
@minValue(1)
@maxValue(40)
param maximumUnits int
@description('Fixed once created; null: the number in names.json.')
param partitions int?
@description('Also create the hubs that the agents as published today listen to.')
param dialect bool
param workspaceId string

var names = loadJsonContent('../../names.json')
var agents = loadJsonContent('../../agents.json')
var rows = concat(names.hubs, dialect ? names.dialect_hubs : [])
var ours = flatten(map(rows, hub => map(hub.groups, group => { hub: hub.name, group: group })))
var theirs = filter(
  flatten(map(agents, agent => agent.subscriptions)),
  subscription => contains(map(rows, hub => hub.name), subscription.hub)
)
var consumers = concat(ours, theirs)

resource namespace 'Microsoft.EventHub/namespaces@2026-01-01' = {
  name: name
  location: location
  tags: tags
  // Basic has one consumer group a hub; Premium's replication buys what the outbox already gives.
  sku: { name: 'Standard', tier: 'Standard', capacity: units }
  properties: {
    publicNetworkAccess: 'Disabled'
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    isAutoInflateEnabled: maximumUnits > units
    maximumThroughputUnits: maximumUnits > units ? maximumUnits : 0
  }
}

resource hubs 'Microsoft.EventHub/namespaces/eventhubs@2026-01-01' = [
  for hub in rows: {
    parent: namespace
    name: hub.name
    properties: {
      partitionCount: partitions ?? hub.partitions
      retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: 168 }
    }
  }
]

resource groups 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2026-01-01' = [
  for consumer in consumers: {
    name: '${name}/${consumer.hub}/${consumer.group}'
    properties: {}
    dependsOn: [hubs]
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: namespace
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = namespace.id
output name string = namespace.name
output host string = '${namespace.name}.servicebus.windows.net'
@description('Names of the hubs that exist here.')
output hubNames array = map(rows, hub => hub.name)
