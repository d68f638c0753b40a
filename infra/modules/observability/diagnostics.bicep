metadata description = 'The subscription’s own activity log: who changed which resource.'

targetScope = 'subscription'

@minLength(3)
param name string
param workspaceId string

resource activity 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: name
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'Administrative', enabled: true }
      { category: 'Security', enabled: true }
      { category: 'Policy', enabled: true }
      { category: 'ServiceHealth', enabled: true }
      { category: 'ResourceHealth', enabled: true }
    ]
  }
}
