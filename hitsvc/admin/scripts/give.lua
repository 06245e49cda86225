-- Gives a page the hits and visitors that were taken from another, once.
-- KEYS: the page's total. ARGV: the first and the last year there may be; what the move is
-- called; the other's total; its hits without a date, or nothing; how many days, and of each
-- the year, the day and its hits; how many days with visitors, and the same of them; then of
-- each day that is a sketch its name and that.
-- Returns the total of before; why not, if the page cannot take them. It says the same again
-- for as long as its mark is there.
local mark = aside_of(KEYS[1], ARGV[3])
local said = redis.call('GET', mark)
if said then
  return said
end
local target = read(KEYS[1], ARGV[1], ARGV[2])
read_visitors(KEYS[1])
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
local at = 7
for i = 1, tonumber(ARGV[6]) do
  redis.call('HINCRBY', year_of(KEYS[1], ARGV[at]), ARGV[at + 1], ARGV[at + 2])
  at = at + 3
end
local noted = {}
at = at + 1
for i = 1, tonumber(ARGV[at - 1]) do
  add_visitors(KEYS[1], ARGV[at], ARGV[at + 1], ARGV[at + 2])
  if not noted[ARGV[at]] then
    noted[ARGV[at]] = true
    note_move(KEYS[1] .. ':v:' .. ARGV[at])
  end
  at = at + 3
end
for i = at, #ARGV, 2 do
  local sketch = mark .. ':v:' .. ARGV[i]
  redis.call('SET', sketch, bytes_of(ARGV[i + 1]))
  add_sketch(KEYS[1], ARGV[i], sketch)
  redis.call('UNLINK', sketch)
end
redis.call('SET', mark, target[1] or '0')
return target[1] or '0'
