@description('First region: one of regions.json.')
@allowed([
  'northeurope'
  'westeurope'
])
param location string
