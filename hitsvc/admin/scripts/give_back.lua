-- Gives a page back what was taken from it.
-- KEYS: the page's total. ARGV: the first and the last year there may be; what the move is
-- called; for how many seconds it is remembered when it is over.
local aside = aside_of(KEYS[1], ARGV[3])
local state = redis.call('GET', aside)
if not state or state == GONE then
  return false
end
local taken, page = read(aside, ARGV[1], ARGV[2]), read(KEYS[1], ARGV[1], ARGV[2])
local years, sketches = read_visitors(aside, sketches_of(aside))
read_visitors(KEYS[1])
bounded(whole(taken[1], '') + whole(page[1], ''), KEYS[1])
bounded(whole(taken[2], '') + whole(page[2], ''), undated_of(KEYS[1]))
if problem then
  return redis.error_reply(problem)
end
redis.call('INCRBY', KEYS[1], taken[1])
if taken[2] then
  redis.call('INCRBY', undated_of(KEYS[1]), taken[2])
end
for _, year in ipairs(taken[3]) do
  for i = 1, #year[2], 2 do
    redis.call('HINCRBY', year_of(KEYS[1], year[1]), year[2][i], year[2][i + 1])
  end
end
add_years(KEYS[1], years)
for _, name in ipairs(sketches) do
  add_sketch(KEYS[1], name, aside .. ':v:' .. name)
end
forget_aside(aside, taken)
redis.call('SET', aside, GONE, 'EX', ARGV[4])
return true
