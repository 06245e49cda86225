-- What the steps of a move between two slots share: it stands before each of them.

-- The days whose sketches were taken aside: a move may be ended when they are long over.
local function sketches_of(aside)
  return redis.call('SMEMBERS', aside .. ':v')
end

local function forget_aside(aside, taken)
  for _, name in ipairs(sketches_of(aside)) do
    redis.call('UNLINK', aside .. ':v:' .. name)
  end
  redis.call('UNLINK', aside .. ':v')
  forget_days(aside, taken)
end

-- Sketches are bytes; what goes through a client is text.
local function spelled(bytes)
  return (string.gsub(bytes, '.', function(byte)
    return string.format('%02x', string.byte(byte))
  end))
end

local function bytes_of(spelled)
  return (string.gsub(spelled, '%x%x', function(byte)
    return string.char(tonumber(byte, 16))
  end))
end
