metadata description = 'What the gateway lets through: products with their limits, one API for each path prefix, every operation of the shop, and the policies. apis.json and products.json are generated from the shop’s own list of endpoints.'

param gatewayName string

var apis = loadJsonContent('apis.json').apis
var operations = loadJsonContent('apis.json').operations
var products = loadJsonContent('products.json').products
var fragments = [
  { name: 'customer-limit', value: loadTextContent('policies/fragments/customer-limit.xml') }
  { name: 'refuse', value: loadTextContent('policies/fragments/refuse.xml') }
  { name: 'token', value: loadTextContent('policies/fragments/token.xml') }
]
var policies = {
  'api.xml': loadTextContent('policies/api.xml')
  'api-catalogue.xml': loadTextContent('policies/api-catalogue.xml')
  'product-public.xml': loadTextContent('policies/product-public.xml')
  'product-customer.xml': loadTextContent('policies/product-customer.xml')
  'product-staff.xml': loadTextContent('policies/product-staff.xml')
  'product-admin.xml': loadTextContent('policies/product-admin.xml')
  'product-webhook.xml': loadTextContent('policies/product-webhook.xml')
}

resource gateway 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: gatewayName
}

resource parts 'Microsoft.ApiManagement/service/policyFragments@2024-05-01' = [
  for fragment in fragments: {
    parent: gateway
    name: fragment.name
    properties: { format: 'xml', value: fragment.value }
  }
]

resource globalPolicy 'Microsoft.ApiManagement/service/policies@2024-05-01' = {
  parent: gateway
  name: 'policy'
  properties: { format: 'xml', value: loadTextContent('policies/global.xml') }
  dependsOn: [parts]
}

// Open products: a key that a browser carries is no secret, so callers are told apart by token or address.
resource plans 'Microsoft.ApiManagement/service/products@2024-05-01' = [
  for product in products: {
    parent: gateway
    name: product.name
    properties: {
      displayName: product.displayName
      description: product.description
      subscriptionRequired: false
      state: 'published'
    }
  }
]

resource planPolicies 'Microsoft.ApiManagement/service/products/policies@2024-05-01' = [
  for (product, i) in products: {
    parent: plans[i]
    name: 'policy'
    properties: { format: 'xml', value: policies[product.policy] }
    dependsOn: [parts]
  }
]

@batchSize(5)
resource doors 'Microsoft.ApiManagement/service/apis@2024-05-01' = [
  for api in apis: {
    parent: gateway
    name: api.name
    properties: {
      displayName: api.name
      path: api.path
      protocols: ['https']
      apiType: 'http'
      type: 'http'
      subscriptionRequired: false
    }
  }
]

// Before its operations: from its first moment an API has a backend and refuses what has no product.
resource doorPolicies 'Microsoft.ApiManagement/service/apis/policies@2024-05-01' = [
  for (api, i) in apis: {
    parent: doors[i]
    name: 'policy'
    properties: { format: 'xml', value: policies[api.policy] }
    dependsOn: [parts, globalPolicy]
  }
]

resource members 'Microsoft.ApiManagement/service/products/apis@2024-05-01' = [
  for api in apis: {
    name: '${gatewayName}/${api.product}/${api.name}'
    dependsOn: [doors, plans, planPolicies, doorPolicies]
  }
]

@batchSize(10)
resource calls 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [
  for operation in operations: {
    name: '${gatewayName}/${operation.api}/${operation.name}'
    properties: {
      displayName: '${operation.method} ${operation.urlTemplate}'
      method: operation.method
      urlTemplate: operation.urlTemplate
      templateParameters: map(operation.parameters, parameter => {
        name: parameter
        type: 'string'
        required: true
      })
    }
    dependsOn: [members]
  }
]

output operationCount int = length(operations)
