-- For wrk: reports of many machines over kept connections. `server_load --serve` says which folder:
--   wrk -t1 -c64 -d30 --latency -s test/bench/reports.lua https://127.0.0.1:PORT -- FOLDER [order]
-- With `order`, each report has its question before it: then a cycle is two requests.

local reports, machines, order, orders = {}, {}, nil, false
local next_machine, next_report, asked = 0, 0, 0

local function content(path)
    local file = assert(io.open(path, "rb"))
    local text = file:read("*a")
    file:close()
    return text
end

function init(args)
    local folder = args[1]
    orders = args[2] == "order"
    for line in io.lines(folder .. "/machines") do
        machines[#machines + 1] = { line:match("(%S+) (%S+)") }
    end
    -- Cut where the machine's own stands: head, up to the id of the report, rest.
    local id, key = machines[1][1], machines[1][2]
    local number = 0
    while true do
        local file = io.open(folder .. "/report" .. number, "rb")
        if not file then break end
        local text = file:read("*a")
        file:close()
        local a, b = text:find("Report%-Id: %x+%-%x+%-%x+%-%x+%-%x+")
        local c, d = text:find(id, b, true)
        local e, f = text:find(key, d, true)
        reports[#reports + 1] = { text:sub(1, b - 36), text:sub(b + 1, c - 1), text:sub(d + 1, e - 1), text:sub(f + 1) }
        number = number + 1
    end
    local text = content(folder .. "/order")
    local c, d = text:find(id, 1, true)
    local e, f = text:find(key, d, true)
    order = { text:sub(1, c - 1), text:sub(d + 1, e - 1), text:sub(f + 1) }
    math.randomseed(os.time())
    next_machine = math.random(#machines)
end

function request()
    asked = asked + 1
    if orders and asked % 2 == 1 then
        next_machine = next_machine % #machines + 1
        local who = machines[next_machine]
        return order[1] .. who[1] .. order[2] .. who[2] .. order[3]
    end
    if not orders then
        next_machine = next_machine % #machines + 1
    end
    next_report = next_report % #reports + 1
    local who, parts = machines[next_machine], reports[next_report]
    local uuid = string.format("%08x-%04x-4%03x-8%03x-%06x%06x", math.random(0, 0x7fffffff), math.random(0, 0xffff),
        math.random(0, 0xfff), math.random(0, 0xfff), math.random(0, 0xffffff), asked % 0x1000000)
    return parts[1] .. uuid .. parts[2] .. who[1] .. parts[3] .. who[2] .. parts[4]
end
