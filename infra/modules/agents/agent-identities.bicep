metadata description = 'An identity for each agent of agents.json, worn by the Kubernetes service account of the same name.'

param location string
param tags object
param suffix string
@description('The cluster’s token issuer.')
param issuer string
@description('Kubernetes namespace of the agents.')
param agentNamespace string

var abbreviations = loadJsonContent('../../abbreviations.json')
var agents = loadJsonContent('../../agents.json')

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = [
  for agent in agents: {
    name: '${abbreviations.identity}-${agent.name}-${suffix}'
    location: location
    tags: tags
  }
]

resource accounts 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = [
  for (agent, i) in agents: {
    parent: identities[i]
    name: 'cluster'
    properties: {
      issuer: issuer
      subject: 'system:serviceaccount:${agentNamespace}:${agent.name}'
      audiences: ['api://AzureADTokenExchange']
    }
  }
]

@description('One row an agent, in the order of agents.json.')
output agents array = [
  for (agent, i) in agents: {
    name: agent.name
    principalId: identities[i].properties.principalId
    clientId: identities[i].properties.clientId
  }
]
