-- What the scripts that change a page share: it stands before each of them.
-- They read and check all that they need before they write anything, so that a page
-- changes as a whole or not at all.
local MAX = 9007199254740992
local problem

local function refuse(reason)
  problem = problem or 'ERR ' .. reason
end

local function text(number)
  return string.format('%.0f', number)
end

local function bounded(number, name)
  if number > MAX or number < -MAX then
    refuse(name .. ' would be more than can be counted exactly')
  end
  return number
end

local function whole(value, name)
  if not value then
    return 0
  end
  local number = string.match(value, '^%-?%d+$') and tonumber(value)
  if not number or number > MAX or number < -MAX then
    refuse(name .. ' holds ' .. string.sub(value, 1, 40) .. ', which is no count')
    return 0
  end
  return number
end

local function is_a(kind, name)
  local found = redis.call('TYPE', name).ok
  if found ~= 'none' and found ~= kind then
    refuse(name .. ' holds a ' .. found)
  end
  return found == kind
end

local function get(name)
  local value = is_a('string', name) and redis.call('GET', name)
  whole(value, name)
  return value
end

local function undated_of(total)
  return total .. ':d:0'
end

local function year_of(total, year)
  return total .. ':d:' .. year
end

-- Returns the total, the hits without a date, and {year, {day, hits, day, hits, ...}} for
-- each year that there is.
local function read(total, first, last)
  local page = {get(total), get(undated_of(total)), {}}
  if redis.call('EXISTS', total .. ':days') == 1 then
    refuse('its days are kept as version 1.0 did: run hitsvc repair first')
  end
  for year = tonumber(first), tonumber(last) do
    local name = year_of(total, text(year))
    if is_a('hash', name) then
      local days = redis.call('HGETALL', name)
      for i = 1, #days do
        whole(days[i], name)
      end
      page[3][#page[3] + 1] = {text(year), days}
    end
  end
  return page
end

local function sum(page)
  local all = whole(page[2], 'undated')
  for _, year in ipairs(page[3]) do
    for i = 2, #year[2], 2 do
      all = all + tonumber(year[2][i])
    end
  end
  return all
end

-- Returns the years that there may be visitors of, and the days that may be sketches still:
-- those that are today, were yesterday, or will be tomorrow, in whatever zone.
local function visited()
  local day = math.floor(tonumber(redis.call('TIME')[1]) / 86400) - 20454 + 1
  local year, names = 2026, {}
  for ago = 0, 3 do
    local left, of = day - ago, 2026
    local length = 365
    while left >= length do
      left, of = left - length, of + 1
      length = (of % 4 == 0 and (of % 100 ~= 0 or of % 400 == 0)) and 366 or 365
    end
    names[#names + 1] = text(of) .. '-' .. text(left + 1)
    year = math.max(year, of)
  end
  return year, names
end

local function forget_visitors(total)
  local last, names = visited()
  for year = 2026, last do
    redis.call('UNLINK', total .. ':v:' .. text(year))
  end
  for _, name in ipairs(names) do
    redis.call('UNLINK', total .. ':v:' .. name)
  end
end

local function forget_days(total, page)
  forget_visitors(total)
  for _, year in ipairs(page[3]) do
    redis.call('UNLINK', year_of(total, year[1]))
  end
  redis.call('UNLINK', undated_of(total))
end

-- Where a move between two slots keeps what it has taken, or that it has been here.
local GONE = 'gone'

local function aside_of(total, move)
  return total .. ':m:' .. move
end
