"""The whole shopping story over HTTP, printed as a transcript."""
