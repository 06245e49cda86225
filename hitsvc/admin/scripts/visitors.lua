-- What the scripts that move visitors share: it stands before each of them.

-- Returns the visitors of a page: {year, {day, visitors, day, visitors, ...}} for each year
-- that there is, and the names of the days that are sketches: of those that may be one, and
-- of those that are named.
local function read_visitors(total, named)
  local last, names = visited()
  local years, sketches = {}, {}
  for year = 2026, last do
    local name = total .. ':v:' .. text(year)
    if is_a('hash', name) then
      local fields, days = redis.call('HGETALL', name), {}
      for i = 1, #fields, 2 do
        if string.match(fields[i], '^%d+$') then
          whole(fields[i + 1], name)
          days[#days + 1], days[#days + 2] = fields[i], fields[i + 1]
        end
      end
      years[#years + 1] = {text(year), days}
    end
  end
  for _, name in ipairs(named or {}) do
    names[#names + 1] = name
  end
  local seen = {}
  for _, name in ipairs(names) do
    local sketch = total .. ':v:' .. name
    if not seen[name] and redis.call('EXISTS', sketch) == 1 then
      seen[name] = true
      sketches[#sketches + 1] = name
      if type(redis.pcall('PFCOUNT', sketch)) == 'table' then
        refuse(sketch .. ' holds no visitors')
      end
    end
  end
  return years, sketches
end

-- Leaves a field of its own in a year's hash, so that nobody believes a sum of before.
local function note_move(name)
  local now = redis.call('TIME')
  redis.call('HSET', name, 'moved ' .. now[1] .. '.' .. now[2], '1')
end

-- Adds visitors of days that are over. Who has seen both pages is two from now on.
local function add_visitors(total, year, day, visitors)
  local name = total .. ':v:' .. year
  local sketch = name .. '-' .. day
  if redis.call('EXISTS', sketch) == 1 then -- it is over for both
    redis.call('HINCRBY', name, day, redis.call('PFCOUNT', sketch))
    redis.call('UNLINK', sketch)
  end
  redis.call('HINCRBY', name, day, visitors)
end

-- Adds those of a day that is a sketch: as such, unless the page has a number already, or
-- nobody would make one of it any more.
local function add_sketch(total, day, from)
  local year, field = string.match(day, '^(%d+)%-(%d+)$')
  local name, _, names = total .. ':v:' .. year, visited()
  local is_open = false
  for _, open in ipairs(names) do
    is_open = is_open or open == day
  end
  if is_open and redis.call('HEXISTS', name, field) == 0 then
    redis.call('PFMERGE', total .. ':v:' .. day, from)
  else
    add_visitors(total, year, field, redis.call('PFCOUNT', from))
    note_move(name)
  end
end

local function add_years(total, years)
  for _, year in ipairs(years) do
    for i = 1, #year[2], 2 do
      add_visitors(total, year[1], year[2][i], year[2][i + 1])
    end
    note_move(total .. ':v:' .. year[1])
  end
end
