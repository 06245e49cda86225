-- Removes a page. KEYS: its total. ARGV: the first and the last year there may be.
-- Returns what it had.
local page = read(KEYS[1], ARGV[1], ARGV[2])
if problem then
  return redis.error_reply(problem)
end
forget_days(KEYS[1], page)
redis.call('UNLINK', KEYS[1])
return page
