"""What Redis does in one step. The keys are always the value's and the claim's, which lie in one slot."""

from typing import Final

LOOK: Final = """
local value = redis.call('GET', KEYS[1])
if value and redis.call('PTTL', KEYS[1]) > tonumber(ARGV[3]) then return {value} end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {} end
if redis.call('GET', KEYS[2]) == ARGV[1] then return {} end
if value then return {value} end
return false
"""
"""The value, or the claim to make it (an empty list), or nothing while another makes it.

``ARGV``: the caller's token, how long a claim lasts, and how long before its end a value is made anew, by one
while all others still get the old one; in milliseconds. Asked twice with one token it answers the same.
"""

KEEP: Final = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
if tonumber(ARGV[3]) > 0 then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
"""
"""Keep what was made and give the claim back, unless it is lost: then the value was dropped meanwhile, or is late.

``ARGV``: the token, the value, its milliseconds; with 0 only the claim is given back.
"""
