metadata description = 'Who the shop is: the API’s identity, the gateway’s, the cluster’s two, and the one that deploys. No passwords anywhere.'

param location string
param tags object
param suffix string
@description('Subject of the deployer’s federated credential, such as repo:<owner>@<ownerId>/<repository>@<id>:environment:<environment>; empty: no deployer.')
param deployerSubject string

var abbreviations = loadJsonContent('../../abbreviations.json')

resource api 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${abbreviations.identity}-api-${suffix}'
  location: location
  tags: tags
}

resource gateway 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${abbreviations.identity}-gateway-${suffix}'
  location: location
  tags: tags
}

resource cluster 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${abbreviations.identity}-cluster-${suffix}'
  location: location
  tags: tags
}

resource kubelet 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${abbreviations.identity}-kubelet-${suffix}'
  location: location
  tags: tags
}

resource deployer 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${abbreviations.identity}-deployer-${suffix}'
  location: location
  tags: tags
}

resource pipeline 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = if (!empty(deployerSubject)) {
  parent: deployer
  name: 'pipeline'
  properties: {
    issuer: 'https://token.actions.githubusercontent.com'
    subject: deployerSubject
    audiences: ['api://AzureADTokenExchange']
  }
}

output apiPrincipalId string = api.properties.principalId
output deployerPrincipalId string = deployer.properties.principalId
output deployerClientId string = deployer.properties.clientId
output kubeletPrincipalId string = kubelet.properties.principalId
@description('Ids, principals and clients of all of them, for modules that need several.')
output all object = {
  apiId: api.id
  apiPrincipalId: api.properties.principalId
  apiClientId: api.properties.clientId
  gatewayId: gateway.id
  gatewayPrincipalId: gateway.properties.principalId
  clusterId: cluster.id
  clusterPrincipalId: cluster.properties.principalId
  kubeletId: kubelet.id
  kubeletName: kubelet.name
  kubeletPrincipalId: kubelet.properties.principalId
  kubeletClientId: kubelet.properties.clientId
  deployerPrincipalId: deployer.properties.principalId
}
