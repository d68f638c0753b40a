metadata description = 'Who sends and who receives on which hub: the API on all of them; an agent on those that it subscribes to, and sends only what it is asked for.'

param namespaceName string
param hubNames array
param apiPrincipalId string
@description('Rows of {name, principalId}, in the order of agents.json; empty: no agents.')
param agents array

var sender = 'Azure Event Hubs Data Sender'
var receiver = 'Azure Event Hubs Data Receiver'
var rows = empty(agents) ? [] : loadJsonContent('../../agents.json')
var principals = toObject(agents, agent => agent.name, agent => agent.principalId)
var shop = flatten(map(hubNames, hub => [
  { hub: hub, principalId: apiPrincipalId, role: sender }
  { hub: hub, principalId: apiPrincipalId, role: receiver }
]))
var listening = flatten(map(rows, row => map(row.subscriptions, subscription => {
  hub: subscription.hub
  principalId: principals[row.name]
  role: receiver
})))
var speaking = flatten(map(rows, row => map(row.publishes, hub => {
  hub: hub
  principalId: principals[row.name]
  role: sender
})))

module grants 'role-eventhub.bicep' = {
  name: 'event-roles'
  params: {
    namespaceName: namespaceName
    grants: filter(concat(shop, listening, speaking), grant => contains(hubNames, grant.hub))
  }
}
