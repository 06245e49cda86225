-- Moves a page's days from the one hash of version 1.0 into one hash a year.
-- KEYS: the page's total; the old hash. The new names are made of the first, in its slot.
-- What is no day goes to the hits without a date, so that nothing is lost.
-- Returns the years that there were. Nothing is written before all of it has been checked.
local old = redis.call('HGETALL', KEYS[2])
local before = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}
local length = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

local function leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

local function place(name)
  local y, m, d = string.match(name, '^(%d%d%d%d)(%d%d)(%d%d)$')
  local year, month, day = tonumber(y), tonumber(m), tonumber(d)
  local is_day = year and year > 0 and month >= 1 and month <= 12
    and day >= 1 and day <= length[month]
    and (month ~= 2 or day < 29 or leap(year))
  if not is_day then
    return nil
  end
  if month > 2 and leap(year) then
    day = day + 1
  end
  return year, before[month] + day
end

local function refuse(name, type)
  local found = redis.call('TYPE', name).ok
  if found ~= 'none' and found ~= type then
    return name .. ' holds a ' .. found
  end
end

for i = 1, #old, 2 do
  if not string.match(old[i + 1], '^%-?%d+$') then
    return redis.error_reply(KEYS[2] .. ' holds ' .. old[i + 1] .. ', which is no number')
  end
  local year = place(old[i])
  local name = KEYS[1] .. ':d:' .. string.format('%d', year or 0)
  local reason = refuse(name, year and 'hash' or 'string')
  if reason then
    return redis.error_reply(reason)
  end
end

local years, seen = {}, {}
for i = 1, #old, 2 do
  local year, day = place(old[i])
  if year then
    if not seen[year] then
      seen[year] = true
      years[#years + 1] = year
    end
    local name = KEYS[1] .. ':d:' .. string.format('%d', year)
    redis.call('HINCRBY', name, string.format('%d', day), old[i + 1])
  else
    redis.call('INCRBY', KEYS[1] .. ':d:0', old[i + 1])
  end
end
redis.call('DEL', KEYS[2])
return years
