"""An Event Hubs namespace of our own on one machine: AMQP 1.0 over TCP, in memory, standard library only.

A development tool, written to the published protocol and to what the official SDK needs; Microsoft's own
emulator runs in Docker and reads the same ``Config.json``. What is ours and not the service's: the hash
from partition key to partition, and that a web token is taken without looking at its signature.

``tests/tools/eventhubs_emulator/test_conformance.py`` says what a namespace does, through the official SDK. To
hold Microsoft's emulator to it, start that with our ``Config.json`` and run the file with
``EVENTHUBS_TEST_CONNECTION`` set to its connection string; without it those tests are skipped.
"""
