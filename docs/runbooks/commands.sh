# Commands that every runbook uses. Source it from the repository's root, signed in with `az login`:
#   . docs/runbooks/commands.sh prod      the first region's names
#   . docs/runbooks/commands.sh prod 1    the second region's
# Nothing here changes anything until it is called.

STAGE="${1:?dev, staging or prod}"
REGION_INDEX="${2:-0}"

OUTPUTS="$(az deployment sub show --name "holiday-peak-hub-$STAGE" --query properties.outputs --output json)"

output() { jq --exit-status --raw-output ".$1.value" <<<"$OUTPUTS"; }
region() { jq --exit-status --raw-output ".REGIONS.value[$REGION_INDEX].$1" <<<"$OUTPUTS"; }

API_URL="$(output API_URL)"
COSMOS_ACCOUNT="$(output COSMOS_ACCOUNT)"
FRONT_DOOR_NAME="$(output FRONT_DOOR_NAME)"
HOME_RESOURCE_GROUP="$(output HOME_RESOURCE_GROUP)"
REGISTRATION_CLIENT_ID="$(output REGISTRATION_CLIENT_ID)"
WORKSPACE="$(output WORKSPACE_CUSTOMER_ID)"

REGION_GROUP="$(region resourceGroup)"
LOCATION="$(region location)"
GATEWAY="$(region gateway)"
STABLE_APP="$(region stable)"
CANARY_APP="$(region canary)"
VAULT="$(region vault)"
EVENTS_NAMESPACE="$(region events)"

# ask NAME: the answer of infra/queries/NAME.kql.
ask() {
  az monitor log-analytics query --workspace "$WORKSPACE" --analytics-query "$(cat "infra/queries/$1.kql")" --output table
}

# admin METHOD PATH [CURL OPTION…]: one call of the shop's own administration, as the one who is signed in.
admin() {
  local token
  token="$(az account get-access-token --scope "$REGISTRATION_CLIENT_ID/.default" --query accessToken --output tsv)"
  curl --silent --show-error --fail-with-body --max-time 60 --request "$1" --header "Authorization: Bearer $token" \
    --header "Content-Type: application/json" "${@:3}" "$API_URL$2"
}

# weigh PERCENT: so much of this region's traffic goes to its canary app.
weigh() {
  python -m tools.canary.weight "$1" \
    --gateway "$(az apim show --resource-group "$REGION_GROUP" --name "$GATEWAY" --query id --output tsv)"
}

# background on|off: whether this region's stable app runs events and timers.
background() {
  local names
  names="$(jq --raw-output '.background_functions[] | "AzureWebJobs.\(.).Disabled"' infra/names.json)"
  if [ "$1" = off ]; then
    az functionapp config appsettings set --resource-group "$REGION_GROUP" --name "$STABLE_APP" --output none \
      --settings $(sed 's/$/=true/' <<<"$names")
  else
    az functionapp config appsettings delete --resource-group "$REGION_GROUP" --name "$STABLE_APP" --output none \
      --setting-names $names
  fi
}

# restart: new instances of this region's stable app, which read secrets and settings afresh.
restart() {
  az functionapp restart --resource-group "$REGION_GROUP" --name "$STABLE_APP" --output none
}
