metadata description = 'The agents’ warm memory: one container each in the shop’s account, in a database of their own, so that no agent can read an order.'

param accountName string
param serverless bool
@description('Rows of {name, principalId}, in the order of agents.json.')
param identities array

var agents = loadJsonContent('../../agents.json')
var database = 'agents'
var dataContributor = '00000000-0000-0000-0000-000000000002'

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' existing = {
  name: accountName
}

resource memory 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-10-15' = {
  parent: account
  name: database
  properties: {
    resource: { id: database }
    options: serverless ? {} : { autoscaleSettings: { maxThroughput: 1000 } }
  }
}

// A database with shared throughput holds at most 25 containers; there are 21 agents.
@batchSize(5)
resource warm 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-10-15' = [
  for agent in agents: {
    parent: memory
    name: agent.warm
    properties: {
      resource: {
        id: agent.warm
        partitionKey: { paths: ['/session_id'], kind: 'Hash', version: 2 }
        defaultTtl: 2592000
      }
    }
  }
]

@batchSize(5)
resource access 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = [
  for (agent, i) in agents: {
    parent: account
    name: guid(account.id, agent.warm, dataContributor)
    properties: {
      principalId: identities[i].principalId
      roleDefinitionId: '${account.id}/sqlRoleDefinitions/${dataContributor}'
      scope: '${account.id}/dbs/${database}/colls/${agent.warm}'
    }
    dependsOn: [warm]
  }
]

output database string = memory.name
