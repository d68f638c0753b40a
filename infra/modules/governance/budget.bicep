metadata description = 'A word before the money is gone: at 80 % spent, and when the month is forecast to pass the whole.'

targetScope = 'subscription'

param name string
@description('Whole units of the billing currency a month.')
@minValue(1)
param monthlyAmount int
@description('First day of a month, complete: 2026-12-01T00:00:00Z.')
@minLength(20)
@maxLength(20)
param startDate string
@description('The groups that are counted, together.')
param groupNames array
param contactEmails array
param actionGroupId string

resource budget 'Microsoft.Consumption/budgets@2026-06-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: monthlyAmount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    filter: { dimensions: { name: 'ResourceGroupName', operator: 'In', values: groupNames } }
    notifications: {
      spent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: contactEmails
        contactGroups: [actionGroupId]
      }
      forecast: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: contactEmails
        contactGroups: [actionGroupId]
      }
    }
  }
}

output name string = budget.name
