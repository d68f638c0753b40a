"""The ends of the ports that need no account: they run in process and keep what lasts in the store's file."""
