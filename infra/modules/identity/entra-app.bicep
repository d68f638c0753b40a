metadata description = 'The API’s app registration in the tenant of the one who deploys: scopes read, write and access_as_user, roles customer, staff and admin, tokens of version 2, no secret. The API signs in as its managed identity.'

extension microsoftGraphV1

@description('Stable key of the registration; a second deployment finds it again.')
@minLength(6)
param uniqueName string
param displayName string
@description('Where the sign-in flow may return to, complete: https://api.example.com/api/auth/callback.')
param redirectUris array
@description('Principal id of the API’s managed identity, which proves who it is to the sign-in service.')
@minLength(36)
@maxLength(36)
param apiPrincipalId string

var roles = [
  { value: 'customer', name: 'Customer', description: 'Buys.' }
  { value: 'staff', name: 'Staff', description: 'Serves customers: orders, returns, shipments, catalogue.' }
  { value: 'admin', name: 'Administrator', description: 'Runs the shop: people, settings, services.' }
]

var scopes = [
  { value: 'read', name: 'Look into the shop', description: 'Read what you may read in the shop, and change nothing.' }
  { value: 'write', name: 'Use the shop', description: 'Read and change what you may read and change in the shop.' }
  { value: 'access_as_user', name: 'Use the shop in your name', description: 'Do in the shop whatever you may do there.' }
]
// Whose address it is, as far as the tenant has made sure: without both, nobody is recognised by an invitation.
var addressClaims = [{ name: 'email' }, { name: 'xms_edov' }]

resource app 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: displayName
  signInAudience: 'AzureADMyOrg'
  web: {
    redirectUris: redirectUris
    implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false }
  }
  api: {
    // Version 2 tokens carry the client id as their audience; the shop accepts no other.
    requestedAccessTokenVersion: 2
    oauth2PermissionScopes: [
      for scope in scopes: {
        id: guid(uniqueName, 'scope', scope.value)
        value: scope.value
        type: 'User'
        isEnabled: true
        adminConsentDisplayName: scope.name
        adminConsentDescription: scope.description
        userConsentDisplayName: scope.name
        userConsentDescription: scope.description
      }
    ]
  }
  optionalClaims: { idToken: addressClaims, accessToken: addressClaims }
  appRoles: [
    for role in roles: {
      id: guid(uniqueName, 'role', role.value)
      value: role.value
      displayName: role.name
      description: role.description
      allowedMemberTypes: ['User']
      isEnabled: true
    }
  ]

  resource asItself 'federatedIdentityCredentials@v1.0' = {
    name: '${uniqueName}/api'
    issuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
    subject: apiPrincipalId
    audiences: ['api://AzureADTokenExchange']
  }
}

resource person 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: app.appId
  // Customers sign themselves up and have no role at first; the shop's own record of a person decides.
  appRoleAssignmentRequired: false
}

output clientId string = app.appId
output objectId string = person.id
