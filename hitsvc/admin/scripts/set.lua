-- Sets a page's total; its hits without a date change by as much, so that days stay true.
-- KEYS: the page's total. ARGV: the new one. Returns the old one.
local before = get(KEYS[1])
local undated = get(undated_of(KEYS[1]))
local by = tonumber(ARGV[1]) - whole(before, KEYS[1])
bounded(whole(undated, '') + by, undated_of(KEYS[1]))
if problem then
  return redis.error_reply(problem)
end
redis.call('SET', KEYS[1], ARGV[1])
if by ~= 0 then
  redis.call('INCRBY', undated_of(KEYS[1]), text(by))
end
return before or '0'
