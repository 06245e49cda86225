-- Takes a page's hits aside, by other names in its slot, to be given to a page elsewhere.
-- KEYS: the page's total. ARGV: the first and the last year there may be; what the move is
-- called; for how many seconds it is remembered when it is over.
-- Returns what was taken, now or before; nothing if there is nothing to give any more.
local aside = aside_of(KEYS[1], ARGV[3])
local state = redis.call('GET', aside)
if state == GONE then
  return false
end
local page = read(state and aside or KEYS[1], ARGV[1], ARGV[2])
if problem then
  return redis.error_reply(problem)
end
if state then
  return page
end
if not page[1] then
  redis.call('SET', aside, GONE, 'EX', ARGV[4])
  return false
end
redis.call('RENAME', KEYS[1], aside)
if page[2] then
  redis.call('RENAME', undated_of(KEYS[1]), undated_of(aside))
end
for _, year in ipairs(page[3]) do
  redis.call('RENAME', year_of(KEYS[1], year[1]), year_of(aside, year[1]))
end
return page
