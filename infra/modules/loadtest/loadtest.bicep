metadata description = 'A place to run load tests from, outside the network that is tested.'

param location string
param tags object
param name string

resource test 'Microsoft.LoadTestService/loadTests@2022-12-01' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: { description: 'Load tests of the shop' }
}

output id string = test.id
