-- Lets a page begin again at 0, without a history.
-- KEYS: the page's total. ARGV: the first and the last year there may be.
-- Returns what it had; nothing if there is no such page.
local page = read(KEYS[1], ARGV[1], ARGV[2])
if problem then
  return redis.error_reply(problem)
end
if not page[1] then
  return false
end
forget_days(KEYS[1], page)
redis.call('SET', KEYS[1], '0')
return page
