metadata description = 'A DDoS protection plan, where wanted: by far the dearest fixed line of the network.'

param location string
param tags object
param name string

resource plan 'Microsoft.Network/ddosProtectionPlans@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {}
}

output id string = plan.id
