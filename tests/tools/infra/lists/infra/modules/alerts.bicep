var queries = {
  'error-rate': 'x'
}
var kind = 'Microsoft.DocumentDB/databaseAccounts'
