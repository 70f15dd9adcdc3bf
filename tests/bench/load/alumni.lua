-- A hundred people a second ask for their vacancies, each time somebody else; they come at odd moments, as people do.
-- Run by run.sh with as many connections as requests a second: each waits a second on average between two questions.
-- PADAN_TOKENS names the file of tokens, one a line; PADAN_PATH the path that is asked.

local path = os.getenv("PADAN_PATH") or "/v1/me/recommendations"
local threads = 0

function setup(thread)
  thread:set("place", threads)
  threads = threads + 1
end

function init()
  math.randomseed(1000 + place)
  tokens = {}
  for line in io.lines(os.getenv("PADAN_TOKENS")) do tokens[#tokens + 1] = line end
  asked = place * math.floor(#tokens / 2)
end

function delay() return math.random(0, 2000) end

function request()
  asked = asked % #tokens + 1
  return wrk.format("GET", path, { ["Authorization"] = "Bearer " .. tokens[asked], ["Accept-Encoding"] = "gzip" })
end

function done(summary, latency)
  local failed = summary.errors
  print(string.format("%d answers, %.1f a second; p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, worst %.0f ms",
    summary.requests, summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
  print(string.format("not 2xx: %d; no connection %d, not read %d, not written %d, later than 10 s: %d",
    failed.status, failed.connect, failed.read, failed.write, failed.timeout))
end
