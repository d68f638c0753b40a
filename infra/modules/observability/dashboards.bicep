metadata description = 'Three workbooks to look at, and the queries one wants at hand at night.'

param location string
param tags object
param suffix string
param workspaceId string

var abbreviations = loadJsonContent('../../abbreviations.json')
var boards = [
  { name: 'system-health', title: 'System health', content: loadTextContent('../../workbooks/system-health.json') }
  { name: 'business', title: 'Business', content: loadTextContent('../../workbooks/business.json') }
  { name: 'agents', title: 'Agents', content: loadTextContent('../../workbooks/agents.json') }
]
var saved = [
  { name: 'Failed requests of the last hour', body: loadTextContent('../../queries/failed-requests.kql') }
  { name: 'Slow or dear database operations', body: loadTextContent('../../queries/slow-cosmos.kql') }
  { name: 'Top errors', body: loadTextContent('../../queries/top-errors.kql') }
  { name: 'Agents: calls, success and times', body: loadTextContent('../../queries/agents.kql') }
]

resource workbooks 'Microsoft.Insights/workbooks@2023-06-01' = [
  for board in boards: {
    name: guid(resourceGroup().id, board.name)
    location: location
    tags: tags
    kind: 'shared'
    properties: {
      displayName: board.title
      category: 'workbook'
      version: 'Notebook/1.0'
      sourceId: workspaceId
      serializedData: board.content
    }
  }
]

resource pack 'Microsoft.OperationalInsights/queryPacks@2025-07-01' = {
  name: '${abbreviations.queryPack}-${suffix}'
  location: location
  tags: tags
  properties: {}
}

resource packed 'Microsoft.OperationalInsights/queryPacks/queries@2025-07-01' = [
  for query in saved: {
    parent: pack
    name: guid(pack.id, query.name)
    properties: { displayName: query.name, body: query.body, related: { categories: ['applications'] } }
  }
]
