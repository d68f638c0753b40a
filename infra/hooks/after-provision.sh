#!/bin/sh
# Says what only a person may do: give the secrets their values, and let Front Door in.
set -eu

cat <<'END'
What is left, once (infra/README.md, "First deployment", tells how):
  1. Give each region's vault its secrets: shop-secret-key, shop-signing-key,
     stripe-secret-key, stripe-webhook-secret, and of those carriers that are used
     fedex-client-secret, ups-client-secret, usps-client-secret.
  2. Staging and production: approve Front Door's private connections on gateway and storage,
     then set GATEWAY_PUBLIC_ACCESS=false and provision again.
  3. Point the host names API_DOMAIN and SITE_DOMAIN, where used, to Front Door and to the site.
END
