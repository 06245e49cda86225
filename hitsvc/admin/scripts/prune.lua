-- Makes hits without a date of those of old days; the total stays as it is.
-- KEYS: the page's total. ARGV: the first year there may be; the year and the day of it
-- before which days are old. Returns how many hits.
local page = read(KEYS[1], ARGV[1], ARGV[2])
local moved, gone = 0, {}
for _, year in ipairs(page[3]) do
  local fields = {}
  for i = 1, #year[2], 2 do
    if year[1] ~= ARGV[2] or whole(year[2][i], '') < tonumber(ARGV[3]) then
      moved = moved + whole(year[2][i + 1], '')
      fields[#fields + 1] = year[2][i]
    end
  end
  if #fields > 0 then
    gone[#gone + 1] = {year_of(KEYS[1], year[1]), fields}
  end
end
bounded(whole(page[2], '') + moved, undated_of(KEYS[1]))
if problem then
  return redis.error_reply(problem)
end
for _, old in ipairs(gone) do
  -- There are 366 days at most, less than Lua can unpack.
  redis.call('HDEL', old[1], unpack(old[2]))
end
if moved ~= 0 then
  redis.call('INCRBY', undated_of(KEYS[1]), text(moved))
end
return text(moved)
