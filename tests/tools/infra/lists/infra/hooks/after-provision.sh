echo "stripe-secret-key"
