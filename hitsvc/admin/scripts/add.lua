-- Adds hits to a page, to a day or without a date.
-- KEYS: the page's total. ARGV: how many; the year and the day of it, or nothing.
-- Returns the old total.
local by = tonumber(ARGV[1])
local before = get(KEYS[1])
local after = bounded(whole(before, KEYS[1]) + by, 'the total')
if after < 0 then
  refuse('it has ' .. (before or '0') .. ' hits, and cannot have fewer than none')
end
if ARGV[2] then
  local name = year_of(KEYS[1], ARGV[2])
  local hits = is_a('hash', name) and redis.call('HGET', name, ARGV[3])
  if bounded(whole(hits, name) + by, 'the day') < 0 then
    refuse('that day has ' .. (hits or '0') .. ' hits, and cannot have fewer than none')
  end
else
  bounded(whole(get(undated_of(KEYS[1])), '') + by, undated_of(KEYS[1]))
end
if problem then
  return redis.error_reply(problem)
end
redis.call('INCRBY', KEYS[1], text(by))
if ARGV[2] then
  redis.call('HINCRBY', year_of(KEYS[1], ARGV[2]), ARGV[3], text(by))
else
  redis.call('INCRBY', undated_of(KEYS[1]), text(by))
end
return before or '0'
