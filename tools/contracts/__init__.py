"""What the shop promises to those who read its events: the payload of each type, and the AsyncAPI document."""
