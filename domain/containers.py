"""Where the documents lie: each container with its partition key."""

PARTITION_KEYS = {
    "Users": "user_id",
    "Products": "category_slug",
    "SearchIndex": "token",
    "Categories": "section",
    "Inventory": "sku",
    "Promotions": "code",
    "Cart": "user_id",
    "Orders": "user_id",
    "PaymentEvents": "payment_intent_id",
    "Addresses": "user_id",
    "PaymentMethods": "user_id",
    "Reviews": "product_id",
    "Tickets": "user_id",
    "Returns": "user_id",
    "Shipments": "order_id",
    "AuditLogs": "bucket",
    "Rollups": "period",
    "Settings": "scope",
    "DeadLetters": "hub",
}
"""Container name to the field that is its partition key."""
