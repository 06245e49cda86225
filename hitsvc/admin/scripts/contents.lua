-- Returns what a page holds. KEYS: its total. ARGV: the first and the last year there may be.
local page = read(KEYS[1], ARGV[1], ARGV[2])
if problem then
  return redis.error_reply(problem)
end
return page
