-- Adds rows to pages, and moves the mark of the import past them, all or nothing.
-- KEYS: the mark; the total of each page.
-- ARGV: the page the mark stands at; the mode (add, max or replace); the page it moves to,
-- or nothing for a dry run; how many rows these are; then for each page its rows,
-- "YEAR DAY HITS" one after the other, the year 0 for hits without a day.
-- Returns for each page: "n" (new) or "k" (known) and what was added, or "!" and why none.
-- Nothing is written before all of it has been looked at.
local limit = 9007199254740992

local function text(number)
  return string.format('%.0f', number)
end

-- Returns a number, and whether there was one; nil and the reason for anything else.
local function number(reply)
  if not reply then
    return 0, false
  end
  if type(reply) == 'table' then
    if string.find(tostring(reply.err), 'non local key', 1, true) then
      error(reply.err)  -- part of the page is at another node of the cluster
    end
    return nil, 'its keys in the store are of another type'
  end
  if not string.match(reply, '^%-?%d+$') then
    return nil, 'its keys in the store hold no numbers'
  end
  return tonumber(reply), true
end

local mode, dry = ARGV[2], ARGV[3] == ''
if not dry and (redis.call('HGET', KEYS[1], 'page') or '') ~= ARGV[1] then
  return redis.error_reply('IMPORTED by another command meanwhile')
end

local function plan(total_name, rows)
  local total, known = number(redis.pcall('GET', total_name))
  if not total then
    return nil, known
  end
  local writes, sum = {}, 0
  for year, day, hits in string.gmatch(rows, '(%d+) (%d+) (%-?%d+)') do
    local name, undated = total_name .. ':d:' .. year, year == '0'
    local old, there
    if undated then
      old, there = number(redis.pcall('GET', name))
    else
      old, there = number(redis.pcall('HGET', name, day))
    end
    if not old then
      return nil, there
    end
    local by = tonumber(hits)
    if mode ~= 'add' then
      by = by - old
    end
    if mode == 'max' and by < 0 then
      by = 0
    end
    -- Each sum is compared before it is made: above the limit it would not be exact.
    if by > limit - old or by < -limit - old or by > limit - sum or by < -limit - sum then
      return nil, 'more hits than can be counted exactly'
    end
    sum = sum + by
    if by ~= 0 or not there then
      writes[#writes + 1] = {name, day, text(by), undated}
    end
  end
  if sum > limit - total then
    return nil, 'more hits than can be counted exactly'
  end
  if total + sum < 0 then
    return nil, 'fewer hits than none would be left'
  end
  return writes, sum, known
end

local replies, plans = {}, {}
for i = 2, #KEYS do
  local writes, sum, known = plan(KEYS[i], ARGV[i + 3])
  if writes then
    replies[i - 1] = (known and 'k' or 'n') .. text(sum)
    plans[#plans + 1] = {KEYS[i], writes, text(sum), known}
  else
    replies[i - 1] = '!' .. sum
  end
end
if dry then
  return replies
end

redis.call('HSET', KEYS[1], 'page', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'rows', ARGV[4])
for _, page in ipairs(plans) do
  for _, write in ipairs(page[2]) do
    if write[4] then
      redis.call('INCRBY', write[1], write[3])
    else
      redis.call('HINCRBY', write[1], write[2], write[3])
    end
  end
  if page[3] ~= '0' or not page[4] then
    redis.call('INCRBY', page[1], page[3])
  end
end
return replies
