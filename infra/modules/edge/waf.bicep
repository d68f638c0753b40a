metadata description = 'The firewall in front of everything: Microsoft’s rules, bots, countries, and a ceiling for each client address.'

param tags object
@description('Letters and digits only, by the service’s rule.')
@minLength(1)
@maxLength(128)
param name string
@description('ISO country codes that are turned away; empty: nobody is.')
param blockedCountries array
@description('Requests in five minutes from one address before it is blocked.')
@minValue(100)
param requestsPerFiveMinutes int

resource policy 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2025-10-01' = {
  name: name
  location: 'global'
  tags: tags
  sku: { name: 'Premium_AzureFrontDoor' }
  properties: {
    policySettings: {
      enabledState: 'Enabled'
      mode: 'Prevention'
      requestBodyCheck: 'Enabled'
      customBlockResponseStatusCode: 403
      // Queries carry an e-mail or a signed link's token: they must not reach the firewall's log.
      logScrubbing: {
        state: 'Enabled'
        scrubbingRules: [
          { matchVariable: 'RequestIPAddress', selectorMatchOperator: 'EqualsAny', state: 'Enabled' }
          { matchVariable: 'QueryStringArgNames', selectorMatchOperator: 'Equals', selector: 'email', state: 'Enabled' }
          { matchVariable: 'QueryStringArgNames', selectorMatchOperator: 'Equals', selector: 'token', state: 'Enabled' }
          { matchVariable: 'QueryStringArgNames', selectorMatchOperator: 'Equals', selector: 'code', state: 'Enabled' }
        ]
      }
    }
    customRules: {
      rules: concat(
        [
          {
            name: 'RateByAddress'
            priority: 100
            enabledState: 'Enabled'
            ruleType: 'RateLimitRule'
            rateLimitDurationInMinutes: 5
            rateLimitThreshold: requestsPerFiveMinutes
            groupBy: [{ variableName: 'SocketAddr' }]
            // Stripe retries what is refused, and speaks for many customers through few addresses.
            matchConditions: [
              {
                matchVariable: 'RequestUri'
                operator: 'Contains'
                negateCondition: true
                matchValue: ['/api/payments/webhook']
              }
            ]
            action: 'Block'
          }
        ],
        empty(blockedCountries)
          ? []
          : [
              {
                name: 'Countries'
                priority: 200
                enabledState: 'Enabled'
                ruleType: 'MatchRule'
                matchConditions: [
                  { matchVariable: 'SocketAddr', operator: 'GeoMatch', negateCondition: false, matchValue: blockedCountries }
                ]
                action: 'Block'
              }
            ]
      )
    }
    managedRules: {
      managedRuleSets: [
        // Front Door's descendant of the OWASP core rule set.
        { ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1', ruleSetAction: 'Block' }
        { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' }
      ]
    }
  }
}

output id string = policy.id
