"""The part of the service's query language that the emulator speaks: read, checked and evaluated here.

It shares no code with the store's own dialects; what it does not know it refuses, by name.
"""
