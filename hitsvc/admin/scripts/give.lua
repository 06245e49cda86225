-- Gives a page the hits that were taken from another, once.
-- KEYS: the page's total. ARGV: the first and the last year there may be; what the move is
-- called; the other's total; its hits without a date, or nothing; then a year, a day and its
-- hits, one after the other.
-- Returns the total of before; why not, if the page cannot take them. It says the same again
-- for as long as its mark is there.
local mark = aside_of(KEYS[1], ARGV[3])
local said = redis.call('GET', mark)
if said then
  return said
end
local target = read(KEYS[1], ARGV[1], ARGV[2])
bounded(whole(target[1], '') + tonumber(ARGV[4]), KEYS[1])
bounded(whole(target[2], '') + (tonumber(ARGV[5]) or 0), undated_of(KEYS[1]))
if problem then
  redis.call('SET', mark, problem)
  return problem
end
redis.call('INCRBY', KEYS[1], ARGV[4])
if ARGV[5] ~= '' then
  redis.call('INCRBY', undated_of(KEYS[1]), ARGV[5])
end
for i = 6, #ARGV, 3 do
  redis.call('HINCRBY', year_of(KEYS[1], ARGV[i]), ARGV[i + 1], ARGV[i + 2])
end
redis.call('SET', mark, target[1] or '0')
return target[1] or '0'
