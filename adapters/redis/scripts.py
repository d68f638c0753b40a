"""What Redis does in one step. All keys of a script lie in one slot of a cluster.

Those of the cache are always the value's and the claim's.
"""

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

PUSH: Final = """
local known = tonumber(redis.call('HGET', KEYS[4], ARGV[2]) or '0')
if known >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[4], ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[4], ARGV[5])
if redis.call('EXISTS', KEYS[1]) == 0 then
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local last = tonumber(redis.call('GET', KEYS[2]) or '0')
  local number = string.format('%.0f', math.max(now, last + 1))
  redis.call('SET', KEYS[2], number)
  redis.call('HSET', KEYS[1], '', number)
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  redis.call('SADD', KEYS[3], ARGV[1])
end
for at = 6, #ARGV, 3 do
  local counter, member, count = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if member == '' or redis.call('SADD', KEYS[5], counter .. ' ' .. member) == 1 then
    redis.call('HINCRBY', KEYS[1], counter, count)
  end
end
redis.call('PEXPIRE', KEYS[5], ARGV[5])
return 1
"""
"""Add what a process has counted of a day, unless it is known, to the batch that it lies in, or begin a new one.

``KEYS``: the day's batch, the last number of any, the days, the day's pushes by source, its members. ``ARGV``: the
day, source and number of the push, for how many milliseconds the batch and what is known of the day are kept, and
then counter, member and count of each. A batch keeps its own number under the empty name: the server's time in
milliseconds, or one more than the last, so that it grows also after the server has lost all.
"""

TAKE_BATCH: Final = """
if redis.call('EXISTS', KEYS[2]) == 0 then
  if redis.call('EXISTS', KEYS[1]) == 0 then
    redis.call('SREM', KEYS[3], ARGV[1])
    return {}
  end
  redis.call('RENAME', KEYS[1], KEYS[2])
end
return redis.call('HGETALL', KEYS[2])
"""
"""The day's batch that is taken, else the one that is being counted; its number is under the empty name.

``KEYS``: the day's batch, the one of it that is taken, the days; ``ARGV``: the day.
"""

SETTLE: Final = """
if redis.call('HGET', KEYS[1], '') == ARGV[1] then redis.call('UNLINK', KEYS[1]) end
return 1
"""
"""Forget the batch that is taken, if it has that number. ``KEYS``: the batch; ``ARGV``: the number."""
