-- Takes a step of SCAN, and returns of the names only the pages and the years.
-- ARGV: the cursor; the pattern of all keys of pages; how many keys to look at; the length
-- of what stands before a page's key.
-- Returns the next cursor, the pages' keys, the years, and a page that has days of version
-- 1.0, or nothing. It writes nothing.
local step = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
local start = tonumber(ARGV[4]) + 1
local pages, years, seen, old = {}, {}, {}, ''
for _, name in ipairs(step[2]) do
  local close = string.find(name, '}', start, true)
  if close and close > start then
    local rest = string.sub(name, close + 1)
    if rest == '' then
      pages[#pages + 1] = string.sub(name, start, close - 1)
    elseif rest == ':days' then
      old = string.sub(name, start, close - 1)
    else
      local year = string.match(rest, '^:d:([1-9]%d*)$')
      if year and not seen[year] then
        seen[year] = true
        years[#years + 1] = year
      end
    end
  end
end
return {step[1], pages, years, old}
