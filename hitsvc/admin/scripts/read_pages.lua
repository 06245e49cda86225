-- Reads pages, each as it is at one moment.
-- KEYS: the total of each page. ARGV: the years to look at.
-- Returns for each page its total, its hits without a date, and then each year with its
-- days and their hits, flat; what does not exist is left out or empty. It writes nothing.
local function ask(command, name)
  local reply = redis.pcall(command, name)
  if type(reply) == 'table' and reply.err then
    if string.find(tostring(reply.err), 'non local key', 1, true) then
      error(reply.err)
    end
    error(name .. ' is of another type than it should be')
  end
  return reply or ''
end

local pages = {}
for i, total in ipairs(KEYS) do
  local found = {ask('GET', total), ask('GET', total .. ':d:0')}
  for _, year in ipairs(ARGV) do
    local days = ask('HGETALL', total .. ':d:' .. year)
    if #days > 0 then
      found[#found + 1] = year
      found[#found + 1] = days
    end
  end
  pages[i] = found
end
return pages
