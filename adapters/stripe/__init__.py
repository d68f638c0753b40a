"""The card network in Azure: Stripe, through its official SDK, which is imported with the first payment."""
