-- Removes what was taken from a page, when another has it.
-- KEYS: the page's total. ARGV: the first and the last year there may be; what the move is
-- called; for how many seconds it is remembered.
local aside = aside_of(KEYS[1], ARGV[3])
if redis.call('GET', aside) ~= GONE then
  local taken = read(aside, ARGV[1], ARGV[2])
  if problem then
    return redis.error_reply(problem)
  end
  forget_aside(aside, taken)
end
redis.call('SET', aside, GONE, 'EX', ARGV[4])
return true
