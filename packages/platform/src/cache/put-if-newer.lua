-- Stores many values, each only if it is not older than what is there: older never overwrites newer.
--
-- KEYS[i]       a key of the versioned cache
-- ARGV[2i-1]    its time to live, in milliseconds
-- ARGV[2i]      its value; begins with `version|timeline|`
--
-- Values compare by (timeline, version); an equal one is refreshed. Returns the positions i of the keys that hold
-- something newer. Numbers are doubles here, exact to 2^53, which is where versions stop. Longest head: 16 + 10 digits
-- and two bars.
local refused = {}
for i = 1, #KEYS do
  local value = ARGV[2 * i]
  local heldVersion, heldTimeline = string.match(redis.call('GETRANGE', KEYS[i], 0, 31), '^(%d+)|(%d+)|')
  local newer = true
  if heldVersion then
    local version, timeline = string.match(value, '^(%d+)|(%d+)|')
    version, timeline = tonumber(version), tonumber(timeline)
    heldVersion, heldTimeline = tonumber(heldVersion), tonumber(heldTimeline)
    newer = timeline > heldTimeline or (timeline == heldTimeline and version >= heldVersion)
  end
  if newer then
    redis.call('SET', KEYS[i], value, 'PX', ARGV[2 * i - 1])
  else
    refused[#refused + 1] = i
  end
end
return refused
