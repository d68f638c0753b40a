metadata description = 'Who is woken by what. The rules are rows of queries/alerts.json, each with its query beside it and a runbook behind it; a query answers with rows when something is wrong.'

param location string
param tags object
param suffix string
@allowed(['dev', 'staging', 'prod'])
param environmentName string
param contactEmails array
param workspaceId string
param cosmosId string
@description('Insights component and address of the availability test; an empty address: no test.')
param insightsId string
param probeUrl string
@description('Where the runbooks lie, without a slash at the end.')
param runbookBaseUrl string

var abbreviations = loadJsonContent('../../abbreviations.json')
var rules = loadJsonContent('../../queries/alerts.json')
var logRules = filter(rules.log, rule => contains(rule.environments, environmentName))
// One kind of resource has metric rules; a check refuses a row of another kind.
var metricRules = filter(
  rules.metric,
  rule => contains(rule.environments, environmentName) && rule.resourceType == 'Microsoft.DocumentDB/databaseAccounts'
)
var queries = {
  'agent-failures': loadTextContent('../../queries/agent-failures.kql')
  'cosmos-throttled': loadTextContent('../../queries/cosmos-throttled.kql')
  'dead-letters': loadTextContent('../../queries/dead-letters.kql')
  'error-rate': loadTextContent('../../queries/error-rate.kql')
  'events-late': loadTextContent('../../queries/events-late.kql')
  'firewall-blocks': loadTextContent('../../queries/firewall-blocks.kql')
  'gateway-failures': loadTextContent('../../queries/gateway-failures.kql')
  'labels-unused': loadTextContent('../../queries/labels-unused.kql')
  'ledger-differences': loadTextContent('../../queries/ledger-differences.kql')
  'no-traffic': loadTextContent('../../queries/no-traffic.kql')
  'outbox-age': loadTextContent('../../queries/outbox-age.kql')
  'payment-declines': loadTextContent('../../queries/payment-declines.kql')
  'payment-failures': loadTextContent('../../queries/payment-failures.kql')
  'saga-stuck': loadTextContent('../../queries/saga-stuck.kql')
  'slow-answers': loadTextContent('../../queries/slow-answers.kql')
  'webhook-refused': loadTextContent('../../queries/webhook-refused.kql')
}

resource team 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${abbreviations.actionGroup}-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'shop'
    enabled: true
    emailReceivers: map(contactEmails, email => { name: email, emailAddress: email, useCommonAlertSchema: true })
  }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in logRules: {
    name: '${rule.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.title
      description: '${rule.title}. Runbook: ${runbookBaseUrl}/${rule.runbook}.md'
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT${rule.everyMinutes}M'
      windowSize: 'PT${rule.windowMinutes}M'
      criteria: {
        allOf: [
          {
            query: queries[rule.name]
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: true
      actions: {
        actionGroups: [team.id]
        customProperties: { runbook: '${runbookBaseUrl}/${rule.runbook}.md' }
      }
    }
  }
]

resource metricAlerts 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for rule in metricRules: {
    name: '${rule.name}-${suffix}'
    location: 'global'
    tags: tags
    properties: {
      description: '${rule.title}. Runbook: ${runbookBaseUrl}/${rule.runbook}.md'
      severity: rule.severity
      enabled: true
      scopes: [cosmosId]
      evaluationFrequency: 'PT${rule.everyMinutes}M'
      windowSize: 'PT${rule.windowMinutes}M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: rule.name
            criterionType: 'StaticThresholdCriterion'
            metricName: rule.metric
            timeAggregation: rule.aggregation
            operator: rule.operator
            threshold: rule.threshold
          }
        ]
      }
      actions: [{ actionGroupId: team.id, webHookProperties: { runbook: '${runbookBaseUrl}/${rule.runbook}.md' } }]
    }
  }
]

resource probe 'Microsoft.Insights/webtests@2022-06-15' = if (!empty(probeUrl)) {
  name: 'availability-${suffix}'
  location: location
  // The link to the component is a tag, by the service's rule.
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'availability-${suffix}'
    Name: 'The shop answers'
    Enabled: true
    Frequency: 300
    Timeout: 30
    Kind: 'standard'
    RetryEnabled: true
    Locations: [{ Id: 'emea-nl-ams-azr' }, { Id: 'emea-gb-db3-azr' }, { Id: 'us-va-ash-azr' }]
    Request: { RequestUrl: probeUrl, HttpVerb: 'GET', FollowRedirects: false, ParseDependentRequests: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 14 }
  }
}

resource unavailable 'Microsoft.Insights/metricAlerts@2026-01-01' = if (!empty(probeUrl)) {
  name: 'unavailable-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The shop does not answer from two places. Runbook: ${runbookBaseUrl}/region-failover.md'
    severity: 0
    enabled: true
    scopes: [probe.id, insightsId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: probe.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: team.id }]
  }
}

output actionGroupId string = team.id
