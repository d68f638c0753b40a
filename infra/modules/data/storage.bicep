metadata description = 'A storage account: the shop’s images and archive, the agents’ cold memory, or a function app’s own.'

param location string
param tags object
@minLength(3)
@maxLength(24)
param name string
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GZRS'])
param redundancy string
@description('Container names.')
param containers array
@description('Containers whose old blobs grow cold, then archived: rows of {container, coolAfterDays, archiveAfterDays}.')
param ageing array
@description('Origins of browsers that may put blobs by signed link; none: no cross-origin use.')
param uploadOrigins array
@description('True where people’s data lies. A function app’s own account rewrites small blobs all day, and each rewrite would be kept.')
param keepVersions bool
param workspaceId string

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    accessTier: 'Hot'
    publicNetworkAccess: 'Disabled'
    networkAcls: { defaultAction: 'Deny', bypass: 'None' }
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: keepVersions
    deleteRetentionPolicy: keepVersions ? { enabled: true, days: 14 } : { enabled: false }
    containerDeleteRetentionPolicy: { enabled: true, days: 14 }
    cors: {
      corsRules: empty(uploadOrigins)
        ? []
        : [
            {
              allowedOrigins: uploadOrigins
              allowedMethods: ['PUT']
              allowedHeaders: ['content-type', 'x-ms-blob-type']
              exposedHeaders: ['etag']
              maxAgeInSeconds: 3600
            }
          ]
    }
  }
}

resource folders 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = [
  for container in containers: {
    parent: blobs
    name: container
    properties: { publicAccess: 'None' }
  }
]

// Versions and deleted blobs go after a month, or every overwritten package would be kept for ever.
resource ages 'Microsoft.Storage/storageAccounts/managementPolicies@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: concat(
        [
          {
            name: 'drop-old-versions'
            type: 'Lifecycle'
            enabled: true
            definition: {
              filters: { blobTypes: ['blockBlob'] }
              actions: { version: { delete: { daysAfterCreationGreaterThan: 30 } } }
            }
          }
        ],
        map(ageing, row => {
          name: 'age-${row.container}'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['${row.container}/'] }
            actions: {
              baseBlob: {
                tierToCool: { daysAfterModificationGreaterThan: row.coolAfterDays }
                tierToArchive: { daysAfterModificationGreaterThan: row.archiveAfterDays }
              }
            }
          }
        })
      )
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource accountDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: account
  properties: { workspaceId: workspaceId, metrics: [{ category: 'Transaction', enabled: true }] }
}

output id string = account.id
output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output blobHost string = split(account.properties.primaryEndpoints.blob, '/')[2]
