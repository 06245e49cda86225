-- The hit counter that nginx.conf runs.
local ffi = require("ffi")
local redis = require("nginx.redis")

ffi.cdef("ssize_t getrandom(void *buf, size_t buflen, unsigned int flags);")

local ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
local TOKEN_TTL = 60
local POOL_IDLE_MS, POOL_SIZE = 60000, 300
local RANDOM_BYTES = 256 -- getrandom(2) never gives fewer of so few

local M = {}
local pieces, host, port
local chars = {}
local random, used = ffi.new("uint8_t[?]", RANDOM_BYTES), RANDOM_BYTES

function M.setup(badge_path, redis_host, redis_port)
    local file = assert(io.open(badge_path))
    local text = file:read("*a") .. "{count}"
    file:close()
    pieces, host, port = {}, redis_host, redis_port
    for piece in text:gmatch("(.-){count}") do
        pieces[#pieces + 1] = piece
    end
    for i = 1, #ALPHABET do
        chars[i - 1] = ALPHABET:sub(i, i)
    end
end

-- Make 12 characters. Bytes of 248 and above are dropped, for no bias.
local function new_token()
    local token, n = {}, 0
    while n < 12 do
        if used == RANDOM_BYTES then
            assert(ffi.C.getrandom(random, RANDOM_BYTES, 0) == RANDOM_BYTES)
            used = 0
        end
        local byte = random[used]
        used = used + 1
        if byte < 248 then
            n = n + 1
            token[n] = chars[byte % 62]
        end
    end
    return table.concat(token)
end

local function page_key(url)
    local from = url:find("://", 1, true)
    local bare = from and url:sub(from + 3) or url
    local to = bare:find("[?#]")
    bare = to and bare:sub(1, to - 1) or bare
    while bare:sub(-1) == "/" do
        bare = bare:sub(1, -2)
    end
    return bare
end

local function fail(status, message)
    ngx.status = status
    ngx.say(message)
    return ngx.exit(status)
end

local function raise(store, total, token)
    store:init_pipeline(3)
    store:incr(total)
    local now = os.date("!*t", ngx.time())
    store:hincrby(total .. ":d:" .. now.year, now.yday, 1)
    store:set(total .. ":t:" .. token, "1", "EX", TOKEN_TTL)
    local replies, problem = store:commit_pipeline()
    if not replies then
        return nil, problem
    end
    for i = 1, 3 do -- a failed command is {false, message}
        if type(replies[i]) == "table" then
            return nil, replies[i][2]
        end
    end
    return replies[1]
end

function M.answer(counts, svg)
    local url = ngx.req.get_uri_args().url
    local key = type(url) == "string" and page_key(url) or ""
    if key == "" then
        return fail(400, "no url")
    end
    local store = redis:new()
    local ok = store:connect(host, port)
    if not ok then
        return fail(503, "store")
    end

    local total = "hits:{" .. key .. "}"
    local name = "hits-" .. ngx.md5(key):sub(1, 16)
    local known, token, count, problem = not counts, nil, nil, nil
    if counts then
        local old = ngx.var["cookie_" .. name]
        known = old ~= nil and store:exists(total .. ":t:" .. old) == 1
    end
    if known then
        count, problem = store:get(total)
        if count == ngx.null then
            count = 0
        end
    else
        token = new_token()
        count, problem = raise(store, total, token)
    end
    if not count then
        ngx.log(ngx.ERR, problem)
        return fail(503, "store")
    end
    store:set_keepalive(POOL_IDLE_MS, POOL_SIZE)

    local header = ngx.header
    header["Cache-Control"] = "no-cache, no-store, must-revalidate, private, max-age=0"
    header["Pragma"] = "no-cache"
    header["Expires"] = "0"
    header["Access-Control-Allow-Origin"] = "*"
    header["Access-Control-Expose-Headers"] = "X-Hits-Page, X-Hits-Reason"
    header["Cross-Origin-Resource-Policy"] = "cross-origin"
    header["X-Content-Type-Options"] = "nosniff"
    if token then
        header["Set-Cookie"] = name .. "=" .. token
            .. "; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"
    end
    local body = tostring(count)
    if svg then
        header["Content-Type"] = "image/svg+xml"
        body = table.concat(pieces, body)
    else
        header["Content-Type"] = "text/plain; charset=utf-8"
    end
    header["Content-Length"] = #body
    ngx.print(body)
end

return M
