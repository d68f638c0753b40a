metadata description = 'All that the agents need and share: identities, warm and cold memory, search and models where asked for, and the right to pull their images.'

param location string
param tags object
param suffix string
param token string
param issuer string
param agentNamespace string
param serverless bool
param cosmosName string
param registryName string
@description('Principals that pull images: the cluster’s kubelet. Empty for a cluster that has its own registry.')
param pullPrincipalIds array
@description('Deployments by the name that agents.json uses; empty: no model account.')
param modelDeployments object
param searchReplicas int
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS'])
param storageRedundancy string
param workspaceId string

var abbreviations = loadJsonContent('../../abbreviations.json')
var agents = loadJsonContent('../../agents.json')
var indexes = range(0, length(agents))
var searchers = filter(indexes, i => (agents[i].search))
var thinkers = filter(indexes, i => (!empty(agents[i].models)))
var withModels = !empty(modelDeployments) && !empty(thinkers)

module identities 'agent-identities.bicep' = {
  name: 'agent-identities'
  params: { location: location, tags: tags, suffix: suffix, issuer: issuer, agentNamespace: agentNamespace }
}

module memory 'agent-memory.bicep' = {
  name: 'agent-memory'
  params: { accountName: cosmosName, serverless: serverless, identities: identities.outputs.agents }
}

module cold '../data/storage.bicep' = {
  name: 'agent-cold-memory'
  params: {
    location: location
    tags: tags
    name: take('${abbreviations.storage}mem${token}', 24)
    redundancy: storageRedundancy
    containers: map(agents, agent => agent.cold)
    ageing: map(agents, agent => { container: agent.cold, coolAfterDays: 30, archiveAfterDays: 180 })
    uploadOrigins: []
    keepVersions: true
    workspaceId: workspaceId
  }
}

module coldAccess 'cold-access.bicep' = {
  name: 'agent-cold-access'
  params: { accountName: cold.outputs.name, identities: identities.outputs.agents }
}

module pulls '../identity/role-acr.bicep' = {
  name: 'agent-image-pulls'
  params: {
    name: registryName
    grants: map(pullPrincipalIds, principal => { principalId: principal, role: 'AcrPull' })
  }
}

module search 'search.bicep' = if (!empty(searchers)) {
  name: 'agent-search'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.aiSearch}-${suffix}'
    replicas: searchReplicas
    workspaceId: workspaceId
  }
}

module searchAccess '../identity/role-search.bicep' = if (!empty(searchers)) {
  name: 'agent-search-access'
  params: {
    name: search!.outputs.name
    grants: [for i in searchers: { principalId: identities.outputs.agents[i].principalId, role: 'Search Index Data Contributor' }]
  }
}

module models 'models.bicep' = if (withModels) {
  name: 'agent-models'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.aiAccount}-${suffix}'
    deployments: modelDeployments
    workspaceId: workspaceId
  }
}

module modelAccess '../identity/role-models.bicep' = if (withModels) {
  name: 'agent-model-access'
  params: {
    name: models!.outputs.name
    grants: [for i in thinkers: { principalId: identities.outputs.agents[i].principalId, role: 'Cognitive Services OpenAI User' }]
  }
}

output identities array = identities.outputs.agents
output memoryStorageId string = cold.outputs.id
output searchId string = search.?outputs.id ?? ''
output modelsId string = models.?outputs.id ?? ''
@description('Redis key prefix of each agent, in the order of agents.json: one logical database serves all.')
output keyPrefixes array = map(agents, agent => 'agent:${agent.name}:')
