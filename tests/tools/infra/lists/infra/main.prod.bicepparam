using 'main.bicep'

param secondaryLocation = readEnvironmentVariable('SECONDARY_LOCATION', 'northeurope')
param modelDeployments = {
  fast: { model: 'm', version: '1', capacity: 1 }
}
