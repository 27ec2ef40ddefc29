-- Adds entries to the newest entries of many accounts, where they follow on what is there without a gap.
--
-- KEYS[i]       an account's newest entries
-- ARGV[1]       how many entries are held at most
-- ARGV[3i-1]    its time to live, in milliseconds
-- ARGV[3i]      the account's version before the added entries
-- ARGV[3i+1]    the value: a head that begins with `version|timeline|`, and the added entries, newest first, one a line
--
-- What is there goes on below the added entries when it has just that version, on the same timeline. Entries that are all
-- that may be held, or all that the account has, need nothing below them: they replace what is older. Otherwise nothing
-- happens: the account was not read of late, or an addition was lost, and who reads next finds out by the version.
local most = tonumber(ARGV[1])

local function first(entries, count)
  local at = 0
  for _ = 1, count do
    at = string.find(entries, '\n', at + 1, true)
    if not at then return entries end
  end
  return string.sub(entries, 1, at - 2)
end

for i = 1, #KEYS do
  local ttl, after, value = ARGV[3 * i - 1], tonumber(ARGV[3 * i]), ARGV[3 * i + 1]
  local version, timeline = string.match(value, '^(%d+)|(%d+)|')
  version, timeline = tonumber(version), tonumber(timeline)
  local added = version - after
  local whole = after == 0 or added >= most
  local held = redis.call('GET', KEYS[i])
  local heldVersion, heldTimeline
  if held then
    heldVersion, heldTimeline = string.match(held, '^(%d+)|(%d+)|')
    heldVersion, heldTimeline = tonumber(heldVersion), tonumber(heldTimeline)
  end
  if whole then
    local newer = not heldVersion or timeline > heldTimeline or (timeline == heldTimeline and version >= heldVersion)
    if newer then redis.call('SET', KEYS[i], value, 'PX', ttl) end
  elseif heldVersion == after and heldTimeline == timeline then
    local entries = string.sub(held, string.find(held, '\n', 1, true) + 1)
    redis.call('SET', KEYS[i], value .. ',\n' .. first(entries, most - added), 'PX', ttl)
  end
end
