#!/bin/sh
# Chooses the parameters of the wanted environment and says what is missing, all at once, before anything is built.
set -eu

stage="${SHOP_STAGE:-dev}"
source="infra/main.${stage}.bicepparam"
[ -f "$source" ] || { echo "SHOP_STAGE must be dev, staging or prod; it is '$stage'." >&2; exit 1; }

missing=""
for name in SHOP_ORIGIN SIGN_IN_ISSUER SIGN_IN_OPENID_CONFIG_URL SIGN_IN_AUTHORITY CONTACT_EMAILS BUDGET_START RUNBOOK_BASE_URL; do
  eval "value=\${$name:-}"
  [ -n "$value" ] || missing="$missing $name"
done
if [ "$stage" != dev ] && [ -z "${CLUSTER_ADMIN_GROUP_IDS:-}${EXISTING_CLUSTER_ID:-}" ]; then
  missing="$missing CLUSTER_ADMIN_GROUP_IDS"
fi
if [ -n "$missing" ]; then
  echo "Set these first (azd env set NAME value):$missing" >&2
  exit 1
fi

# azd reads main.bicepparam and knows nothing of stages.
cp "$source" infra/main.bicepparam
