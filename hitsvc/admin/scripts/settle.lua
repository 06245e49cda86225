-- Returns by how much a page's total is above its years and its hits without a date.
-- If there is no total, days that a late hit has left are removed, and nothing is returned.
-- KEYS: the page's total. ARGV: the first and the last year there may be.
local page = read(KEYS[1], ARGV[1], ARGV[2])
if problem then
  return redis.error_reply(problem)
end
if not page[1] then
  forget_days(KEYS[1], page)
  return false
end
return text(whole(page[1], '') - sum(page))
