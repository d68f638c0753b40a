metadata description = 'What the cluster’s monitoring agent collects, and where to: without this rule it signs in and sends nothing.'

param location string
param tags object
param clusterName string
param workspaceId string

resource cluster 'Microsoft.ContainerService/managedClusters@2026-04-01' existing = {
  name: clusterName
}

resource rule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: 'containers-${clusterName}'
  location: location
  tags: tags
  kind: 'Linux'
  properties: {
    dataSources: {
      extensions: [
        {
          name: 'ContainerInsights'
          extensionName: 'ContainerInsights'
          streams: ['Microsoft-ContainerLogV2', 'Microsoft-KubeEvents', 'Microsoft-KubePodInventory']
          extensionSettings: {
            dataCollectionSettings: { interval: '1m', namespaceFilteringMode: 'Off', enableContainerLogV2: true }
          }
        }
      ]
    }
    destinations: { logAnalytics: [{ name: 'workspace', workspaceResourceId: workspaceId }] }
    dataFlows: [
      {
        streams: ['Microsoft-ContainerLogV2', 'Microsoft-KubeEvents', 'Microsoft-KubePodInventory']
        destinations: ['workspace']
      }
    ]
  }
}

resource association 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  name: 'containers'
  scope: cluster
  properties: { dataCollectionRuleId: rule.id }
}
