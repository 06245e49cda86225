-- Moves a page's hits and visitors to another page, which may have some of its own.
-- KEYS: the totals of both. ARGV: the first and the last year there may be.
-- Returns what each had before; nothing if there is no page to move.
local source = read(KEYS[1], ARGV[1], ARGV[2])
local target = read(KEYS[2], ARGV[1], ARGV[2])
bounded(whole(source[1], '') + whole(target[1], ''), KEYS[2])
bounded(whole(source[2], '') + whole(target[2], ''), undated_of(KEYS[2]))
local years, sketches = read_visitors(KEYS[1])
read_visitors(KEYS[2])
if problem then
  return redis.error_reply(problem)
end
if not source[1] then
  return false
end
redis.call('INCRBY', KEYS[2], source[1])
if source[2] then
  redis.call('INCRBY', undated_of(KEYS[2]), source[2])
end
for _, year in ipairs(source[3]) do
  for i = 1, #year[2], 2 do
    redis.call('HINCRBY', year_of(KEYS[2], year[1]), year[2][i], year[2][i + 1])
  end
end
add_years(KEYS[2], years)
for _, name in ipairs(sketches) do
  add_sketch(KEYS[2], name, KEYS[1] .. ':v:' .. name)
end
forget_days(KEYS[1], source)
redis.call('UNLINK', KEYS[1])
return {source, target}
