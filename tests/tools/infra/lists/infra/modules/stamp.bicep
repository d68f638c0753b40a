output settings object = {
  EVENT_HUBS__clientId: 'x'
  HPH_SECRET_KEY: '@Microsoft.KeyVault(SecretUri=https://vault/secrets/shop-secret-key)'
  HPH_SIGNING_SECRET: 'shop-signing-key'
}
