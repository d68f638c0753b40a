metadata description = 'Those who watch: alerts, workbooks, budgets, backup, and where wanted a place for load tests.'

param location string
param tags object
param suffix string
param environmentName string
param size object
param contactEmails array
param budgetStart string
param workspaceId string
param insightsId string
param cosmosId string
param probeUrl string
param runbookBaseUrl string
@description('Names of all resource groups of the environment: the budget counts them together.')
param groupNames array
@description('True: the cluster is ours, so its volumes are ours to copy.')
param backup bool

var abbreviations = loadJsonContent('../abbreviations.json')

module alerts 'observability/alerts.bicep' = {
  name: 'alerts'
  params: {
    location: location
    tags: tags
    suffix: suffix
    environmentName: environmentName
    contactEmails: contactEmails
    workspaceId: workspaceId
    cosmosId: cosmosId
    insightsId: insightsId
    probeUrl: probeUrl
    runbookBaseUrl: runbookBaseUrl
  }
}

module boards 'observability/dashboards.bicep' = {
  name: 'dashboards'
  params: { location: location, tags: tags, suffix: suffix, workspaceId: workspaceId }
}

module budget 'governance/budget.bicep' = {
  name: 'budget'
  scope: subscription()
  params: {
    name: '${abbreviations.budget}-${suffix}'
    monthlyAmount: size.monthlyBudget
    startDate: budgetStart
    groupNames: groupNames
    contactEmails: contactEmails
    actionGroupId: alerts.outputs.actionGroupId
  }
}

module copies 'backup/aks-backup.bicep' = if (backup) {
  name: 'cluster-backup'
  params: {
    location: location
    tags: tags
    name: '${abbreviations.backupVault}-${suffix}'
    keepDays: 30
    workspaceId: workspaceId
  }
}

module tests 'loadtest/loadtest.bicep' = if (size.loadTesting) {
  name: 'load-tests'
  params: { location: location, tags: tags, name: '${abbreviations.loadTest}-${suffix}' }
}

output actionGroupId string = alerts.outputs.actionGroupId
