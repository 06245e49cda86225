-- Takes a page's hits and visitors aside, by other names in its slot, to be given to a page
-- elsewhere.
-- KEYS: the page's total. ARGV: the first and the last year there may be; what the move is
-- called; for how many seconds it is remembered when it is over.
-- Returns what was taken, now or before: total, undated, years, years of visitors, and
-- {day, sketch, day, sketch, ...}; nothing if there is nothing to give any more.
local aside = aside_of(KEYS[1], ARGV[3])
local state = redis.call('GET', aside)
if state == GONE then
  return false
end
local from = state and aside or KEYS[1]
local page = read(from, ARGV[1], ARGV[2])
local years, sketches = read_visitors(from, state and sketches_of(aside))
if problem then
  return redis.error_reply(problem)
end
if not state and not page[1] then
  redis.call('SET', aside, GONE, 'EX', ARGV[4])
  return false
end
page[4], page[5] = years, {}
for _, name in ipairs(sketches) do
  page[5][#page[5] + 1] = name
  page[5][#page[5] + 1] = spelled(redis.call('GET', from .. ':v:' .. name))
end
if state then
  return page
end
redis.call('RENAME', KEYS[1], aside)
if page[2] then
  redis.call('RENAME', undated_of(KEYS[1]), undated_of(aside))
end
for _, year in ipairs(page[3]) do
  redis.call('RENAME', year_of(KEYS[1], year[1]), year_of(aside, year[1]))
end
for _, year in ipairs(years) do
  redis.call('RENAME', KEYS[1] .. ':v:' .. year[1], aside .. ':v:' .. year[1])
end
for _, name in ipairs(sketches) do
  redis.call('RENAME', KEYS[1] .. ':v:' .. name, aside .. ':v:' .. name)
  redis.call('SADD', aside .. ':v', name)
end
return page
