metadata description = 'Where logs and traces go. One workspace for both regions: an incident is read in one place.'

param location string
param tags object
param suffix string
@minValue(30)
@maxValue(730)
param retentionDays int
@description('Gigabytes a day after which intake stops; -1: no limit. Alerts go blind at the limit.')
param dailyLimitGb int

var abbreviations = loadJsonContent('../../abbreviations.json')

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: '${abbreviations.workspace}-${suffix}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true }
    workspaceCapping: { dailyQuotaGb: dailyLimitGb }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${abbreviations.appInsights}-${suffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
    DisableIpMasking: false
    IngestionMode: 'LogAnalytics'
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: workspace
  properties: {
    workspaceId: workspace.id
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output workspaceId string = workspace.id
output workspaceName string = workspace.name
@description('The workspace’s own id, by which it is queried.')
output customerId string = workspace.properties.customerId
output insightsId string = insights.id
output insightsName string = insights.name
@description('No secret: with local auth off, it only says where to send; who may send is a role.')
output insightsConnection string = insights.properties.ConnectionString
