-- GCRA for several quotas at once, all or nothing, by the clock of the server, in whole microseconds.
--
-- A key holds the instant at which all that was taken from it is repaid. Each has four arguments:
--   charged    what a copy admitted already: always added
--   age        how long ago it admitted the first of that: repaying began then, not now
--   asked      what a copy wants to admit: added to all keys, or to none where one of them would owe more than it may
--   tolerance  how much a key may owe
-- Answers the place of the key that refuses (0 for none), then what each key owes.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local repaid = redis.call('MGET', unpack(KEYS))
local refused = 0

local function argument(key, place)
  return tonumber(ARGV[(key - 1) * 4 + place])
end

for key = 1, #KEYS do
  local charged, asked, tolerance = argument(key, 1), argument(key, 3), argument(key, 4)
  -- Nothing can owe much more than it may, unless the clock was set back: nobody is locked out for that.
  local at = math.min(tonumber(repaid[key] or 0) or 0, now + 2 * tolerance)
  if charged > 0 then
    at = math.max(at, now - argument(key, 2)) + charged
  end
  repaid[key] = math.max(at, now)
  if refused == 0 and asked > 0 and repaid[key] + asked > now + tolerance then
    refused = key
  end
end

local answer = { refused }
for key = 1, #KEYS do
  local charged, asked = argument(key, 1), argument(key, 3)
  if refused == 0 then
    repaid[key] = repaid[key] + asked
  end
  local owed = repaid[key] - now
  if owed > 0 and (charged > 0 or (refused == 0 and asked > 0)) then
    -- Not as a plain number: those are written with fourteen digits.
    redis.call('SET', KEYS[key], string.format('%.0f', repaid[key]), 'PX', math.ceil(owed / 1000))
  end
  answer[key + 1] = owed
end
return answer
