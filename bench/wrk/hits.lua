-- Sends requests, and prints the outcome as one line of JSON.
--   wrk ... -s hits.lua URL -- METHOD [FILE [FIRST]]
-- FILE holds a query string a line, and behind a tab a User-Agent. They are appended to the
-- URL's path in turn, from line number FIRST on, over and over.

local requests, position = {}, 0

function init(args)
    wrk.method = args[1]
    if args[2] == nil then
        return
    end
    local made = {}
    for line in io.lines(args[2]) do
        if made[line] == nil then
            local query, agent = line:match("^([^\t]*)\t?(.*)$")
            local headers = {}
            for name, value in pairs(wrk.headers) do
                headers[name] = value
            end
            headers["User-Agent"] = agent ~= "" and agent or nil
            made[line] = wrk.format(nil, wrk.path .. query, headers)
        end
        requests[#requests + 1] = made[line]
    end
    position = (tonumber(args[3] or "0")) % #requests
    -- Only here: without a list, wrk sends one request over and over, without Lua.
    request = next_request
end

function next_request()
    position = position % #requests + 1
    return requests[position]
end

function done(summary, latency, _)
    local e = summary.errors
    io.write(string.format(
        'RESULT {"requests": %d, "duration_us": %d, "status_errors": %d, ' ..
        '"socket_errors": %d, "p50_us": %d, "p90_us": %d, "p99_us": %d, ' ..
        '"max_us": %d, "mean_us": %.1f}\n',
        summary.requests, summary.duration, e.status,
        e.connect + e.read + e.write + e.timeout,
        latency:percentile(50), latency:percentile(90), latency:percentile(99),
        latency.max, latency.mean))
end
