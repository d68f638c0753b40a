metadata description = 'A vault and a daily policy for the cluster’s volumes. The agents’ manifests come from source; only what lies on volumes needs a copy.'

param location string
param tags object
param name string
@description('Days that a daily copy is kept.')
@minValue(1)
@maxValue(360)
param keepDays int
param workspaceId string

resource vault 'Microsoft.DataProtection/backupVaults@2026-03-01' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    storageSettings: [{ datastoreType: 'VaultStore', type: 'GeoRedundant' }]
    securitySettings: {
      softDeleteSettings: { state: 'On', retentionDurationInDays: 14 }
      immutabilitySettings: { state: 'Unlocked' }
    }
    featureSettings: { crossRegionRestoreSettings: { state: 'Enabled' } }
    monitoringSettings: { azureMonitorAlertSettings: { alertsForAllJobFailures: 'Enabled' } }
  }
}

resource daily 'Microsoft.DataProtection/backupVaults/backupPolicies@2026-03-01' = {
  parent: vault
  name: 'cluster-daily'
  properties: {
    objectType: 'BackupPolicy'
    datasourceTypes: ['Microsoft.ContainerService/managedClusters']
    policyRules: [
      {
        name: 'Daily'
        objectType: 'AzureBackupRule'
        backupParameters: { objectType: 'AzureBackupParams', backupType: 'Incremental' }
        dataStore: { objectType: 'DataStoreInfoBase', dataStoreType: 'OperationalStore' }
        trigger: {
          objectType: 'ScheduleBasedTriggerContext'
          schedule: { repeatingTimeIntervals: ['R/2026-01-01T02:00:00+00:00/P1D'], timeZone: 'UTC' }
          taggingCriteria: [{ isDefault: true, taggingPriority: 99, tagInfo: { tagName: 'Default' } }]
        }
      }
      {
        name: 'Default'
        objectType: 'AzureRetentionRule'
        isDefault: true
        lifecycles: [
          {
            deleteAfter: { objectType: 'AbsoluteDeleteOption', duration: 'P${keepDays}D' }
            sourceDataStore: { objectType: 'DataStoreInfoBase', dataStoreType: 'OperationalStore' }
            targetDataStoreCopySettings: []
          }
        ]
      }
    ]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

output id string = vault.id
output policyId string = daily.id
output principalId string = vault.identity.principalId
