"""Cache, sessions and token buckets in Azure: Redis through redis-py, which is imported when a call needs it.

A key of the cache is ``<prefix>:<release>:<v or c>:{<area>:<name>}``: the value that is kept, or the claim of who
is making it. The braces are a hash tag, so that both lie in one slot of a cluster; the release keeps two versions
of the shop from reading each other's copies.
"""
