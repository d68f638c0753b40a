echo "shop-secret-key, shop-signing-key, stripe-secret-key"
