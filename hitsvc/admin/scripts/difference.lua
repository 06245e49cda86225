-- Returns by how much a page's total is above its years and its hits without a date.
-- Days that version 1.0 has kept count as well.
-- KEYS: the page's total. ARGV: the years to look at. It writes nothing.
local function number(text)
  return text and tonumber(text) or 0
end

local sum = number(redis.call('GET', KEYS[1] .. ':d:0'))
local function add(name)
  for _, hits in ipairs(redis.call('HVALS', name)) do
    sum = sum + number(hits)
  end
end

add(KEYS[1] .. ':days')
for _, year in ipairs(ARGV) do
  add(KEYS[1] .. ':d:' .. year)
end
return string.format('%.0f', number(redis.call('GET', KEYS[1])) - sum)
