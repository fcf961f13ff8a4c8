-- Places orders for a while, each with a key of its own, restaurants by their weight. After that it only asks /livez, so
-- that every order is answered before wrk ends.

local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long seconds; long nanoseconds; } instant;
    int clock_gettime(int clock, instant *now);
]]

local clock = ffi.new("instant")
local function now()
    ffi.C.clock_gettime(1, clock)
    return tonumber(clock.seconds) + tonumber(clock.nanoseconds) / 1e9
end

local seconds = tonumber(os.getenv("TOAST_BENCH_SECONDS"))
local started = 0
local threads = {}

-- Counted in each thread, read by done().
placed, refused, refusal, first, last = 0, 0, 0, 0, 0

function setup(thread)
    started = started + 1
    thread:set("number", started)
    table.insert(threads, thread)
end

function init()
    math.randomseed(now() * 1000 + (number or 0))
    for _ = 1, 10 do math.random() end
    shelf, total = {}, 0
    -- A line each: weight, path, body.
    for line in io.lines(os.getenv("TOAST_BENCH_ORDERS")) do
        local weight, path, body = line:match("^(%d+)\t([^\t]+)\t(.+)$")
        total = total + tonumber(weight)
        local head = "POST " .. path .. " HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: "
            .. #body .. "\r\nidempotency-key: "
        table.insert(shelf, { upto = total, head = head, tail = "\r\n\r\n" .. body })
    end
    quiet = "GET /livez HTTP/1.1\r\nhost: bench\r\n\r\n"
    count = 0
end

-- Shaped like a random UUID; the counter makes it differ for certain.
local function key()
    count = count + 1
    local r = math.random
    return string.format("%08x-%04x-4%03x-%04x-%04x%08x", r(0, 2 ^ 31 - 1), r(0, 65535), r(0, 4095),
        32768 + r(0, 16383), number or 0, count)
end

local function choose()
    local wanted = math.random(total)
    for _, order in ipairs(shelf) do
        if wanted <= order.upto then return order end
    end
end

function request()
    if first > 0 and now() > first + seconds then return quiet end
    local order = choose()
    return order.head .. key() .. order.tail
end

function response(status)
    if status == 200 then return end
    if status == 201 then
        last = now()
        if first == 0 then first = last end
        placed = placed + 1
    else
        refused = refused + 1
        if refusal == 0 then refusal = status end
    end
end

function done(summary)
    local sum = { placed = 0, refused = 0, refusal = 0, first = math.huge, last = 0 }
    for _, thread in ipairs(threads) do
        sum.placed = sum.placed + thread:get("placed")
        sum.refused = sum.refused + thread:get("refused")
        sum.refusal = math.max(sum.refusal, thread:get("refusal"))
        if thread:get("first") > 0 then sum.first = math.min(sum.first, thread:get("first")) end
        sum.last = math.max(sum.last, thread:get("last"))
    end
    local lost = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    if sum.placed == 0 then sum.first = sum.last end
    print(string.format('{"placed":%d,"refused":%d,"refusal":%d,"lost":%d,"seconds":%.6f}',
        sum.placed, sum.refused, sum.refusal, lost, sum.last - sum.first))
end
