metadata description = 'A cluster that stands already: only read, nothing in it is changed.'

param name string

resource cluster 'Microsoft.ContainerService/managedClusters@2026-04-01' existing = {
  name: name
}

output id string = cluster.id
output issuer string = cluster.properties.oidcIssuerProfile.issuerURL
